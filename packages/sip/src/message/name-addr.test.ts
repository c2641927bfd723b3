import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NameAddr } from './name-addr.ts';
import { Params } from './params.ts';
import { ParseError } from './parse-error.ts';
import { SipUri } from './sip-uri.ts';

describe('name-addr (RFC 3261 §20.10, §25.1)', () => {
  for (const [text, displayName, uri, params] of [
    ['<sip:alice@example.com>', '', 'sip:alice@example.com', ''],
    ['sip:alice@example.com', '', 'sip:alice@example.com', ''],
    ['sip:alice@example.com;tag=88', '', 'sip:alice@example.com', ';tag=88'],
    ['<sip:alice@example.com;lr>;tag=88', '', 'sip:alice@example.com;lr', ';tag=88'],
    ['Alice <sip:alice@example.com>', 'Alice', 'sip:alice@example.com', ''],
    ['Alice B. Carol <sip:alice@example.com>', 'Alice B. Carol', 'sip:alice@example.com', ''],
    ['caller<sip:caller@example.com>;tag=323', 'caller', 'sip:caller@example.com', ';tag=323'],
    ['"Alice, <b>"  <sip:alice@example.com>', 'Alice, <b>', 'sip:alice@example.com', ''],
    ['"J Rosenberg \\\\\\""  <sip:j@example.com>', 'J Rosenberg \\"', 'sip:j@example.com', ''],
    ['"Jürgen Ж" <sip:j@example.com>', 'Jürgen Ж', 'sip:j@example.com', ''],
    ['Jürgen <sip:j@example.com>', 'Jürgen', 'sip:j@example.com', ''],
    ['"" <sip:j@example.com>', '', 'sip:j@example.com', ''],
    ['\t <sip:j@example.com>  ;  tag  =  1  ; x', '', 'sip:j@example.com', ';tag=1;x'],
    ['<tel:+4930;ext=5>;tag=1', '', 'tel:+4930;ext=5', ';tag=1'],
    ['<http://www.example.com>;tag=3234233', '', 'http://www.example.com', ';tag=3234233'],
    ['isbn:2983792873', '', 'isbn:2983792873', ''],
    ['<sip:a@b>;+sip.instance="<urn:uuid:0>, ;";q=0.5', '', 'sip:a@b', ';+sip.instance="<urn:uuid:0>, ;";q=0.5'],
  ] as const) {
    test(`MUST read ${text}`, () => {
      const address = NameAddr.parse(text);
      assert.equal(address.displayName, displayName);
      assert.equal(address.uri.toString(), uri);
      assert.equal(address.params.toString(), params);
    });
  }

  test('MUST write with brackets, so that parameters stay where they belong', () => {
    assert.equal(NameAddr.parse('sip:a@b;tag=1').toString(), '<sip:a@b>;tag=1');
    assert.equal(NameAddr.parse('"A \\" \\\\ B" <sip:a@b;lr>;x').toString(), '"A \\" \\\\ B" <sip:a@b;lr>;x');
    const made = NameAddr.of({
      displayName: 'Zoë "Z"',
      uri: SipUri.parse('sip:z@b'),
      params: Params.of([['tag', 'x']]),
    });
    assert.equal(made.toString(), '"Zoë \\"Z\\"" <sip:z@b>;tag=x');
    assert.equal(NameAddr.parse(made.toString()).displayName, 'Zoë "Z"');
  });

  test('MUST give the tag, and undefined for none or an empty one', () => {
    assert.equal(NameAddr.parse('<sip:a@b>;Tag=abc==').tag, 'abc==');
    assert.equal(NameAddr.parse('<sip:a@b;tag=no>').tag, undefined);
    assert.equal(NameAddr.parse('<sip:a@b>;tag=').tag, undefined);
    assert.equal(NameAddr.parse('<sip:a@b>;tag').tag, undefined);
  });

  test('withTag MUST replace or add, and leave the original alone', () => {
    const address = NameAddr.parse('<sip:a@b>;tag=1;x');
    assert.equal(address.withTag('2').toString(), '<sip:a@b>;tag=2;x');
    assert.equal(NameAddr.parse('sip:a@b').withTag('2').toString(), '<sip:a@b>;tag=2');
    assert.equal(address.tag, '1');
  });

  test('MUST split a list only at the commas between addresses', () => {
    const list = NameAddr.parseList('"A, B" <sip:a,b@c>;x="1,2" , sip:d@e;q=0.1,<sip:f@g>');
    assert.deepEqual(
      list.map((address) => address.toString()),
      ['"A, B" <sip:a,b@c>;x="1,2"', '<sip:d@e>;q=0.1', '<sip:f@g>'],
    );
    assert.deepEqual(NameAddr.parseList(' '), []);
  });

  for (const text of [
    '',
    'Alice',
    '<>',
    '<sip:a@b',
    'sip:a@b>',
    '"Alice <sip:a@b>',
    '"Alice" sip:a@b',
    'Bell, Alexander <sip:a@b>',
    'A (B) <sip:a@b>',
    '< sip:a@b >',
    '<sip:a@b>;',
    '<sip:a@b>;;x',
    '<sip:a@b> x',
    'sip:a@b?Route=%3Csip:c%3E',
    '<sip:a@b>, <sip:c@d>',
    '<sip:a@b>;x="y',
    '<sip:a@b>;x=y z',
  ]) {
    test(`MUST refuse ${JSON.stringify(text)}`, () => {
      assert.throws(() => NameAddr.parse(text), ParseError);
    });
  }

  for (const text of [',', '<sip:a@b>,', ',<sip:a@b>', '<sip:a@b>,,<sip:c@d>']) {
    test(`MUST refuse the list ${JSON.stringify(text)}`, () => {
      assert.throws(() => NameAddr.parseList(text), ParseError);
    });
  }

  test('MUST NOT write a display name that would end the line', () => {
    const address = NameAddr.of({ displayName: 'a\r\nX: y', uri: SipUri.parse('sip:a@b') });
    assert.throws(() => address.toString(), ParseError);
  });
});
