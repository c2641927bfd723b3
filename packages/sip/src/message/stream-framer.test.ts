import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '@groupcall/testkit';
import { BadRequestError } from './bad-request-error.ts';
import { ParseError } from './parse-error.ts';
import { DEFAULT_PARSE_LIMITS } from './parse-limits.ts';
import { StreamFramer, type StreamItem } from './stream-framer.ts';

const VIA = 'Via: SIP/2.0/TCP a;branch=z9hG4bK1\r\n';

function message(body: string, name = 'OPTIONS'): string {
  return `${name} sip:a@b SIP/2.0\r\n${VIA}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** What the items are, in a form that can be compared. */
function describeItems(items: readonly StreamItem[]): string[] {
  return items.map((item) => {
    if (item === 'keep-alive') return item;
    if (item instanceof ParseError) return `${item.name} ${item.message}`;
    return `${item.startLine.slice(0, 7)} ${item.body.toString()}`;
  });
}

function feed(text: string | Buffer, sizes: () => number, limits = DEFAULT_PARSE_LIMITS): string[] {
  const data = Buffer.from(text);
  const framer = new StreamFramer(limits);
  const items: StreamItem[] = [];
  for (let at = 0; at < data.length;) {
    const size = Math.max(1, sizes());
    items.push(...framer.push(Buffer.from(data.subarray(at, at + size))));
    at += size;
  }
  return describeItems(items);
}

const whole = (text: string): string[] => feed(text, () => Infinity);

describe('a stream', () => {
  test('MUST be cut by Content-Length (RFC 3261 §18.3)', () => {
    const stream = `${message('one')}${message('')}SIP/2.0 200 OK\r\nl: 4\r\n\r\nЖЖ${message('a\r\n\r\nb')}`;
    assert.deepEqual(whole(stream), ['OPTIONS one', 'OPTIONS ', 'SIP/2.0 ЖЖ', 'OPTIONS a\r\n\r\nb']);
  });

  test('MUST give a keep-alive for each CRLF CRLF between messages, and none for a single CRLF (RFC 5626 §4.4.1)', () => {
    assert.deepEqual(whole('\r\n\r\n'), ['keep-alive']);
    assert.deepEqual(whole('\r\n'), []);
    assert.deepEqual(whole(`\r\n${message('x')}\r\n`), ['OPTIONS x']);
    assert.deepEqual(whole(`\r\n\r\n\r\n\r\n${message('x')}\r\n\r\n`), [
      'keep-alive',
      'keep-alive',
      'OPTIONS x',
      'keep-alive',
    ]);
  });

  test('MUST give the same however it is cut', () => {
    const stream = `\r\n\r\n${message('one')}\r\n\r\n\r\n${message('')}\r\n${message('x'.repeat(3000))}${message('ü\r\n\r\n')}bad\r\n\r\n`;
    const expected = whole(stream);
    assert.equal(expected.length, 7);
    assert.deepEqual(
      feed(stream, () => 1),
      expected,
    );
    for (let seed = 1; seed <= 50; seed++) {
      const random = new SeededRandom(seed);
      assert.deepEqual(
        feed(stream, () => random.integer(1, random.pick([3, 40, 400, 4000]))),
        expected,
        `seed ${seed}`,
      );
    }
  });

  test('MUST give what came before a bad message, then the error, then nothing more', () => {
    const framer = new StreamFramer();
    const items = framer.push(Buffer.from(`${message('one')}bad\r\n\r\n${message('two')}`));
    assert.deepEqual(describeItems(items), ['OPTIONS one', 'ParseError neither a request line nor a status line']);
    assert.deepEqual(framer.push(Buffer.from(message('three'))), []);
    assert.equal(framer.pendingBytes, 0);
  });

  test('MUST keep the bodies it gave out while more comes in', () => {
    const framer = new StreamFramer();
    const stream = Buffer.from(message('first') + message('second') + message('third'));
    const bodies: Buffer[] = [];
    for (const byte of stream) {
      for (const item of framer.push(Buffer.from([byte])))
        if (typeof item !== 'string' && !(item instanceof ParseError)) bodies.push(item.body);
    }
    assert.deepEqual(
      bodies.map((body) => body.toString()),
      ['first', 'second', 'third'],
    );
  });

  test('MUST tell how much of a message is there', () => {
    const framer = new StreamFramer();
    const data = Buffer.from(message('hello'));
    framer.push(data.subarray(0, 10));
    assert.equal(framer.pendingBytes, 10);
    framer.push(data.subarray(10, data.length - 1));
    assert.equal(framer.pendingBytes, data.length - 1);
    framer.push(data.subarray(data.length - 1));
    assert.equal(framer.pendingBytes, 0);
  });
});

describe('a stream that goes wrong', () => {
  const refusal = (text: string, limits = DEFAULT_PARSE_LIMITS): StreamItem | undefined =>
    new StreamFramer(limits).push(Buffer.from(text)).at(-1);

  test('MUST end when Content-Length is missing (§20.14), and be answered where that is possible', () => {
    const item = refusal(`OPTIONS sip:a@b SIP/2.0\r\n${VIA}\r\n`);
    assert.ok(item instanceof BadRequestError);
    assert.equal(item.status, 400);
    assert.ok(refusal('SIP/2.0 200 OK\r\n\r\n') instanceof ParseError);
  });

  test('MUST end with 513 when a message says that it is larger than the limit', () => {
    const item = refusal(`OPTIONS sip:a@b SIP/2.0\r\n${VIA}l: 70000\r\n\r\n`);
    assert.ok(item instanceof BadRequestError);
    assert.equal(item.status, 513);
  });

  test('MUST end when the head has no end within the limit', () => {
    const limits = { ...DEFAULT_PARSE_LIMITS, maxMessageBytes: 1000 };
    const endless = `OPTIONS sip:a@b SIP/2.0\r\n${'X: y\r\n'.repeat(200)}`;
    assert.ok(refusal(endless, limits) instanceof ParseError);
    assert.ok(refusal(`${endless}\r\n`, limits) instanceof ParseError);
    const framer = new StreamFramer(limits);
    let items: StreamItem[] = [];
    for (const byte of Buffer.from(endless)) items = [...items, ...framer.push(Buffer.from([byte]))];
    assert.equal(items.length, 1);
    assert.ok(items[0] instanceof ParseError);
  });

  test('MUST end on a line without a colon', () => {
    assert.ok(refusal(`OPTIONS sip:a@b SIP/2.0\r\n${VIA}bad\r\nl: 0\r\n\r\n`) instanceof BadRequestError);
  });

  test('MUST end on a CR that belongs to nothing', () => {
    assert.ok(refusal('\rOPTIONS sip:a@b SIP/2.0\r\nl: 0\r\n\r\n') instanceof ParseError);
  });
});
