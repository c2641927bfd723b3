import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Params } from './params.ts';
import { ParseError } from './parse-error.ts';
import { SipUri } from './sip-uri.ts';

const parse = (text: string): SipUri => SipUri.parse(text);

describe('SIP and SIPS URIs (RFC 3261 §19.1.1)', () => {
  test('MUST read every component', () => {
    const uri = parse(
      'sips:alice:secret@atlanta.example.com:5061;transport=tls;lr?subject=project%20x&priority=urgent',
    );
    assert.equal(uri.scheme, 'sips');
    assert.equal(uri.user, 'alice');
    assert.equal(uri.password, 'secret');
    assert.equal(uri.host, 'atlanta.example.com');
    assert.equal(uri.port, 5061);
    assert.deepEqual(
      [...uri.params],
      [
        ['transport', 'tls'],
        ['lr', ''],
      ],
    );
    assert.equal(uri.headers, 'subject=project%20x&priority=urgent');
    assert.ok(uri.isSip);
  });

  test('MUST leave undefined what is not there', () => {
    const uri = parse('sip:example.com');
    assert.equal(uri.user, undefined);
    assert.equal(uri.password, undefined);
    assert.equal(uri.port, undefined);
    assert.equal(uri.headers, '');
    assert.equal(uri.params.size, 0);
  });

  test('MUST take the scheme in any case', () => {
    assert.equal(parse('SIP:alice@example.com').scheme, 'sip');
    assert.equal(parse('SipS:alice@example.com').scheme, 'sips');
  });

  test('MUST give an IPv6 host without its brackets and write it with them', () => {
    const uri = parse('sip:alice@[2001:db8::10]:5070;transport=udp');
    assert.equal(uri.host, '2001:db8::10');
    assert.equal(uri.port, 5070);
    assert.equal(uri.with({ port: undefined }).toString(), 'sip:alice@[2001:db8::10];transport=udp');
  });

  test('MUST put in the characters for escapes in user, password and parameters', () => {
    const uri = parse('sip:sips%3Auser%40example.com:p%2Fw@example.net;n%61me=v%61lue%25%34%31');
    assert.equal(uri.user, 'sips:user@example.com');
    assert.equal(uri.password, 'p/w');
    assert.equal(uri.params.get('name'), 'value%41');
  });

  test('MUST read UTF-8 escapes, and leave those alone that are none', () => {
    assert.equal(parse('sip:j%C3%BCrgen@example.com').user, 'jürgen');
    assert.equal(parse('sip:j%FCrgen%C3%A4@example.com').user, 'j%FCrgenä');
  });

  test('MUST come out as it came in', () => {
    for (const text of [
      'sip:%00%00@host5.example.com',
      "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
      'sip:user;par=u%40example.net@example.com',
      'sip:*67#@example.com',
      'tel:+49-30-901820;phone-context=example.com',
      'urn:service:sos',
      'soap.beep://192.0.2.103:3002',
      'nobodyKnowsThisScheme:totallyopaquecontent',
    ]) {
      assert.equal(parse(text).toString(), text);
    }
  });

  test('MUST escape what it is made of', () => {
    const uri = SipUri.of({
      user: 'a b@c%',
      password: 'p:q',
      host: 'example.com',
      params: Params.of([['x;y', 'ü=']]),
      headers: 'a=b',
    });
    assert.equal(uri.toString(), 'sip:a%20b%40c%25:p%3Aq@example.com;x%3By=%C3%BC%3D?a=b');
    assert.equal(parse(uri.toString()).user, 'a b@c%');
    assert.equal(parse(uri.toString()).params.get('x;y'), 'ü=');
  });

  test('with() MUST change only what is given, and keep the escapes of the rest', () => {
    const uri = parse('sip:al%69ce:pw@example.com:5060;lr?a=b');
    assert.equal(uri.with({ host: '192.0.2.1' }).toString(), 'sip:al%69ce:pw@192.0.2.1:5060;lr?a=b');
    assert.equal(
      uri.with({ port: undefined, headers: '', password: undefined }).toString(),
      'sip:al%69ce@example.com;lr',
    );
    assert.equal(uri.with({ user: 'bob', params: Params.empty }).toString(), 'sip:bob:pw@example.com:5060?a=b');
    assert.equal(uri.toString(), 'sip:al%69ce:pw@example.com:5060;lr?a=b');
  });

  for (const [text, offset] of [
    ['', 0],
    ['alice', 0],
    ['<sip:alice@example.com>', 0],
    [' sip:alice@example.com', 0],
    ['sip:', 4],
    ['sip:@example.com', 4],
    ['sip:alice@', 10],
    ['sip:alice@exa mple.com', 13],
    ['sip:al ice@example.com', 6],
    ['sip:alice@example.com ', 21],
    ['sip:alice@example.com:', 22],
    ['sip:alice@example.com:port', 22],
    ['sip:alice@example.com:65536', 22],
    ['sip:alice@example.com;', 22],
    ['sip:alice@example.com;a=', 24],
    ['sip:alice@example.com; lr', 22],
    ['sip:alice@example.com?', 22],
    ['sip:alice@[2001:db8::1', 22],
    ['sip:alice@[]', 10],
    ['sip:a%4@example.com', 5],
    ['sip:a:b:c@example.com', 7],
    ['sip:a@b@c', 7],
    ['sip:alice@example.com;x=%zz', 24],
    ['tel:', 4],
    ['tel:;x=y', 4],
    ['urn:', 4],
    ['urn:a b', 4],
    ['mailto:a\r\nb', 7],
    ['4sip:alice@example.com', 0],
  ] as const) {
    test(`MUST refuse ${JSON.stringify(text)} at ${offset}`, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(error instanceof ParseError);
          assert.equal(error.code, 'SIP_PARSE');
          assert.equal(error.offset, offset);
          return true;
        },
      );
    });
  }
});

describe('other schemes', () => {
  test('a tel URI MUST have its number as user and no host (RFC 3966)', () => {
    const uri = parse('tel:+49-30-901820;phone-context=example.com;ext=5');
    assert.equal(uri.scheme, 'tel');
    assert.equal(uri.user, '+49-30-901820');
    assert.equal(uri.host, '');
    assert.equal(uri.params.get('ext'), '5');
    assert.equal(uri.isSip, false);
  });

  test('a changed tel URI MUST be written as one', () => {
    assert.equal(parse('tel:+4930;ext=5').with({ params: Params.empty }).toString(), 'tel:+4930');
  });

  test('an unknown scheme MUST survive', () => {
    const uri = parse('isbn:2983792873');
    assert.equal(uri.scheme, 'isbn');
    assert.equal(uri.opaque, '2983792873');
    assert.equal(uri.user, undefined);
    assert.equal(uri.with({}).toString(), 'isbn:2983792873');
  });
});

describe('comparison (RFC 3261 §19.1.4)', () => {
  for (const [left, right] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a%2a@example.com', 'sip:a*@example.com'],
    ['sip:a%3b@example.com', 'sip:a%3B@example.com'],
    ['sip:alice@[2001:DB8::1]', 'sip:alice@[2001:db8::1]'],
    ['tel:+49-30-90(18)20', 'tel:+49.30.901820'],
    ['tel:+4930;ext=5;isub=1', 'TEL:+4930;isub=1;ext=5'],
    ['urn:service:sos', 'URN:service:sos'],
  ] as const) {
    test(`${left} MUST equal ${right}`, () => {
      assert.ok(parse(left).equals(parse(right)));
      assert.ok(parse(right).equals(parse(left)));
    });
  }

  for (const [left, right] of [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;user=phone'],
    ['sip:carol@chicago.com;ttl=1', 'sip:carol@chicago.com'],
    ['sip:carol@chicago.com;maddr=239.1.1.1', 'sip:carol@chicago.com'],
    ['sip:carol@chicago.com', 'sip:chicago.com'],
    ['sip:carol:a@chicago.com', 'sip:carol:A@chicago.com'],
    ['sip:carol@chicago.com', 'sips:carol@chicago.com'],
    ['sip:a%3Bb@example.com', 'sip:a;b@example.com'],
    ['sip:a@b?x=1&x=1', 'sip:a@b?x=1&x=2'],
    ['sip:a@b?x=1', 'sip:a@b?x=1&x=1'],
    ['tel:+4930', 'tel:+4931'],
    ['tel:+4930;ext=5', 'tel:+4930'],
    ['tel:+4930;ext=5', 'tel:+4930;ext=6'],
    ['tel:+4930;ext=5', 'tel:+4930;isub=5'],
    ['urn:service:sos', 'urn:service:fire'],
  ] as const) {
    test(`${left} MUST NOT equal ${right}`, () => {
      assert.equal(parse(left).equals(parse(right)), false);
      assert.equal(parse(right).equals(parse(left)), false);
    });
  }
});
