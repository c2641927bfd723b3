import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '@groupcall/kernel';
import { FakeClock } from '@groupcall/testkit';
import { Params } from '../message/params.ts';
import { SipUri } from '../message/sip-uri.ts';
import { LocationTable } from './location-table.ts';
import type { RegisteredContact } from './registered-contact.ts';

const AOR = 'sip:alice@local';

function makeContact(id: string, expiresAt: number, q = 1): RegisteredContact {
  const address = { address: '127.0.0.1', port: 5060 };
  return {
    id,
    uri: SipUri.parse(`sip:${id}@h`),
    params: Params.empty,
    flow: { protocol: 'udp', local: address, remote: address },
    target: undefined,
    q,
    path: [],
    instanceId: undefined,
    callId: 'c',
    cseq: 1,
    expiresAt,
    userAgent: '',
  };
}

/** A table whose timers fire `offset` ms too late (or, negative, too early). */
function setUp(offset = 0, limits = { maxContactsPerAor: 10, maxContacts: 20 }) {
  const clock = new FakeClock();
  const timers: Clock = {
    now: () => clock.now(),
    setTimeout: (delayMs, callback) => clock.setTimeout(delayMs > -offset ? delayMs + offset : delayMs, callback),
    clearTimeout: (handle) => {
      clock.clearTimeout(handle);
    },
  };
  const table = new LocationTable({ clock: timers, ...limits });
  const expired: string[] = [];
  table.onExpired = (aor, { id }) => expired.push(`${aor} ${id} ${clock.now()}`);
  const ids = () => table.contacts(AOR).map(({ id }) => id);
  return { clock, table, expired, ids };
}

describe('the time of a binding', () => {
  test('MUST be over for who asks, although its timer is late', () => {
    const { clock, table, expired, ids } = setUp(50);
    table.put(AOR, makeContact('a', clock.now() + 1000));
    clock.advance(1000);
    assert.deepEqual(ids(), []);
    assert.deepEqual([...table.entries()], []);
    assert.deepEqual(expired, []);
    clock.advance(50);
    assert.equal(expired.length, 1);
    assert.equal(table.size, 0);
  });

  test('MUST NOT be over because its timer is early', () => {
    const { clock, table, expired, ids } = setUp(-300);
    const end = clock.now() + 1000;
    table.put(AOR, makeContact('a', end));
    clock.advance(999);
    assert.deepEqual(ids(), ['a']);
    clock.advance(1);
    assert.deepEqual(expired, [`${AOR} a ${end}`]);
    assert.equal(clock.pending, 0);
  });

  test('MUST be over at once for one that comes too late', () => {
    const { clock, table, expired, ids } = setUp();
    table.put(AOR, makeContact('a', clock.now() - 1));
    assert.deepEqual(ids(), []);
    clock.advance(0);
    assert.equal(expired.length, 1);
  });

  test('MUST be that of the newest put', () => {
    const { clock, table, expired } = setUp();
    table.put(AOR, makeContact('a', clock.now() + 1000));
    table.put(AOR, makeContact('a', clock.now() + 5000));
    assert.equal(clock.pending, 1);
    assert.equal(table.size, 1);
    clock.advance(4999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.equal(expired.length, 1);
  });
});

describe('the table', () => {
  test('MUST give the best first, and of equals the first that came', () => {
    const { clock, table, ids } = setUp();
    const later = clock.now() + 1000;
    for (const [id, q] of [
      ['a', 0.5],
      ['b', 1],
      ['c', 0.5],
      ['d', 0],
    ] as const) {
      table.put(AOR, makeContact(id, later, q));
    }
    assert.deepEqual(ids(), ['b', 'a', 'c', 'd']);
  });

  test('MUST know how much room there is, for an AOR and in all', () => {
    const { clock, table } = setUp(0, { maxContactsPerAor: 2, maxContacts: 3 });
    const later = clock.now() + 1000;
    table.put(AOR, makeContact('a', later));
    assert.equal(table.hasRoom(AOR, 1), true);
    assert.equal(table.hasRoom(AOR, 2), false);
    table.put(AOR, makeContact('b', later));
    table.put('sip:bob@local', makeContact('c', later));
    assert.equal(table.hasRoom('sip:carol@local', 1), false);
    assert.equal(table.hasRoom(AOR, 0), true);
    assert.equal(table.hasRoom(AOR, -1), true);
  });

  test('MUST leave nothing behind', () => {
    const { clock, table } = setUp();
    const contact = makeContact('a', clock.now() + 1000);
    table.put(AOR, contact);
    assert.equal(table.delete(AOR, 'b'), undefined);
    assert.equal(table.delete('sip:bob@local', 'a'), undefined);
    assert.equal(table.delete(AOR, 'a'), contact);
    assert.deepEqual([table.size, table.aors, clock.pending], [0, 0, 0]);
    table.put(AOR, contact);
    table.clear();
    assert.deepEqual([table.size, table.aors, clock.pending], [0, 0, 0]);
  });
});
