/**
 * RFC 4475, the SIP torture test messages, all 49 by the name of their file and in the order of the RFC. Where the RFC
 * leaves a choice the test's name says which one was made. What a user agent answers to a message that is well-formed
 * (section 3.3) is for its own tests; here it is shown that it gets what it needs for that.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import {
  BadRequestError,
  ParseError,
  parseMessage,
  SipRequest,
  SipResponse,
  StreamFramer,
  validateMessage,
} from '@groupcall/sip';

const FOLDER = new URL('rfc4475/', import.meta.url);
const used = new Set<string>();

function read(name: string): Buffer {
  used.add(name);
  return readFileSync(new URL(`${name}.dat`, FOLDER));
}

function accept(data: Buffer): SipRequest | SipResponse {
  const message = parseMessage(data);
  validateMessage(message);
  return message;
}

function request(name: string): SipRequest {
  const message = accept(read(name));
  assert.ok(message instanceof SipRequest);
  return message;
}

function response(name: string): SipResponse {
  const message = accept(read(name));
  assert.ok(message instanceof SipResponse);
  return message;
}

/** The message must be refused; the result is what a server answers, undefined when it drops the message. */
function refusal(data: Buffer): { readonly status: number | undefined; readonly why: string; readonly offset: number } {
  try {
    accept(data);
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    const status = error instanceof BadRequestError ? error.status : undefined;
    if (error instanceof BadRequestError) {
      assert.doesNotThrow(() => SipResponse.replyTo(error.request, error.status).toBuffer());
    }
    return { status, why: error.message, offset: error.offset };
  }
  return assert.fail('the message was accepted');
}

/** Where in a message a text stands. */
const at = (data: Buffer, text: string): number => data.indexOf(text);

describe('3.1.1 valid messages', () => {
  test('3.1.1.1 wsinv: a short tortuous INVITE', () => {
    const message = request('wsinv');
    assert.equal(message.method, 'INVITE');
    assert.equal(message.uri.params.has('unknownparam'), true);
    assert.equal(message.to.tag, '1918181833n');
    assert.equal(message.to.uri.toString(), 'sip:vivekg@chair-dnrc.example.com');
    assert.equal(message.from.displayName, 'J Rosenberg \\"');
    assert.equal(message.from.tag, '98asjd8');
    assert.equal(message.maxForwards, 68);
    assert.equal(message.callId, 'wsinv.ndaksdj@192.0.2.1');
    assert.deepEqual(message.cseq, { number: 9, method: 'INVITE' });
    assert.deepEqual(
      message.vias.map(({ protocol, host, branch }) => [protocol, host, branch]),
      [
        ['UDP', '192.0.2.2', '390skdjuw'],
        ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
        ['UDP', '192.168.255.111', 'z9hG4bK30239'],
      ],
    );
    assert.equal(message.header('Subject'), '');
    assert.equal(message.header('NewFangledHeader'), 'newfangled value continued newfangled value');
    assert.equal(message.header('UnknownHeaderWithUnusualValue'), ';;,,;;,;');
    assert.equal(message.routes[0]?.uri.params.get('unknownwith'), 'value');
    const contact = message.contacts[0]!;
    assert.equal(contact.displayName, 'Quoted string ""');
    assert.equal(contact.params.get('newparam'), 'newvalue');
    assert.equal(contact.params.get('q'), '0.33');
    assert.equal(message.body.length, 150);
  });

  test('3.1.1.2 intmeth: a wide range of valid characters', () => {
    const message = request('intmeth');
    assert.equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~");
    assert.equal(message.uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assert.equal(message.uri.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    assert.equal(message.uri.host, 'example.com');
    assert.equal(message.via.branch, "z9hG4bK-.!%66*_+`'~");
    assert.equal(message.to.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
    assert.equal(message.from.displayName, "token1~` token2'+_ token3*%!.-");
    assert.equal(message.from.params.get("fromParam''~+*_!.-%"), '"работающий"');
    assert.equal(message.from.tag, "_token~1'+`*%!-.");
    assert.equal(message.callId, 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
    assert.equal(message.cseq.number, 139122385);
    assert.equal(message.maxForwards, 255);
    assert.equal(message.header("extensionHeader-!.%*+_`'~"), '\ufeff大停電');
  });

  test('3.1.1.3 esc01: valid use of the % escaping mechanism', () => {
    const message = request('esc01');
    assert.equal(message.uri.user, 'sips:user@example.com');
    assert.equal(message.uri.host, 'example.net');
    assert.equal(message.to.uri.user, 'user');
    assert.equal(message.from.uri.user, 'I have spaces');
    const contact = message.contacts[0]!.uri;
    assert.equal(contact.user, 'caller');
    assert.equal(contact.params.get('lr'), '');
    assert.equal(contact.params.get('name'), 'value%41');
  });

  test('3.1.1.4 escnull: escaped nulls in URIs', () => {
    const message = request('escnull');
    assert.equal(message.from.uri.user, 'null-\0-null');
    assert.deepEqual(
      message.contacts.map(({ uri }) => uri.user),
      ['\0', '\0\0'],
    );
    assert.equal(message.contacts[0]?.uri.equals(message.contacts[1]!.uri), false);
  });

  test('3.1.1.5 esc02: use of % when it is not an escape', () => {
    const message = request('esc02');
    assert.equal(message.method, 'RE%47IST%45R');
    assert.equal(message.cseq.method, 'RE%47IST%45R');
    assert.equal(message.to.displayName, '%Z%45');
    assert.equal(message.via.branch, 'z9hG4bK209%fzsnel234');
    assert.equal(message.contacts.length, 2);
    assert.equal(message.header('C%6Fntact'), '<sip:alias2@host2.example.com>');
  });

  test('3.1.1.6 lwsdisp: no LWS between display name and <', () => {
    const message = request('lwsdisp');
    assert.equal(message.from.displayName, 'caller');
    assert.equal(message.from.uri.toString(), 'sip:caller@example.com');
    assert.equal(message.from.tag, '323');
  });

  test('3.1.1.7 longreq: long values in header fields', () => {
    const message = request('longreq');
    assert.equal(message.vias.length, 34);
    assert.equal(message.vias.at(-1)?.received, '192.0.2.5');
    assert.ok(message.to.displayName.startsWith('I have a user name of extremeextreme'));
    assert.equal(message.to.uri.port, 6000);
    assert.ok((message.from.tag?.length ?? 0) > 100);
    assert.equal(message.body.length, 150);
  });

  test('3.1.1.8 dblreq: extra trailing octets in a UDP datagram are left out', () => {
    const message = request('dblreq');
    assert.equal(message.method, 'REGISTER');
    assert.equal(message.callId, 'dblreq.0ha0isndaksdj99sdfafnl3lk233412');
    assert.equal(message.body.length, 0);
  });

  test('3.1.1.8 dblreq: the same octets on a stream are two requests, the second longer than its Content-Length', () => {
    const items = new StreamFramer().push(read('dblreq'));
    assert.equal(items.length, 3);
    assert.ok(items[0] instanceof SipRequest && items[0].method === 'REGISTER');
    assert.ok(items[1] instanceof SipRequest && items[1].method === 'INVITE');
    assert.ok(items[2] instanceof ParseError);
  });

  test('3.1.1.9 semiuri: semicolon-separated parameters in the user part', () => {
    const message = request('semiuri');
    assert.equal(message.uri.user, 'user;par=u@example.net');
    assert.equal(message.uri.host, 'example.com');
    assert.equal(message.uri.params.size, 0);
    assert.deepEqual(message.headerList('Accept'), [
      'application/sdp',
      'application/pkcs7-mime',
      'multipart/mixed',
      'multipart/signed',
      'message/sip',
      'message/sipfrag',
    ]);
  });

  test('3.1.1.10 transports: varied and unknown transport types', () => {
    assert.deepEqual(
      request('transports').vias.map(({ protocol }) => protocol),
      ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
    );
  });

  test('3.1.1.11 mpart01: a multipart MIME message, whose binary body is kept to the byte', () => {
    const data = read('mpart01');
    const message = accept(data);
    assert.equal(message.contentType, 'multipart/mixed');
    assert.equal(message.body.length, 553);
    assert.deepEqual(message.body, data.subarray(data.indexOf('\r\n\r\n') + 4));
  });

  test('3.1.1.12 unreason: an unusual reason phrase', () => {
    const message = response('unreason');
    assert.equal(message.status, 200);
    assert.equal(message.reason, '= 2**3 * 5**2 но сто девяносто девять - простое');
  });

  test('3.1.1.13 noreason: an empty reason phrase', () => {
    const message = response('noreason');
    assert.equal(message.status, 100);
    assert.equal(message.reason, '');
  });
});

describe('3.1.2 invalid messages', () => {
  /** What is refused, what is answered, and the text at which the fault is found. */
  const INVALID: readonly (readonly [
    section: string,
    name: string,
    title: string,
    status: number | undefined,
    where: string | undefined,
  ])[] = [
    ['3.1.2.1', 'badinv01', 'extraneous header field separators', 400, ';,;,,'],
    ['3.1.2.2', 'clerr', 'Content-Length larger than the message', 400, 'v=0'],
    ['3.1.2.3', 'ncl', 'negative Content-Length', 400, '-999'],
    ['3.1.2.4', 'scalar02', 'request scalar fields with overlarge values', 400, '36893488147419103232'],
    ['3.1.2.5', 'scalarlg', 'response scalar fields with overlarge values', undefined, '9292394834772304023312'],
    ['3.1.2.6', 'quotbal', 'unterminated quoted string in a display name', 400, '"Mr. J. User'],
    ['3.1.2.7', 'ltgtruri', '<> enclosing the Request-URI, not tolerated', 400, '<sip:user'],
    ['3.1.2.8', 'lwsruri', 'LWS within the Request-URI', 400, ' sip:user'],
    ['3.1.2.9', 'lwsstart', 'multiple SP separating request-line elements, not tolerated', 400, '  sip:'],
    ['3.1.2.10', 'trws', 'SP characters at the end of the request line, not tolerated', 400, 'sip:remote'],
    ['3.1.2.11', 'escruri', 'escaped headers in the Request-URI', 400, 'sip:user@'],
    ['3.1.2.13', 'regbadct', 'a URI with "?" that is not enclosed in <>', 400, '?Route'],
    ['3.1.2.14', 'badaspec', 'spaces within addr-spec, not tolerated', 400, ' sip:t.watson'],
    ['3.1.2.16', 'badvers', 'unknown protocol version', 505, undefined],
    ['3.1.2.17', 'mismatch01', 'start line and CSeq method mismatch', 400, '8 INVITE'],
    ['3.1.2.18', 'mismatch02', 'unknown method with CSeq method mismatch', 400, '8 INVITE'],
    ['3.1.2.19', 'bigcode', 'overlarge response code', undefined, '4294967301'],
  ];
  for (const [section, name, title, status, where] of INVALID) {
    const outcome = status === undefined ? 'dropped' : `answered ${status}`;
    test(`${section} ${name}: ${title}: ${outcome}`, () => {
      const data = read(name);
      const refused = refusal(data);
      assert.equal(refused.status, status);
      if (where !== undefined) {
        const start = at(data, where);
        const { offset } = refused;
        assert.ok(offset >= start && offset <= start + where.length, `${refused.why} at ${offset}, not at ${start}`);
      }
    });
  }

  test('3.1.2.12 baddate: an invalid time zone in Date is accepted with care: nothing here relies on Date', () => {
    assert.equal(request('baddate').header('Date'), 'Fri, 01 Jan 2010 16:00:00 EST');
  });

  test('3.1.2.15 baddn: non-token characters in a display name, not tolerated: answered 400', () => {
    const data = read('baddn');
    // The RFC's file also ends without the empty line, which alone would have it refused.
    assert.equal(refusal(data).status, 400);
    const { status, offset } = refusal(Buffer.concat([data, Buffer.from('\r\n')]));
    assert.equal(status, 400);
    assert.equal(offset, at(data, ', Alexander'));
  });
});

describe('3.2 transaction layer semantics', () => {
  test('3.2.1 badbranch: a branch of the magic cookie alone is accepted: the transaction layer matches it by RFC 2543', () => {
    assert.equal(request('badbranch').via.branch, 'z9hG4bK');
  });
});

describe('3.3 application layer semantics', () => {
  test('3.3.1 insuf: missing required header fields: answered 400 with what is there', () => {
    const data = read('insuf');
    assert.equal(refusal(data).status, 400);
    assert.throws(
      () => {
        validateMessage(parseMessage(data));
      },
      (error) => {
        assert.ok(error instanceof BadRequestError);
        const answer = SipResponse.replyTo(error.request, 400).toBuffer().toString();
        assert.match(answer, /^SIP\/2\.0 400 Bad Request\r\nCSeq: 193942 INVITE\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.95;/);
        return true;
      },
    );
  });

  test('3.3.2 unkscm: a Request-URI of an unknown scheme is for the user agent to answer with 416', () => {
    const message = request('unkscm');
    assert.equal(message.uri.scheme, 'nobodyknowsthisscheme');
    assert.equal(message.uri.isSip, false);
  });

  test('3.3.3 novelsc: a Request-URI of a known but atypical scheme is for the user agent to answer with 416', () => {
    const message = request('novelsc');
    assert.equal(message.uri.scheme, 'soap.beep');
    assert.equal(message.uri.toString(), 'soap.beep://192.0.2.103:3002');
  });

  test('3.3.4 unksm2: unknown schemes in header fields are accepted: the registrar refuses the Contact', () => {
    const message = request('unksm2');
    assert.equal(message.to.uri.toString(), 'isbn:2983792873');
    assert.equal(message.from.uri.toString(), 'http://www.example.com');
    assert.equal(message.contacts[0]?.uri.isSip, false);
  });

  test('3.3.5 bext01: Proxy-Require and Require of unknown extensions are for the user agent to answer with 420', () => {
    const message = request('bext01');
    assert.deepEqual(message.headerList('Require'), ['nothingSupportsThis', 'nothingSupportsThisEither']);
    assert.deepEqual(message.headerList('Proxy-Require'), ['noProxiesSupportThis', 'norDoAnyProxiesSupportThis']);
  });

  test('3.3.6 invut: an unknown Content-Type is for the user agent to answer with 415', () => {
    const message = request('invut');
    assert.equal(message.contentType, 'application/unknownformat');
    assert.equal(message.body.length, 40);
  });

  test('3.3.7 regaut01: an unknown authorization scheme is for the registrar to challenge', () => {
    assert.equal(request('regaut01').header('Authorization'), 'NoOneKnowsThisScheme opaque-data=here');
  });

  test('3.3.8 multi01: multiple values in single-value fields: answered 400', () => {
    assert.deepEqual(refusal(read('multi01')).status, 400);
  });

  test('3.3.9 mcl01: multiple Content-Length values: answered 400', () => {
    const data = read('mcl01');
    const { status, offset } = refusal(data);
    assert.equal(status, 400);
    assert.equal(offset, at(data, 'Content-Length: 5'));
  });

  test('3.3.10 bcast: a 200 OK with a broadcast Via is accepted by the parser: the transport drops it by its first Via', () => {
    const message = response('bcast');
    assert.deepEqual(
      message.vias.map(({ host }) => host),
      ['192.0.2.198', '255.255.255.255'],
    );
  });

  test('3.3.11 zeromf: Max-Forwards of zero is accepted: this server answers for itself and forwards nothing', () => {
    assert.equal(request('zeromf').maxForwards, 0);
  });

  test('3.3.12 cparam01: REGISTER with a Contact header parameter', () => {
    const contact = request('cparam01').contacts[0];
    assert.equal(contact?.params.has('unknownparam'), true);
    assert.equal(contact.uri.toString(), 'sip:+19725552222@gw1.example.net');
  });

  test('3.3.13 cparam02: REGISTER with a URI parameter', () => {
    const contact = request('cparam02').contacts[0];
    assert.equal(contact?.params.size, 0);
    assert.equal(contact.uri.params.has('unknownparam'), true);
  });

  test('3.3.14 regescrt: REGISTER with a URL with an escaped header', () => {
    const contact = request('regescrt').contacts[0];
    assert.equal(contact?.uri.headers, 'Route=%3Csip:sip.example.com%3E');
  });

  test('3.3.15 sdp01: an unacceptable Accept is for the user agent to answer with 406', () => {
    const message = request('sdp01');
    assert.deepEqual(message.headerList('Accept'), ['text/nobodyKnowsThis']);
    assert.equal(message.contentType, 'application/sdp');
  });
});

describe('3.4 backward compatibility', () => {
  test('3.4.1 inv2543: an INVITE of RFC 2543, without branch, From-tag, Max-Forwards and Content-Length', () => {
    const message = request('inv2543');
    assert.equal(message.via.branch, '');
    assert.equal(message.from.tag, undefined);
    assert.equal(message.maxForwards, undefined);
    assert.equal(message.to.params.get('user'), 'phone');
    assert.equal(message.recordRoutes[0]?.uri.params.get('maddr'), 'ss1.example.com');
    assert.ok(message.body.toString().startsWith('v=0'));
  });
});

after(() => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.dat$/, ''));
  assert.equal(files.length, 49);
  assert.deepEqual([...used].sort(), files.sort(), 'every message of the RFC has its test');
});
