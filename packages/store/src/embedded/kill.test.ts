import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SeededRandom, testCall, testCustomerId, testGroupCall } from '@groupcall/testkit';
import type { Store, StoredEvent } from '../store.ts';
import { startWriter } from './crash-writer-process.ts';
import { withFolder } from './temporary-store.ts';

const KILLS = 20;
const SEED = 20_260_101;
const CUSTOMERS = [1, 2, 3].map(testCustomerId);

suite('kill -9', () => {
  test(`MUST lose nothing that was acknowledged, nor leave a gap in the events, in ${KILLS} kills`, async () => {
    const random = new SeededRandom(SEED);
    const acknowledged: string[] = [];
    await withFolder(async (folder) => {
      for (let round = 1; round <= KILLS; round++) {
        const writer = startWriter(folder, { customerIds: CUSTOMERS, groupCall: testGroupCall(), call: testCall() });
        await writer.acknowledged(random.integer(1, 300));
        await writer.kill();
        acknowledged.push(...writer.ids);
        const store = await folder.open();
        await assertWhole(store, writer.ids, `seed ${SEED}, round ${round}`);
        await store.close();
      }
      await assertWhole(await folder.open(), acknowledged, `seed ${SEED}, all rounds`);
    });
    assert.ok(acknowledged.length > KILLS);
  });
});

/** Every acknowledged group call is there with its call and its events; the events are numbered without a gap. */
async function assertWhole(store: Store, acknowledged: readonly string[], where: string): Promise<void> {
  const events = await allEvents(store);
  assert.deepEqual(
    events.map(({ position }) => position),
    events.map((_, index) => index + 1),
    where,
  );
  for (const customerId of CUSTOMERS) {
    const seqs = events.filter(({ event }) => event.customerId === customerId).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
      `${where}, customer ${customerId}`,
    );
  }
  const { groupCalls, calls } = await store.calls.unfinished();
  const groupCallIds = new Set<string>(groupCalls.map(({ id }) => id));
  for (const id of acknowledged) assert.ok(groupCallIds.has(id), `${where}: ${id} is lost`);
  // Changes are written whole or not at all, also those that were not acknowledged.
  assert.equal(calls.length, groupCalls.length, where);
  assert.equal(events.length, 2 * groupCalls.length, where);
  for (const { rootId } of calls) assert.ok(groupCallIds.has(rootId), where);
}

async function allEvents(store: Store): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.events.afterPosition(events.at(-1)?.position ?? 0, 1000);
    if (page.length === 0) return events;
    events.push(...page);
  }
}
