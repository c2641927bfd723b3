import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callStoreContract } from '../contracts/call-store.contract.ts';
import { MemoryCallStore } from './memory-call-store.ts';
import { testGroupCall } from './records.ts';

callStoreContract('in memory', () => {
  const store = new MemoryCallStore();
  return Promise.resolve({
    store,
    events: (customerId) => Promise.resolve(store.eventsOf(customerId)),
    close: () => store.close(),
  });
});

test('MUST hold commits back until it is released, and fail them on demand', async () => {
  const store = new MemoryCallStore();
  const change = { groupCalls: [testGroupCall()], calls: [], events: [] };
  store.hold();
  const commit = store.commit(change);
  assert.equal(store.waiting, 1);
  assert.equal(await store.groupCall(testGroupCall().id), undefined);
  store.release();
  await commit;
  assert.deepEqual(await store.groupCall(testGroupCall().id), testGroupCall());
  store.failCommits(new Error('disk full'));
  await assert.rejects(store.commit(change), { message: 'disk full' });
});
