import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { suite, test } from 'node:test';
import type { Change, GroupCallRecord } from '@groupcall/engine';
import { FakeClock, testCustomerId, testGroupCall, testGroupCallEvent, testGroupCallId } from '@groupcall/testkit';
import type { Store } from '../store.ts';
import { withStore } from './temporary-store.ts';

const MIB = 1024 * 1024;

/** A change with a group call of the given size in bytes, and its event. */
function change(n: number, bytes = 10): Change {
  const groupCall = testGroupCall({ id: testGroupCallId(n), ownerType: 'x'.repeat(bytes) });
  return { groupCalls: [groupCall], calls: [], events: [testGroupCallEvent(n, groupCall)] };
}

/** Commits until the disk is full. Gives how many went through. */
async function fill(store: Store, from: number): Promise<number> {
  for (let n = from; ; n++) {
    try {
      await store.calls.commit(change(n, 20_000));
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'STORE_FULL');
      return n - from;
    }
  }
}

suite('failures of the embedded database', () => {
  test('MUST reject every change of a transaction for which there is no room, and say that it is not well', async () => {
    await withStore(
      async (store) => {
        const written = await fill(store, 1000);
        assert.ok(written > 10);
        assert.equal(store.healthy(), false);
        assert.equal(store.failure()?.code, 'STORE_FULL');
        assert.match(store.failure()?.help ?? '', /room/);
        const results = await Promise.allSettled([1, 2, 3].map((n) => store.calls.commit(change(n, 20_000))));
        for (const result of results) {
          assert.ok(result.status === 'rejected');
          assert.equal((result.reason as { code?: string }).code, 'STORE_FULL');
        }
        // What was acknowledged is all there, what was rejected is not, and the events have no gap.
        assert.ok(await store.calls.groupCall(testGroupCallId(1000)));
        assert.equal(await store.calls.groupCall(testGroupCallId(1)), undefined);
        const seqs = (await store.events.after(testCustomerId(), 0, 1000)).map(({ seq }) => seq);
        assert.deepEqual(
          seqs,
          Array.from({ length: written }, (_, index) => index + 1),
        );
      },
      { limits: { maxBytes: MIB } },
    );
  });

  test('MUST go on when there is room again, and know it without being asked to write', async () => {
    const clock = new FakeClock();
    await withStore(
      async (store) => {
        const rows = Array.from({ length: 40 }, (_, n) => ({
          aor: `${n}`,
          contact: '',
          expiresAt: 0,
          data: { text: 'x'.repeat(10_000) },
        }));
        await store.registrations.save(rows);
        const written = await fill(store, 1);
        assert.equal(store.healthy(), false);
        clock.advance(1000);
        await store.registrations.load();
        assert.equal(store.healthy(), false);
        // Fewer rows make room: their pages are used again.
        await store.registrations.save([]);
        clock.advance(1000);
        await store.registrations.load();
        await turn();
        assert.equal(store.healthy(), true);
        await store.calls.commit(change(written + 1, 20_000));
      },
      { clock, limits: { maxBytes: MIB, retryMs: 1000 } },
    );
  });

  test('MUST NOT let a change that can not be stored take others of its moment with it, nor call itself unwell', async () => {
    await withStore(async (store) => {
      const cyclic: Record<string, unknown> = { ...testGroupCall({ id: testGroupCallId(2) }) };
      cyclic['legs'] = [cyclic];
      const untimed = testGroupCall({ id: testGroupCallId(3), tmCreate: Number.NaN });
      const results = await Promise.allSettled([
        store.calls.commit(change(1)),
        store.calls.commit({ groupCalls: [cyclic as unknown as GroupCallRecord], calls: [], events: [] }),
        store.calls.commit({ groupCalls: [untimed], calls: [], events: [testGroupCallEvent(3, untimed)] }),
        store.calls.commit(change(4)),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      );
      for (const result of results) {
        if (result.status === 'rejected') assert.equal((result.reason as { code?: string }).code, 'STORE_DATA');
      }
      assert.ok(await store.calls.groupCall(testGroupCallId(4)));
      assert.equal(await store.calls.groupCall(testGroupCallId(3)), undefined);
      assert.deepEqual(
        (await store.events.after(testCustomerId(), 0, 10)).map(({ seq }) => seq),
        [1, 2],
      );
      assert.ok(store.healthy());
    });
  });

  test('MUST write what was given before it is closed, and refuse everything afterwards', async () => {
    await withStore(async (store, reopen) => {
      const commits = Array.from({ length: 2000 }, (_, n) => store.calls.commit(change(n)));
      const closing = store.close();
      assert.equal(store.close(), closing);
      const closed = { name: 'StoreError', code: 'STORE_CLOSED' };
      await assert.rejects(store.calls.commit(change(1)), closed);
      await assert.rejects(store.calls.groupCall(testGroupCallId(1)), closed);
      await assert.rejects(store.calls.listCalls({ pageSize: 1, filters: [] }), closed);
      await assert.rejects(store.events.after(testCustomerId(), 0, 1), closed);
      await assert.rejects(store.customers.find(undefined, {}), closed);
      await assert.rejects(store.registrations.save([]), closed);
      assert.equal(store.healthy(), false);
      await Promise.all([...commits, closing]);
      const again = await reopen();
      assert.equal((await again.calls.unfinished()).groupCalls.length, 2000);
    });
  });

  test('MUST say so when a write hangs', async () => {
    const clock = new FakeClock();
    await withStore(
      async (store) => {
        const commit = store.calls.commit(change(1));
        await turn();
        clock.advance(5001);
        assert.equal(store.failure()?.code, 'STORE_STALLED');
        await commit;
        assert.ok(store.healthy());
      },
      { clock, limits: { stallMs: 5000 } },
    );
  });

  test('MUST see in a read all that was committed before it, also what is not durable yet', async () => {
    await withStore(
      async ({ calls }) => {
        const commits: Promise<void>[] = [];
        for (let n = 0; n < 200; n++) {
          commits.push(calls.commit(change(n)));
          if (n % 20 === 19) assert.ok(await calls.groupCall(testGroupCallId(n)));
        }
        assert.equal((await calls.unfinished()).groupCalls.length, 200);
        await Promise.all(commits);
      },
      { limits: { batchRows: 10 } },
    );
  });
});
