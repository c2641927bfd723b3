/**
 * Whatever a peer sends, the parser says ParseError or gives a message, and what it gives can be read, answered, written
 * and read again. The input are the messages of RFC 4475, damaged in every way; a failure names its message and seed.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ParseError,
  parseMessage,
  type SipMessage,
  SipRequest,
  SipResponse,
  StreamFramer,
  validateMessage,
} from '@groupcall/sip';
import { SeededRandom } from '@groupcall/testkit';

const FOLDER = new URL('rfc4475/', import.meta.url);
const MESSAGES = readdirSync(FOLDER).map((name) => ({ name, data: readFileSync(new URL(name, FOLDER)) }));
const ROUNDS = 100;
/** Bytes on which a parser's decisions hang. */
const SPECIAL = Buffer.from('\r\n \t:;,<>"\\@%?&=[]()/.*\0\x7f\x80\xc3\xff0A', 'latin1');

function damage(data: Buffer, random: SeededRandom): Buffer {
  let damaged = Buffer.from(data);
  for (let count = random.integer(1, 3); count > 0; count--) {
    const at = random.integer(0, damaged.length);
    const size = random.integer(0, random.pick([1, 4, 60]));
    const before = damaged.subarray(0, at);
    const behind = damaged.subarray(at);
    const from = random.integer(0, damaged.length);
    const inserted = random.pick([
      () => Buffer.from([random.pick([...SPECIAL])]),
      () => Buffer.from([random.integer(0, 255)]),
      () => damaged.subarray(from, from + size),
      () => Buffer.alloc(0),
    ])();
    damaged = Buffer.concat([before, inserted, behind.subarray(random.chance(0.5) ? size : 0)]);
  }
  return damaged;
}

/** Everything that layers above ask a message for. Each may say ParseError, nothing else. */
function readAll(message: SipMessage): void {
  const reads: (() => unknown)[] = [
    () => message.vias.map((via) => [via.toString(), via.branch, via.received, via.rport]),
    () => [message.from.toString(), message.from.tag, message.from.uri.user],
    () => [message.to.toString(), message.to.uri.equals(message.from.uri)],
    () => message.callId,
    () => message.cseq,
    () => message.contacts.map((contact) => [contact.toString(), contact.uri.with({ port: 1 }).toString()]),
    () => [...message.routes, ...message.recordRoutes].map(({ uri }) => uri.user),
    () => [message.maxForwards, message.expires, message.contentType],
    () => message.headers().map(([name]) => message.headerList(name)),
    () => (message instanceof SipRequest ? message.uri.toString() : message.startLine),
  ];
  for (const read of reads) {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      assert.ok(Number.isInteger(error.offset) && error.offset >= 0);
    }
  }
}

function checkOne(data: Buffer): 'accepted' | 'refused' {
  let message: SipRequest | SipResponse;
  try {
    message = parseMessage(data);
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    return 'refused';
  }
  readAll(message);
  const written = message.toBuffer();
  const again = parseMessage(written);
  assert.equal(again.startLine, message.startLine);
  assert.deepEqual(again.headers().filter(isNotLength), message.headers().filter(isNotLength));
  assert.deepEqual(again.body, message.body);
  if (message instanceof SipRequest) {
    const answer = SipResponse.replyTo(message, 400, 'Bad Request', { toTag: 'x' }).toBuffer();
    assert.ok(parseMessage(answer) instanceof SipResponse);
  }
  try {
    validateMessage(message);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof ParseError, String(error));
    return 'refused';
  }
}

function isNotLength([name]: readonly [string, string]): boolean {
  return !['content-length', 'l'].includes(name.toLowerCase());
}

for (const { name, data } of MESSAGES) {
  test(`MUST survive ${name}, damaged in ${ROUNDS} ways`, () => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const damaged = damage(data, new SeededRandom(seed));
      try {
        checkOne(damaged);
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(damaged.toString('latin1'))}`, { cause: error });
      }
    }
  });
}

test('MUST let some of the damaged messages pass, or this would test nothing', () => {
  let accepted = 0;
  for (const { data } of MESSAGES) {
    for (let seed = 1; seed <= 20; seed++)
      if (checkOne(damage(data, new SeededRandom(seed))) === 'accepted') accepted++;
  }
  assert.ok(accepted > 100, `${accepted} were accepted`);
});

test('a stream of damaged messages MUST give the same in whole and in pieces', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new SeededRandom(seed);
    const stream = Buffer.concat([random.pick(MESSAGES).data, damage(random.pick(MESSAGES).data, random)]);
    const whole = summary(new StreamFramer().push(Buffer.from(stream)));
    const framer = new StreamFramer();
    const items = [...stream].flatMap((byte) => framer.push(Buffer.from([byte])));
    assert.deepEqual(summary(items), whole, `seed ${seed}`);
  }
});

function summary(items: ReturnType<StreamFramer['push']>): string[] {
  return items.map((item) =>
    item instanceof SipRequest || item instanceof SipResponse ? item.toBuffer().toString('latin1') : String(item),
  );
}
