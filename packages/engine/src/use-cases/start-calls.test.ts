import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineHarness, testAddress, testAgent, testCustomerId, testTrunk, testUuid } from '@groupcall/testkit';
import type { CustomerId } from '../records/ids.ts';
import type { StartCalls } from '../validation/start-command.ts';

function setUp(limits: { maxLegs?: number; maxGroupcalls?: number; cps?: number } = {}) {
  const harness = new EngineHarness({ customer: { allowedPrefixes: ['+1'], ...limits } });
  harness.directory.addPhone('test11', ['sip:test11@phone']);
  harness.directory.agents.put(testAgent({ addresses: [testAddress({ type: 'extension', target: 'test11' })] }));
  harness.directory.trunkStore.put(testTrunk());
  return harness;
}

const command: StartCalls = {
  customerId: testCustomerId(),
  source: testAddress({ type: 'tel', target: '+15550199' }),
  destinations: [
    testAddress({ type: 'sip', target: 'a@phone' }),
    testAddress({ type: 'tel', target: '+15550100' }),
    testAddress({ type: 'endpoint', target: 'test11@test' }),
    testAddress({ type: 'agent', target: testUuid(0xa9, 1) }),
    testAddress({ type: 'sip', target: 'sip:test11@test' }),
  ],
};

test('MUST ring a URI and a number as single calls, and what may be several phones as group calls', async () => {
  const harness = setUp();
  const { calls, groupCalls } = await harness.engine.startCalls(command);
  assert.deepEqual(
    calls.map(({ destination, groupcallId }) => [destination.target, groupcallId]),
    [
      ['a@phone', undefined],
      ['+15550100', undefined],
    ],
  );
  assert.deepEqual(
    groupCalls.map(({ destinations }) => destinations.map(({ target }) => target)),
    [['test11@test'], [testUuid(0xa9, 1)], ['sip:test11@test']],
  );
  await harness.settle();
  assert.equal(harness.signaling.legs.length, 5);
  assert.deepEqual(harness.engine.live, { groupCalls: 3, legs: 5 });
});

test('a single call MUST show no group call, and end by its own id', async () => {
  const harness = setUp();
  const { calls } = await harness.engine.startCalls({ ...command, destinations: command.destinations.slice(0, 1) });
  const [call] = calls;
  assert.ok(call !== undefined);
  await harness.advance(10);
  await assert.rejects(harness.engine.groupCall(call.customerId, call.rootId), { code: 'GROUPCALL_NOT_FOUND' });
  assert.deepEqual(harness.store.allGroupCalls(), []);
  const hungUp = await harness.engine.hangUpCall(call.customerId, call.id);
  assert.equal(hungUp.status, 'canceling');
  await harness.advanceToRest();
  assert.equal((await harness.engine.call(call.customerId, call.id)).status, 'hangup');
  assert.ok(harness.eventTypes().every((type) => type.startsWith('call_')));
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
});

test('rule 4: all MUST begin or none', async () => {
  const wrong = [...command.destinations, testAddress({ type: 'tel', target: '+4930' })];
  const harness = setUp();
  await assert.rejects(harness.engine.startCalls({ ...command, destinations: wrong }), {
    code: 'DESTINATION_NOT_ALLOWED',
  });
  const limited = setUp({ maxLegs: 4 });
  await assert.rejects(limited.engine.startCalls(command), { code: 'LEG_LIMIT_EXCEEDED' });
  for (const { signaling, store } of [harness, limited]) {
    assert.deepEqual(signaling.orders, []);
    assert.equal(store.commits, 0);
  }
});

test('MUST end all of them when they could not be written', async () => {
  const harness = setUp();
  harness.store.failCommits(new Error('disk full'));
  await assert.rejects(harness.engine.startCalls(command), { code: 'SERVICE_UNAVAILABLE' });
  harness.store.failCommits(undefined);
  await harness.advanceToRest();
  assert.deepEqual(harness.signaling.orders, []);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
});

test('limits of a customer MUST hold for what is alive, and be free again afterwards', async () => {
  const harness = setUp({ maxGroupcalls: 1, cps: 100 });
  const start = () => harness.engine.startGroupCall({ ...command, destinations: command.destinations.slice(0, 1) });
  const { id, customerId } = await start();
  await assert.rejects(start(), { code: 'LEG_LIMIT_EXCEEDED' });
  await harness.engine.hangUpGroupCall(customerId, id);
  await harness.advanceToRest();
  await start();
});

test('after the answer only the legs that are left MUST count', async () => {
  const harness = setUp({ maxLegs: 4 });
  const three = ['a', 'b', 'c'].map((name) => testAddress({ type: 'sip', target: `sip:${name}@phone` }));
  const start = () => harness.engine.startGroupCall({ ...command, destinations: three });
  await start();
  await harness.settle();
  await assert.rejects(start(), { code: 'LEG_LIMIT_EXCEEDED', message: /makes it 6/ });
  harness.signaling.leg('sip:a@phone').answer();
  await harness.advance(10);
  await start();
});

test('new group calls MUST be refused beyond cps, with the time to wait', async () => {
  const harness = setUp({ cps: 2 });
  const start = () => harness.engine.startGroupCall({ ...command, destinations: command.destinations.slice(0, 1) });
  await start();
  await start();
  await assert.rejects(start(), { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 500 });
  await harness.advance(500);
  await start();
});

test('the server’s own bound MUST refuse what would pass it', async () => {
  const harness = new EngineHarness({ limits: { maxLive: 1 } });
  const start = () => harness.engine.startGroupCall({ ...command, destinations: command.destinations.slice(0, 1) });
  await start();
  await assert.rejects(start(), { code: 'SERVICE_UNAVAILABLE' });
});

test('a customer that is not there MUST be refused', async () => {
  const unknown = setUp().engine.startCalls({ ...command, customerId: 'nobody' as CustomerId });
  await assert.rejects(unknown, { code: 'RESOURCE_NOT_FOUND' });
});
