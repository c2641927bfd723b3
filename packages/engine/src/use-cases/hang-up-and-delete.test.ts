import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EngineHarness,
  testAddress,
  testAgent,
  testCall,
  testCustomerId,
  testGroupCall,
  testUuid,
} from '@groupcall/testkit';
import type { CallId, GroupCallId } from '../records/ids.ts';

const sip = (name: string) => testAddress({ type: 'sip', target: `sip:${name}@phone` });
const stranger = testCustomerId(2);

async function start(harness: EngineHarness, ...names: readonly string[]) {
  const source = testAddress({ type: 'tel', target: '+15550199' });
  const record = await harness.engine.startGroupCall({
    customerId: testCustomerId(),
    source,
    destinations: names.map(sip),
  });
  await harness.advance(10);
  return record;
}

function first<Item>([item]: readonly Item[]): Item {
  assert.ok(item !== undefined);
  return item;
}

test('rule 13: hang-up MUST end every leg, be durable when it is answered, and change nothing the second time', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await start(harness, 'a', 'b');
  const ending = await harness.engine.hangUpGroupCall(customerId, id);
  assert.equal(ending.status, 'hangingup');
  assert.equal((await harness.store.groupCall(id))?.status, 'hangingup');
  assert.deepEqual(harness.signaling.orders.slice(2), ['cancel sip:a@phone hang-up', 'cancel sip:b@phone hang-up']);
  assert.equal((await harness.engine.hangUpGroupCall(customerId, id)).status, 'hangingup');
  await harness.advanceToRest();
  const over = await harness.engine.groupCall(customerId, id);
  assert.deepEqual([over.status, over.hangupReason, over.callCount], ['hangup', 'cancel', 0]);
  assert.deepEqual(await harness.engine.hangUpGroupCall(customerId, id), over);
  assert.equal(harness.signaling.orders.length, 4);
  assert.equal(harness.eventTypes().filter((type) => type === 'groupcall_hangup').length, 1);
});

test('rule 7: a hang-up MUST NOT tell the phones that somebody else answered', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await start(harness, 'a');
  await harness.engine.hangUpGroupCall(customerId, id);
  await harness.advanceToRest();
  assert.equal((await harness.engine.groupCall(customerId, id)).legs[0]?.reasonSent, '');
});

test('rule 13: delete MUST hang up first, and tell groupcall_hangup before groupcall_deleted', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await start(harness, 'a');
  const ending = await harness.engine.deleteGroupCall(customerId, id);
  assert.deepEqual([ending.status, ending.tmDelete], ['hangingup', undefined]);
  await harness.advanceToRest();
  assert.deepEqual(harness.eventTypes().slice(-2), ['groupcall_hangup', 'groupcall_deleted']);
  const gone = await harness.engine.groupCall(customerId, id);
  assert.ok(gone.tmDelete !== undefined);
  assert.deepEqual((await harness.engine.listGroupCalls({ customerId, pageSize: 10, filters: [] })).items, []);
  assert.deepEqual(await harness.engine.deleteGroupCall(customerId, id), gone);
  assert.deepEqual(await harness.engine.hangUpGroupCall(customerId, id), gone);
  assert.equal(harness.eventTypes().filter((type) => type === 'groupcall_deleted').length, 1);
});

test('rule 13: a finished group call MUST be deleted once, however many ask at the same time', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await start(harness, 'a');
  await harness.engine.hangUpGroupCall(customerId, id);
  await harness.advanceToRest();
  const [one, other, refused] = await Promise.allSettled([
    harness.engine.deleteGroupCall(customerId, id),
    harness.engine.deleteGroupCall(customerId, id),
    harness.engine.deleteGroupCall(stranger, id),
  ]);
  assert.deepEqual(one, other);
  assert.equal(refused.status, 'rejected');
  assert.deepEqual(harness.eventTypes().slice(-2), ['groupcall_hangup', 'groupcall_deleted']);
});

test('a nested group call MUST be hung up by its own id, and the others ring on', async () => {
  const harness = new EngineHarness();
  harness.directory.agents.put(testAgent({ addresses: [sip('a'), sip('b')] }));
  const source = testAddress({ type: 'tel', target: '+15550199' });
  const destinations = [testAddress({ type: 'agent', target: testUuid(0xa9, 1) }), sip('c')];
  const root = await harness.engine.startGroupCall({ customerId: testCustomerId(), source, destinations });
  await harness.advance(10);
  const nested = first(root.groupcallIds);
  await harness.engine.hangUpGroupCall(root.customerId, nested);
  await harness.advance(10);
  assert.equal((await harness.engine.groupCall(root.customerId, nested)).status, 'hangup');
  assert.equal((await harness.engine.groupCall(root.customerId, root.id)).status, 'progressing');
  assert.equal(harness.signaling.leg('sip:c@phone').cancelled, undefined);
});

test('a leg MUST be hung up by its own id, and the others ring on', async () => {
  const harness = new EngineHarness();
  const { id, customerId, callIds } = await start(harness, 'a', 'b');
  const ending = await harness.engine.hangUpCall(customerId, first(callIds));
  assert.equal(ending.status, 'canceling');
  await harness.advance(10);
  const over = await harness.engine.call(customerId, first(callIds));
  assert.equal(over.status, 'hangup');
  assert.deepEqual(await harness.engine.hangUpCall(customerId, first(callIds)), over);
  assert.equal((await harness.engine.groupCall(customerId, id)).callCount, 1);
});

test('rule 14: hanging up the master call MUST end all that rings for it', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', ['sip:test11@phone']);
  const caller = harness.signaling.incoming({ dialled: 'test11' });
  harness.engine.incoming(caller.call);
  await harness.advance(10);
  await harness.engine.hangUpCall(testCustomerId(), caller.call.callId);
  await harness.advanceToRest();
  assert.equal(harness.signaling.leg('sip:test11@phone').ended, true);
  assert.ok(caller.rejected !== undefined);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
});

test('rule 13: a call MUST be deleted when it is over, alive or not when it was asked for', async () => {
  const harness = new EngineHarness();
  const { customerId, callIds } = await start(harness, 'a', 'b');
  const [alive, later] = callIds;
  assert.ok(alive !== undefined && later !== undefined);
  assert.equal((await harness.engine.deleteCall(customerId, alive)).tmDelete, undefined);
  await harness.advance(10);
  assert.ok((await harness.engine.call(customerId, alive)).tmDelete !== undefined);
  await harness.engine.hangUpCall(customerId, later);
  await harness.advanceToRest();
  const deleted = await harness.engine.deleteCall(customerId, later);
  assert.ok(deleted.tmDelete !== undefined);
  assert.deepEqual(await harness.engine.deleteCall(customerId, later), deleted);
  assert.deepEqual((await harness.engine.listCalls({ customerId, pageSize: 10, filters: [] })).items, []);
});

test('another customer’s, and what never was, MUST NOT be found, hung up or deleted', async () => {
  const harness = new EngineHarness();
  const { id, callIds } = await start(harness, 'a');
  const { engine } = harness;
  const check = async () => {
    const absent = testUuid(1, 1);
    for (const [customerId, groupCall, call] of [
      [stranger, id, first(callIds)],
      [testCustomerId(), absent as GroupCallId, absent as CallId],
    ] as const) {
      const noGroupCall = { code: 'GROUPCALL_NOT_FOUND' };
      const noCall = { code: 'CALL_NOT_FOUND' };
      await assert.rejects(engine.groupCall(customerId, groupCall), noGroupCall);
      await assert.rejects(engine.hangUpGroupCall(customerId, groupCall), noGroupCall);
      await assert.rejects(engine.deleteGroupCall(customerId, groupCall), noGroupCall);
      await assert.rejects(engine.call(customerId, call), noCall);
      await assert.rejects(engine.hangUpCall(customerId, call), noCall);
      await assert.rejects(engine.deleteCall(customerId, call), noCall);
    }
  };
  await check();
  assert.equal(harness.signaling.leg('sip:a@phone').cancelled, undefined);
  await engine.hangUpGroupCall(testCustomerId(), id);
  await harness.advanceToRest();
  await check();
});

test('a destination whose turn has not come MUST NOT be found as a call', async () => {
  const harness = new EngineHarness();
  const source = testAddress({ type: 'tel', target: '+15550199' });
  const destinations = [sip('a'), sip('b')];
  const command = { customerId: testCustomerId(), source, destinations, ringMethod: 'linear' };
  const record = await harness.engine.startGroupCall(command);
  await harness.advance(10);
  assert.deepEqual(record.callIds.length, 1);
  harness.signaling.leg('sip:a@phone').refuse(486);
  await harness.advance(10);
  assert.equal((await harness.engine.groupCall(record.customerId, record.id)).callIds.length, 2);
});

test('rule 15: a record that nobody carries any more MUST end when it is hung up or deleted', async () => {
  const harness = new EngineHarness();
  const groupCall = testGroupCall();
  const call = testCall({ status: 'ringing' });
  await harness.store.commit({ groupCalls: [groupCall], calls: [call], events: [] });
  assert.equal((await harness.engine.hangUpGroupCall(groupCall.customerId, groupCall.id)).status, 'hangup');
  const deleted = await harness.engine.deleteCall(call.customerId, call.id);
  assert.deepEqual([deleted.status, deleted.hangupReason], ['hangup', 'failed']);
  assert.deepEqual(harness.eventTypes(), ['groupcall_hangup', 'call_hangup']);
});

test('a change that can’t be written MUST be told as SERVICE_UNAVAILABLE', async () => {
  const harness = new EngineHarness();
  const { id, customerId, callIds } = await start(harness, 'a', 'b');
  harness.store.failCommits(new Error('disk full'));
  const unavailable = { code: 'SERVICE_UNAVAILABLE' };
  await assert.rejects(harness.engine.hangUpCall(customerId, first(callIds)), unavailable);
  await harness.advance(100);
  await assert.rejects(harness.engine.deleteGroupCall(customerId, id), unavailable);
  harness.store.failCommits(undefined);
  await harness.advanceToRest();
  assert.equal((await harness.engine.groupCall(customerId, id)).status, 'hangup');
});
