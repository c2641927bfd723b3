import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitCommaList } from './comma-list.ts';
import { ParseError } from './parse-error.ts';

for (const [text, elements] of [
  ['', []],
  [' ', []],
  ['a', ['a']],
  [' a , b,c ', ['a', 'b', 'c']],
  [',a,,b,', ['a', 'b']],
  ['"a,b" <sip:c,d@e>;x="f,g",h', ['"a,b" <sip:c,d@e>;x="f,g"', 'h']],
  ['"a\\",b",c', ['"a\\",b"', 'c']],
  ['"ü,ß",Ж', ['"ü,ß"', 'Ж']],
] as const) {
  test(`MUST split ${JSON.stringify(text)}`, () => {
    assert.deepEqual(splitCommaList(text), elements);
  });
}

test('MUST refuse what is not closed', () => {
  assert.throws(() => splitCommaList('a,"b'), ParseError);
  assert.throws(() => splitCommaList('a,<b'), ParseError);
});
