import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CallStore, DomainEvent } from '@groupcall/engine';
import { testCustomerId, testGroupCall, testGroupCallEvent, testGroupCallId, testUuid } from '@groupcall/testkit';
import type { StoredEvent } from '../store.ts';
import { withStore } from './temporary-store.ts';

const MINE = testCustomerId(1);
const THEIRS = testCustomerId(2);

/** Commits one event, the n-th, of each of the customers. */
function commitEvents(calls: CallStore, n: number, ...customerIds: readonly (typeof MINE)[]): Promise<void> {
  const events = customerIds.map((customerId) => testGroupCallEvent(n, testGroupCall({ customerId })));
  return calls.commit({ groupCalls: [], calls: [], events });
}

const numbers = (events: readonly StoredEvent[]) => events.map(({ position, seq }) => [position, seq]);

suite('EventLog', () => {
  test('MUST number the events of a customer from 1 without a gap, over commits and restarts', async () => {
    await withStore(async (store, reopen) => {
      await Promise.all([1, 2, 3].map((n) => commitEvents(store.calls, n, MINE, THEIRS)));
      await commitEvents(store.calls, 4, MINE);
      const again = await reopen();
      await commitEvents(again.calls, 5, THEIRS, MINE);
      const of = async (customerId: typeof MINE) =>
        (await again.events.after(customerId, 0, 100)).map(({ seq }) => seq);
      assert.deepEqual(await of(MINE), [1, 2, 3, 4, 5]);
      assert.deepEqual(await of(THEIRS), [1, 2, 3, 4]);
      assert.deepEqual(
        (await again.events.afterPosition(0, 100)).map(({ position }) => position),
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    });
  });

  test('MUST page through the events of one customer, and of all', async () => {
    await withStore(async ({ calls, events }) => {
      for (let n = 1; n <= 5; n++) await commitEvents(calls, n, MINE, THEIRS);
      assert.deepEqual(numbers(await events.after(MINE, 2, 2)), [
        [5, 3],
        [7, 4],
      ]);
      assert.deepEqual(numbers(await events.after(MINE, 5, 2)), []);
      assert.deepEqual(numbers(await events.afterPosition(8, 2)), [
        [9, 5],
        [10, 5],
      ]);
      assert.deepEqual(await events.after(testCustomerId(3), 0, 10), []);
    });
  });

  test('MUST give an event back whole, its subject as it was then', async () => {
    await withStore(async ({ calls, events }) => {
      const before = testGroupCall();
      const after = testGroupCall({ status: 'hangup', hangupReason: 'normal', tmUpdate: before.tmCreate + 1.234 });
      const contact: DomainEvent = {
        id: testUuid(0xee, 7),
        type: 'extension_registered',
        tm: before.tmCreate + 0.001,
        customerId: MINE,
        subject: {
          extensionId: testUuid(0xe8, 1),
          extension: 'test11',
          domain: 'test',
          contact: 'sip:test11@127.0.0.1:5070',
          userAgent: 'phone',
          tmExpire: before.tmCreate + 3_600_000,
        },
      };
      const happened: DomainEvent[] = [
        testGroupCallEvent(1, before),
        { ...testGroupCallEvent(2, after), type: 'groupcall_hangup' } as DomainEvent,
        contact,
      ];
      await Promise.all(happened.map((event) => calls.commit({ groupCalls: [after], calls: [], events: [event] })));
      assert.deepEqual(
        (await events.after(MINE, 0, 10)).map(({ event }) => event),
        happened,
      );
    });
  });

  test('MUST tell of events once they are durable, in order, with their numbers, before the commit resolves', async () => {
    await withStore(async ({ calls, events }) => {
      await commitEvents(calls, 1, MINE);
      const told: StoredEvent[] = [];
      const stop = events.subscribe((news) => {
        told.push(...news);
      });
      await Promise.all([2, 3].map((n) => commitEvents(calls, n, THEIRS, MINE)));
      assert.deepEqual(told, await events.afterPosition(1, 10));
      await calls.commit({ groupCalls: [testGroupCall({ id: testGroupCallId(9) })], calls: [], events: [] });
      stop();
      await commitEvents(calls, 4, MINE);
      assert.equal(told.length, 4);
    });
  });

  test('MUST NOT let a listener that fails harm the commit or the other listeners', async () => {
    await withStore(async ({ calls, events }) => {
      let told = 0;
      events.subscribe(() => {
        throw new Error('a listener');
      });
      events.subscribe((news) => {
        told += news.length;
      });
      await commitEvents(calls, 1, MINE);
      assert.equal(told, 1);
    });
  });
});
