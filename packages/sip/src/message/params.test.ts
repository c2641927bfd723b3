import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Params, quote } from './params.ts';
import { ParseError } from './parse-error.ts';

describe('parameters', () => {
  test('MUST keep their order and find names in any case', () => {
    const params = Params.parse(' ;a=1 ; B ;c = "x;\\"y" ');
    assert.deepEqual(
      [...params],
      [
        ['a', '1'],
        ['B', ''],
        ['c', '"x;\\"y"'],
      ],
    );
    assert.equal(params.get('A'), '1');
    assert.equal(params.get('b'), '');
    assert.equal(params.get('d'), undefined);
    assert.ok(params.has('C'));
    assert.equal(params.has('d'), false);
    assert.equal(params.size, 3);
    assert.equal(params.toString(), ';a=1;B;c="x;\\"y"');
  });

  test('MUST be immutable: set and without make new ones', () => {
    const params = Params.parse(';a=1;b=2;A=3');
    assert.equal(params.set('A', '9').toString(), ';a=9;b=2;A=3');
    assert.equal(params.set('c').toString(), ';a=1;b=2;A=3;c');
    assert.equal(params.set('b').toString(), ';a=1;b;A=3');
    assert.equal(params.without('a').toString(), ';b=2');
    assert.equal(params.without('x'), params);
    assert.equal(params.toString(), ';a=1;b=2;A=3');
  });

  test('MUST quote a value that is neither a token nor quoted', () => {
    const params = Params.of([
      ['a', 'x y'],
      ['b', '2001:db8::1'],
      ['c', '"z"'],
      ['d', 'ü;"'],
    ]);
    assert.equal(params.toString(), ';a="x y";b=2001:db8::1;c="z";d="ü;\\""');
    assert.equal(Params.parse(params.toString()).get('d'), '"ü;\\""');
    assert.equal(Params.of([]), Params.empty);
  });

  test('MUST NOT quote a line break', () => {
    assert.throws(() => quote('a\r\nb'), ParseError);
    assert.throws(() => Params.of([['a', 'x\ny']]).toString(), ParseError);
  });

  for (const text of ['a=1', ';', ';=1', ';a=1;;b', ';a="x', ';a b']) {
    test(`MUST refuse ${JSON.stringify(text)}`, () => {
      assert.throws(() => Params.parse(text), ParseError);
    });
  }
});
