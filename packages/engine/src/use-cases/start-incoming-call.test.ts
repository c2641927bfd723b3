import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineHarness, testAddress, testCustomerId, testGroup, testNumberRoute, testTrunk } from '@groupcall/testkit';
import { DEFAULT_GROUP_CALL_OPTIONS } from '../records/group-call-options.ts';

/** A customer with the extensions test11 and test12, the number +15550100 for a group of both, and a trunk. */
function setUp(limits: { maxLegs?: number; maxGroupcalls?: number; cps?: number } = {}) {
  const harness = new EngineHarness({ customer: { allowedPrefixes: ['+1'], ...limits } });
  harness.directory.addPhone('test11', ['sip:test11@phone']);
  harness.directory.addPhone('test12', ['sip:test12@phone']);
  harness.directory.trunkStore.put(testTrunk());
  const destinations = ['test11', 'test12'].map((target) => testAddress({ type: 'extension', target }));
  const options = { ...DEFAULT_GROUP_CALL_OPTIONS, ringTimeoutMs: 5000 };
  harness.directory.groups.put(testGroup({ destinations, options }));
  harness.directory.numbers.put(testNumberRoute({ number: '+15550100' }));
  harness.directory.numbers.put(testNumberRoute({ id: 'sales', number: 'sales' }));
  const dial = async (dialled: string, from: 'extension' | 'trunk' = 'extension') => {
    const caller = harness.signaling.incoming({ dialled, from });
    harness.engine.incoming(caller.call);
    await harness.advance(1);
    return { caller, rung: harness.signaling.orders.splice(0).filter((order) => order.startsWith('place')) };
  };
  return { harness, dial };
}

const group = ['place sip:test11@phone', 'place sip:test12@phone'];

test('MUST ring the group that a number or name is routed to, from wherever the call comes', async () => {
  const { harness, dial } = setUp();
  assert.deepEqual((await dial('+15550100', 'trunk')).rung, group);
  assert.deepEqual((await dial('15550100', 'trunk')).rung, group);
  assert.deepEqual((await dial('+1 555 0100')).rung, group);
  assert.deepEqual((await dial('sales')).rung, group);
  const [record] = harness.store.allGroupCalls();
  assert.deepEqual([record?.ownerType, record?.ownerId], ['group', testGroup().id]);
  await harness.advance(5000);
  assert.ok(harness.signaling.orders.includes('cancel sip:test11@phone ring-timeout'));
});

test('the master call MUST be recorded with who called whom', async () => {
  const { harness, dial } = setUp();
  const { caller } = await dial('+15550100');
  const call = await harness.engine.call(testCustomerId(), caller.call.callId);
  assert.deepEqual([call.direction, call.source.target, call.destination.target], ['incoming', 'test10', '+15550100']);
  assert.deepEqual([call.destination.type, call.sipCallId, call.status], ['tel', 'caller-1@phones', 'dialing']);
  const [record] = harness.store.allGroupCalls();
  assert.equal(record?.masterCallId, caller.call.callId);
  assert.equal(record.source.target, 'test10');
});

test('a phone of the customer MUST reach an extension by its name, and a number by the rules of tel', async () => {
  const { harness, dial } = setUp();
  assert.deepEqual((await dial('test12')).rung, ['place sip:test12@phone']);
  assert.deepEqual((await dial('+1 (555) 0199')).rung, ['place +15550199']);
  const [first] = harness.store.allGroupCalls();
  assert.deepEqual([first?.ownerType, first?.destinations.length], ['extension', 1]);
});

test('a call through a trunk MUST let its caller hear what the telephone network says', async () => {
  const { harness, dial } = setUp();
  const { caller } = await dial('+15550199');
  harness.signaling.leg('+15550199').ring(183, true);
  await harness.settle();
  assert.deepEqual(caller.progress, [`183 ${harness.signaling.leg('+15550199').order.callId}`]);
});

test('MUST refuse with 404 what is routed nowhere, and a trunk what has no number route', async () => {
  const { harness, dial } = setUp();
  const rows = [
    ['nobody', 'extension'],
    ['5550100', 'extension'],
    ['test11', 'trunk'],
    ['+15550199', 'trunk'],
  ] as const;
  for (const [dialled, from] of rows) {
    const { caller, rung } = await dial(dialled, from);
    assert.deepEqual([caller.rejected, rung], [404, []], dialled);
  }
  assert.equal(harness.store.commits, 0);
  assert.equal(harness.log.filter((line) => line === 'info: an incoming call is refused').length, rows.length);
});

test('MUST refuse with 404 when the group of a number is gone or empty', async () => {
  const { harness, dial } = setUp();
  harness.directory.groups.put(testGroup({ destinations: [] }));
  assert.equal((await dial('sales')).caller.rejected, 404);
  harness.directory.groups.put(testGroup({ tmDelete: 1 }));
  assert.equal((await dial('sales')).caller.rejected, 404);
});

test('MUST refuse with 403 a number that is not allowed, and a suspended customer', async () => {
  const { harness, dial } = setUp();
  assert.equal((await dial('+4930123')).caller.rejected, 403);
  harness.directory.customers.put({ ...harness.customer, status: 'suspended' });
  assert.equal((await dial('test11')).caller.rejected, 403);
});

test('MUST refuse with 503 beyond a limit', async () => {
  for (const limits of [{ maxLegs: 1 }, { maxGroupcalls: 0 }, { cps: 0 }]) {
    const { dial } = setUp(limits);
    assert.equal((await dial('+15550100')).caller.rejected, 503, JSON.stringify(limits));
  }
});

test('MUST refuse with 500, and log, when the directory fails', async () => {
  const { harness, dial } = setUp();
  harness.directory.customer = () => Promise.reject(new Error('the directory is gone'));
  assert.equal((await dial('test11')).caller.rejected, 500);
  assert.ok(harness.log.includes('error: an incoming call could not be handled'));
});

test('rule 3: an extension without a phone MUST be recorded, and refused by the code of its leg', async () => {
  const { harness, dial } = setUp();
  harness.directory.register('test12@test', []);
  const { caller, rung } = await dial('test12');
  await harness.advanceToRest();
  assert.deepEqual(rung, []);
  assert.ok((caller.rejected ?? 0) >= 400);
  assert.equal(harness.store.allGroupCalls()[0]?.legs[0]?.why, 'not dialled: no registered contact');
});
