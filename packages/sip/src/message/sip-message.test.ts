import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ParseError } from './parse-error.ts';
import { parseMessage } from './parse-message.ts';
import { SipRequest, SipResponse } from './sip-message.ts';
import { SipUri } from './sip-uri.ts';

function request(...lines: string[]): SipRequest {
  const head = ['INVITE sip:bob@example.com SIP/2.0', ...lines, '', ''];
  const message = parseMessage(Buffer.from(head.join('\r\n')));
  assert.ok(message instanceof SipRequest);
  return message;
}

const BASIC = [
  'Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP b.example.com',
  'v: SIP/2.0/UDP c.example.com',
  'f: "Alice" <sip:alice@example.com>;tag=1',
  'To: <sip:bob@example.com>',
  'i: 1@a',
  'CSeq: 007 INVITE',
];

describe('headers', () => {
  test('MUST be found in any case, in long and compact form', () => {
    const message = request(...BASIC, 'sUbJeCt: x', 'k: timer');
    for (const name of ['From', 'FROM', 'f', 'F']) {
      assert.equal(message.header(name), '"Alice" <sip:alice@example.com>;tag=1');
    }
    assert.equal(message.header('s'), 'x');
    assert.equal(message.header('Supported'), 'timer');
    assert.equal(message.header('X-Not-There'), undefined);
    assert.equal(message.header(''), undefined);
  });

  test('MUST keep unknown lines, in order, with their spelling', () => {
    const message = request('x-b:1', 'X-A :  2  ', 'X-b: 3');
    assert.deepEqual(message.headers(), [
      ['x-b', '1'],
      ['X-A', '2'],
      ['X-b', '3'],
    ]);
    assert.deepEqual(message.headerValues('X-B'), ['1', '3']);
    assert.equal(message.headerCount('X-B'), 2);
  });

  test('MUST split at commas where the header is a list, and only there', () => {
    const message = request(
      'Supported: timer, 100rel',
      'Supported:',
      'k: path',
      'Contact: "A, B" <sip:a,b@c>, <sip:d@e>',
      'WWW-Authenticate: Digest realm="a", nonce="b"',
      'X-Unknown: a, b',
      'Subject: hello, world',
    );
    assert.deepEqual(message.headerList('Supported'), ['timer', '100rel', 'path']);
    assert.deepEqual(message.headerList('m'), ['"A, B" <sip:a,b@c>', '<sip:d@e>']);
    assert.deepEqual(message.headerList('WWW-Authenticate'), ['Digest realm="a", nonce="b"']);
    assert.deepEqual(message.headerList('X-Unknown'), ['a, b']);
    assert.deepEqual(message.headerList('Subject'), ['hello, world']);
    assert.deepEqual(message.headerList('Require'), []);
  });

  test('MUST be changed in their place', () => {
    const message = request('A: 1', 'B: 2', 'A: 3', 'C: 4');
    message.setHeader('a', ['x', 'y']);
    assert.deepEqual(message.headers(), [
      ['a', 'x'],
      ['a', 'y'],
      ['B', '2'],
      ['C', '4'],
    ]);
    message.setHeader('D', '5');
    message.prependHeader('E', '6');
    message.addHeader('F', '7');
    message.removeHeader('b');
    message.setHeader('C', []);
    assert.deepEqual(
      message.headers().map(([name]) => name),
      ['E', 'a', 'a', 'D', 'F'],
    );
  });

  test('MUST be found by the compact form of a line that was set by the long one', () => {
    const message = request('m: <sip:a@b>');
    message.setHeader('Contact', '<sip:c@d>');
    assert.deepEqual(message.headers(), [['Contact', '<sip:c@d>']]);
    assert.equal(message.contacts[0]?.uri.user, 'c');
  });

  test('MUST NOT let a line break in, which would smuggle headers', () => {
    const message = request(...BASIC);
    const before = message.toBuffer().toString();
    assert.throws(() => {
      message.addHeader('X', 'a\r\nEvil: 1');
    }, ParseError);
    assert.throws(() => {
      message.setHeader('X', ['ok', 'a\nb']);
    }, ParseError);
    assert.throws(() => {
      message.prependHeader('X:', 'a');
    }, ParseError);
    assert.throws(() => {
      message.addHeader('', 'a');
    }, ParseError);
    assert.throws(() => {
      message.addHeader('Ü', 'a');
    }, ParseError);
    assert.equal(message.toBuffer().toString(), before);
    const uri = SipUri.parse('sip:a@b');
    assert.throws(() => SipRequest.create({ method: 'A B', uri }), ParseError);
    assert.throws(() => SipRequest.create({ method: 'A', uri, headers: [['X', 'a\rb']] }), ParseError);
    assert.throws(() => SipResponse.create({ status: 200, reason: 'a\r\nb' }), ParseError);
    assert.throws(() => SipResponse.create({ status: 700 }), ParseError);
    assert.throws(() => SipResponse.create({ status: 99.5 }), ParseError);
  });
});

describe('parsed headers', () => {
  test('MUST be read on demand, and read anew once they are changed', () => {
    const message = request(...BASIC, 'Max-Forwards: 068', 'Expires: 60', 'c: Application/SDP;charset=x');
    assert.equal(message.via.sentBy, 'a.example.com');
    assert.deepEqual(
      message.vias.map((via) => via.host),
      ['a.example.com', 'b.example.com', 'c.example.com'],
    );
    assert.equal(message.from.tag, '1');
    assert.equal(message.from, message.from);
    assert.equal(message.to.tag, undefined);
    assert.equal(message.callId, '1@a');
    assert.deepEqual(message.cseq, { number: 7, method: 'INVITE' });
    assert.equal(message.maxForwards, 68);
    assert.equal(message.expires, 60);
    assert.equal(message.contentType, 'application/sdp');
    message.setHeader('From', '<sip:carol@example.com>;tag=2');
    assert.equal(message.from.tag, '2');
  });

  test('MUST be undefined or empty when they are optional and missing', () => {
    const message = request(...BASIC);
    assert.equal(message.maxForwards, undefined);
    assert.equal(message.expires, undefined);
    assert.equal(message.contentType, undefined);
    assert.deepEqual(message.contacts, []);
    assert.deepEqual(message.routes, []);
    assert.deepEqual(message.recordRoutes, []);
  });

  test('MUST read Route and Record-Route over all their lines', () => {
    const message = request('Route: <sip:a;lr>, <sip:b;lr>', 'Route: <sip:c>', 'Record-Route: <sip:d;lr>');
    assert.deepEqual(
      message.routes.map(({ uri }) => uri.host),
      ['a', 'b', 'c'],
    );
    assert.equal(message.recordRoutes[0]?.uri.params.has('lr'), true);
  });

  test('MUST give no Contact for "*" (§10.2.2)', () => {
    const message = request('Contact: *');
    assert.deepEqual(message.contacts, []);
    assert.deepEqual(message.headerList('Contact'), ['*']);
  });

  test('MUST throw ParseError with the byte offset when malformed', () => {
    const message = request('Subject: ü', 'From: <sip:alice@example.com', 'CSeq: 1', 'Max-Forwards: 256', 'Expires: x');
    const offsetOf = (read: () => unknown): number => {
      try {
        read();
      } catch (error) {
        if (error instanceof ParseError) return error.offset;
      }
      return -1;
    };
    assert.equal(
      offsetOf(() => message.from),
      55,
    );
    assert.equal(
      offsetOf(() => message.cseq),
      86,
    );
    assert.equal(
      offsetOf(() => message.via),
      0,
    );
    assert.ok(offsetOf(() => message.maxForwards) > 86);
    assert.ok(offsetOf(() => message.expires) > 86);
  });

  test('MUST cap Expires at 2**32-1 (§20.19)', () => {
    assert.equal(request('Expires: 99999999999999999999999').expires, 4_294_967_295);
  });

  test('MUST refuse CSeq numbers from 2**31 on (§8.1.1.5)', () => {
    assert.equal(request('CSeq: 2147483647 INVITE').cseq.number, 2_147_483_647);
    assert.throws(() => request('CSeq: 2147483648 INVITE').cseq, ParseError);
    assert.throws(() => request('CSeq: 1INVITE').cseq, ParseError);
    assert.throws(() => request('CSeq: -1 INVITE').cseq, ParseError);
    assert.throws(() => request('CSeq: 1 INVITE x').cseq, ParseError);
  });

  test('replaceTopVia MUST leave the Vias below alone', () => {
    const message = request(...BASIC);
    message.replaceTopVia(message.via.withParam('received', '192.0.2.1'));
    assert.deepEqual(message.headerValues('Via'), [
      'SIP/2.0/UDP a.example.com;branch=z9hG4bK1;received=192.0.2.1, SIP/2.0/TCP b.example.com',
      'SIP/2.0/UDP c.example.com',
    ]);
    assert.equal(message.via.received, '192.0.2.1');
    assert.throws(() => {
      request('X: 1').replaceTopVia(message.via);
    }, ParseError);
  });
});

describe('writing', () => {
  test('MUST make Content-Length from the body, whatever the headers say', () => {
    const message = SipRequest.create({
      method: 'MESSAGE',
      uri: SipUri.parse('sip:bob@example.com'),
      headers: [
        ['Content-Length', '999'],
        ['l', '5'],
        ['Subject', 'Grüße'],
      ],
      body: 'Ж',
    });
    const text = 'MESSAGE sip:bob@example.com SIP/2.0\r\nSubject: Grüße\r\nContent-Length: 2\r\n\r\nЖ';
    assert.equal(message.toBuffer().toString(), text);
    message.body = Buffer.alloc(0);
    assert.match(message.toBuffer().toString(), /Content-Length: 0\r\n\r\n$/);
  });

  test('MUST give back every byte of a binary body', () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const written = SipResponse.create({ status: 200, body }).toBuffer();
    assert.deepEqual(parseMessage(written).body, body);
  });

  test('what was parsed MUST come out the same but for folding and white space', () => {
    const message = request('A  :  1', 'Subject: a', '  b', '\tc ', 'X:');
    assert.equal(
      message.toBuffer().toString(),
      'INVITE sip:bob@example.com SIP/2.0\r\nA: 1\r\nSubject: a b c\r\nX: \r\nContent-Length: 0\r\n\r\n',
    );
  });
});

describe('replyTo (§8.2.6.2)', () => {
  const invite = (): SipRequest =>
    request(...BASIC, 'Record-Route: <sip:p1;lr>', 'Record-Route: <sip:p2;lr>', 'Timestamp: 54', 'X-Other: 1');

  test('MUST take over Via, From, To, Call-ID and CSeq, in order', () => {
    const response = SipResponse.replyTo(invite(), 486, undefined, { toTag: 'abc', headers: [['Server', 'x']] });
    assert.equal(
      response.toBuffer().toString(),
      [
        'SIP/2.0 486 Busy Here',
        'Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1, SIP/2.0/TCP b.example.com',
        'v: SIP/2.0/UDP c.example.com',
        'f: "Alice" <sip:alice@example.com>;tag=1',
        'To: <sip:bob@example.com>;tag=abc',
        'i: 1@a',
        'CSeq: 007 INVITE',
        'Server: x',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  test('MUST take over Record-Route where a dialog may come of it (§12.1.1)', () => {
    const routes = (status: number, from = invite()): number =>
      SipResponse.replyTo(from, status).headerCount('Record-Route');
    assert.equal(routes(180), 2);
    assert.equal(routes(200), 2);
    assert.equal(routes(100), 0);
    assert.equal(routes(302), 0);
    const bye = SipRequest.create({ method: 'BYE', uri: 'sip:a@b', headers: [['Record-Route', '<sip:p1;lr>']] });
    assert.equal(routes(200, bye), 0);
  });

  test('MUST take over the Timestamp into a 100 (§8.2.6.1)', () => {
    assert.equal(SipResponse.replyTo(invite(), 100).header('Timestamp'), '54');
    assert.equal(SipResponse.replyTo(invite(), 180).header('Timestamp'), undefined);
  });

  test('MUST NOT replace a tag that the request has', () => {
    const message = invite();
    message.setHeader('To', '<sip:bob@example.com>;tag=there');
    assert.equal(SipResponse.replyTo(message, 200, 'Fine', { toTag: 'abc' }).to.tag, 'there');
  });

  test('MUST leave the request as it is', () => {
    const message = invite();
    const response = SipResponse.replyTo(message, 200, 'OK', { toTag: 'abc', body: 'x' });
    response.setHeader('From', '<sip:other@example.com>');
    assert.equal(message.to.tag, undefined);
    assert.equal(message.from.tag, '1');
    assert.equal(message.body.length, 0);
  });

  test('MUST work for a request whose To cannot be read', () => {
    const message = request('Via: SIP/2.0/UDP a', 'To: "Mr. J. User <sip:j@example.com>');
    assert.equal(
      SipResponse.replyTo(message, 400, 'Bad', { toTag: 'x' }).header('To'),
      '"Mr. J. User <sip:j@example.com>',
    );
  });
});
