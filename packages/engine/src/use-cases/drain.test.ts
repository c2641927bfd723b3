import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineHarness, testAddress, testCustomerId } from '@groupcall/testkit';

const command = {
  customerId: testCustomerId(),
  source: testAddress({ type: 'tel', target: '+15550199' }),
  destinations: [testAddress({ type: 'sip', target: 'sip:a@phone' })],
};

/** Whether a promise has settled, as far as can be seen without waiting for it. */
function watch(promise: Promise<void>): { done: boolean } {
  const state = { done: false };
  void promise.then(() => {
    state.done = true;
  });
  return state;
}

test('a drain MUST refuse what is new with SERVICE_UNAVAILABLE, and callers with 503', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', ['sip:test11@phone']);
  await harness.engine.drain(1000);
  await assert.rejects(harness.engine.startGroupCall(command), { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 5000 });
  await assert.rejects(harness.engine.startCalls(command), { code: 'SERVICE_UNAVAILABLE' });
  const caller = harness.signaling.incoming({ dialled: 'test11' });
  harness.engine.incoming(caller.call);
  await harness.settle();
  assert.equal(caller.rejected, 503);
  assert.equal(harness.store.commits, 0);
});

test('a drain MUST also refuse what was being planned when it began', async () => {
  const harness = new EngineHarness();
  const reply = harness.engine.startGroupCall(command);
  const drained = harness.engine.drain(1000);
  await assert.rejects(reply, { code: 'SERVICE_UNAVAILABLE' });
  await drained;
});

test('a drain MUST wait for what lives to end by itself, and for its last commit', async () => {
  const harness = new EngineHarness();
  harness.signaling.script('sip:a@phone', { refuse: { afterMs: 500, sipCode: 486 } });
  await harness.engine.startGroupCall(command);
  const drain = watch(harness.engine.drain(10_000));
  await harness.advance(400);
  assert.equal(drain.done, false);
  harness.store.hold();
  await harness.advance(200);
  assert.deepEqual([harness.engine.live.legs, drain.done], [0, false]);
  harness.store.release();
  await harness.settle();
  assert.equal(drain.done, true);
  assert.equal(harness.clock.pending, 0);
});

test('a drain MUST hang up what is left after its limit, with the reason shutdown', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', ['sip:test11@phone']);
  const caller = harness.signaling.incoming({ dialled: 'test11' });
  harness.engine.incoming(caller.call);
  const { id, customerId } = await harness.engine.startGroupCall(command);
  await harness.advance(10);
  harness.signaling.leg('sip:test11@phone').answer();
  const drain = watch(harness.engine.drain(1000));
  await harness.advance(999);
  assert.equal(drain.done, false);
  await harness.advance(100);
  assert.equal(drain.done, true);
  assert.equal(harness.signaling.leg('sip:a@phone').cancelled, 'shutdown');
  assert.equal(harness.signaling.leg('sip:test11@phone').released, 'shutdown');
  assert.equal(caller.released, 'shutdown');
  assert.equal((await harness.engine.groupCall(customerId, id)).legs[0]?.why, 'cancelled: the server was shut down');
  assert.deepEqual(await harness.store.unfinished(), { groupCalls: [], calls: [] });
  assert.equal(harness.clock.pending, 0);
});

test('a drain with a limit of 0 MUST hang up at once, and a second one find nothing to do', async () => {
  const harness = new EngineHarness();
  await harness.engine.startGroupCall(command);
  const drain = watch(harness.engine.drain(0));
  await harness.advance(10);
  assert.equal(drain.done, true);
  await harness.engine.drain(0);
});
