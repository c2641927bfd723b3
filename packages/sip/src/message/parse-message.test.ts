import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BadRequestError } from './bad-request-error.ts';
import { ParseError } from './parse-error.ts';
import { DEFAULT_PARSE_LIMITS } from './parse-limits.ts';
import { parseMessage } from './parse-message.ts';
import { SipRequest, SipResponse } from './sip-message.ts';

const parse = (text: string): SipRequest | SipResponse => parseMessage(Buffer.from(text));

function refusal(text: string | Buffer): ParseError {
  try {
    parseMessage(Buffer.from(text));
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    return error;
  }
  return assert.fail('it was accepted');
}

const VIA = 'Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n';

describe('start lines', () => {
  test('MUST read a request line', () => {
    const message = parse('OPTIONS sip:bob@example.com;x SIP/2.0\r\n\r\n');
    assert.ok(message instanceof SipRequest);
    assert.equal(message.method, 'OPTIONS');
    assert.equal(message.rawUri, 'sip:bob@example.com;x');
    assert.equal(message.uri.user, 'bob');
  });

  test('MUST take the version in any case (§7.1), and write it in upper case', () => {
    const message = parse('OPTIONS sip:bob@example.com sip/2.0\r\n\r\n');
    assert.equal(message.startLine, 'OPTIONS sip:bob@example.com SIP/2.0');
    assert.ok(parse('sip/2.0 200 OK\r\n\r\n') instanceof SipResponse);
  });

  test('MUST read a status line, also with an empty or a missing phrase', () => {
    for (const [line, status, reason] of [
      ['SIP/2.0 200 OK', 200, 'OK'],
      ['SIP/2.0 100 ', 100, ''],
      ['SIP/2.0 699', 699, ''],
      ['SIP/2.0 200 = 2**3 * 5**2 но сто', 200, '= 2**3 * 5**2 но сто'],
      ['SIP/2.0 486  two  spaces ', 486, ' two  spaces '],
    ] as const) {
      const message = parse(`${line}\r\n\r\n`);
      assert.ok(message instanceof SipResponse);
      assert.equal(message.status, status);
      assert.equal(message.reason, reason);
    }
  });

  test('MUST skip empty lines before the message (§7.5)', () => {
    const message = parse('\r\n\r\n\r\nSIP/2.0 200 OK\r\nX: 1\r\n\r\n');
    assert.equal(message.header('X'), '1');
  });

  test('MUST answer 505 to another version, and drop a response of one', () => {
    const error = refusal(`OPTIONS sip:a@b SIP/7.0\r\n${VIA}\r\n`);
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.status, 505);
    assert.equal(refusal('SIP/3.0 200 OK\r\n\r\n') instanceof BadRequestError, false);
  });

  for (const line of [
    'OPTIONS  sip:a@b SIP/2.0',
    'OPTIONS sip:a@b  SIP/2.0',
    'OPTIONS sip:a@b SIP/2.0 ',
    'OPTIONS sip:a@b; lr SIP/2.0',
    'OPTIONS sip:a@b',
    'OPTIONS sip:a@b HTTP/1.1',
    'OPTIONS  SIP/2.0',
    'OPTIONS sip:a@b SIP/2',
  ]) {
    test(`MUST answer 400 to ${JSON.stringify(line)}`, () => {
      const error = refusal(`${line}\r\n${VIA}\r\n`);
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.status, 400);
      assert.equal(error.request.method, 'OPTIONS');
      assert.equal(error.request.via.branch, 'z9hG4bK1');
    });
  }

  for (const text of [
    '',
    '\r\n\r\n',
    'x',
    'OPTIONS',
    '\0\0\0\0',
    'OPT(IONS sip:a@b SIP/2.0\r\n\r\n',
    ' sip:a@b SIP/2.0\r\n\r\n',
    'SIP/2.0 4294967301 x\r\n\r\n',
    'SIP/2.0 099 x\r\n\r\n',
    'SIP/2.0 700 x\r\n\r\n',
    'SIP/2.0 20 x\r\n\r\n',
    'SIP/2.0 2000\r\n\r\n',
    'SIP/2.0  200 OK\r\n\r\n',
    'SIP/2.0 -10 x\r\n\r\n',
    'SIP/2.0\r\n\r\n',
  ]) {
    test(`MUST drop ${JSON.stringify(text)}`, () => {
      assert.equal(refusal(text) instanceof BadRequestError, false);
    });
  }
});

describe('header lines', () => {
  const message = (...lines: string[]): string => ['OPTIONS sip:a@b SIP/2.0', ...lines, '', ''].join('\r\n');

  test('MUST unfold (§7.3.1), also before the value and over several lines', () => {
    const parsed = parse(message('Subject:', ' a ', '\t\tb', '  c', 'X: 1'));
    assert.equal(parsed.header('Subject'), 'a b c');
    assert.equal(parsed.header('X'), '1');
  });

  test('MUST read UTF-8 values, and those of Latin-1 where it is not UTF-8', () => {
    assert.equal(parse(message('Subject: Grüße Ж')).header('Subject'), 'Grüße Ж');
    const latin1 = Buffer.from(message('Subject: Grüße', 'X: 1'), 'latin1');
    assert.equal(parseMessage(latin1).header('Subject'), 'Grüße');
    assert.equal(parseMessage(latin1).header('X'), '1');
  });

  test('MUST NOT let a lone CR out again as a line break', () => {
    assert.equal(parse(message('Subject: a\rEvil: 1', 'X: 1')).header('Subject'), 'a Evil: 1');
  });

  test('MUST tell the byte where a line is wrong', () => {
    const error = refusal(message('Subject: Grüße', 'no colon', VIA.trim()));
    assert.equal(error.offset, 25 + 'Subject: Grüße\r\n'.length + 2);
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.request.header('Subject'), 'Grüße');
  });

  for (const line of ['no colon', ': no name', 'na me: x', 'näme: x', 'a\0: b']) {
    test(`MUST answer 400 to the line ${JSON.stringify(line)}`, () => {
      assert.ok(refusal(message(VIA.trim(), line)) instanceof BadRequestError);
    });
  }

  test('MUST answer 400 to lines that end with LF alone', () => {
    assert.ok(refusal(message(VIA.trim(), 'X: 1\nY: 2')) instanceof BadRequestError);
    assert.ok(refusal(`OPTIONS sip:a@b SIP/2.0\n${VIA}\n\n`) instanceof BadRequestError);
  });

  test('MUST answer 400 when the empty line is missing', () => {
    assert.ok(refusal(`OPTIONS sip:a@b SIP/2.0\r\n${VIA}`) instanceof BadRequestError);
    assert.ok(refusal(`OPTIONS sip:a@b SIP/2.0\r\n${VIA}X: 1`) instanceof BadRequestError);
  });

  test('MUST NOT have an answer for an ACK, for a response and for a request without a Via', () => {
    assert.equal(refusal(`ACK sip:a@b SIP/2.0\r\n${VIA}bad\r\n\r\n`) instanceof BadRequestError, false);
    assert.equal(refusal(`SIP/2.0 200 OK\r\n${VIA}bad\r\n\r\n`) instanceof BadRequestError, false);
    assert.equal(refusal(message('bad')) instanceof BadRequestError, false);
  });
});

describe('bodies of datagrams (§18.3)', () => {
  const message = (headers: string, body: string): string => `OPTIONS sip:a@b SIP/2.0\r\n${VIA}${headers}\r\n${body}`;

  test('MUST end with Content-Length, and leave out what is behind', () => {
    assert.equal(parse(message('Content-Length: 3\r\n', 'abcdef')).body.toString(), 'abc');
    assert.equal(parse(message('l : 0\r\n', 'abcdef')).body.length, 0);
  });

  test('MUST go to the end without Content-Length', () => {
    assert.equal(parse(message('', 'abcdef')).body.toString(), 'abcdef');
  });

  test('MUST NOT be copied', () => {
    const data = Buffer.from(message('Content-Length: 3\r\n', 'abc'));
    assert.equal(parseMessage(data).body.buffer, data.buffer);
  });

  for (const value of ['7', '-1', '', 'x', '3 3', '3,3', '0x3', '99999999999999999999']) {
    test(`MUST answer 400 to a Content-Length of ${JSON.stringify(value)} before six bytes`, () => {
      assert.ok(refusal(message(`Content-Length: ${value}\r\n`, 'abcdef')) instanceof BadRequestError);
    });
  }

  test('MUST answer 400 to more than one Content-Length', () => {
    assert.ok(refusal(message('Content-Length: 3\r\nl: 3\r\n', 'abc')) instanceof BadRequestError);
  });
});

describe('limits', () => {
  const fill = (bytes: number): string => `OPTIONS sip:a@b SIP/2.0\r\n${VIA}X: ${'x'.repeat(bytes)}\r\n\r\n`;

  test('MUST be 64 KiB a message, 128 header lines, 8 KiB a line by default', () => {
    assert.deepEqual(DEFAULT_PARSE_LIMITS, { maxMessageBytes: 65536, maxHeaders: 128, maxLineBytes: 8192 });
  });

  test('MUST hold for a line, with those it is folded over', () => {
    assert.equal(parse(fill(8189)).header('X')?.length, 8189);
    assert.ok(refusal(fill(8190)) instanceof BadRequestError);
    assert.ok(
      refusal(fill(8000).replace('xxx', 'x\r\n xxxx').replace('xxx', 'x'.repeat(300))) instanceof BadRequestError,
    );
  });

  test('MUST hold for the request line', () => {
    assert.ok(refusal(`OPTIONS sip:${'a'.repeat(8200)} SIP/2.0\r\n${VIA}\r\n`) instanceof BadRequestError);
  });

  test('MUST hold for the number of header lines', () => {
    const lines = (count: number): string => `OPTIONS sip:a@b SIP/2.0\r\n${VIA}${'X: 1\r\n'.repeat(count - 1)}\r\n`;
    assert.equal(parse(lines(128)).fields.length, 128);
    const error = refusal(lines(129));
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.request.fields.length, 128);
  });

  test('MUST hold for the message', () => {
    const limits = { ...DEFAULT_PARSE_LIMITS, maxMessageBytes: 200 };
    const data = (bytes: number): Buffer => Buffer.from(`SIP/2.0 200 OK\r\n\r\n${'x'.repeat(bytes - 18)}`);
    assert.equal(parseMessage(data(200), limits).body.length, 182);
    assert.throws(() => parseMessage(data(201), limits), ParseError);
  });

  test('MUST find the body of a message that is too large to be decoded as a whole', () => {
    const body = 'ü'.repeat(20_000);
    assert.equal(parse(`SIP/2.0 200 OK\r\nX: 1\r\n\r\n${body}`).body.toString(), body);
    assert.throws(() => parse(`SIP/2.0 200 OK\r\nX: ${body}`), ParseError);
  });
});
