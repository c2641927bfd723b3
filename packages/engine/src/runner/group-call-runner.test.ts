import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EngineHarness,
  testAddress,
  testAgent,
  testCustomerId,
  testGroup,
  testNumberRoute,
  testTrunk,
  testUuid,
} from '@groupcall/testkit';
import type { AddressType, Destination } from '../records/address.ts';
import type { StartGroupCall } from '../validation/start-command.ts';

const at = (type: AddressType, target: string, rules: Partial<Destination> = {}): Destination => ({
  ...testAddress({ type, target }),
  ...rules,
});
const sip = (name: string, rules: Partial<Destination> = {}) => at('sip', `sip:${name}@phone`, rules);
const uri = (name: string) => `sip:${name}@phone`;

function command(destinations: readonly Destination[], more: Partial<StartGroupCall> = {}): StartGroupCall {
  const source = testAddress({ type: 'tel', target: '+15550199' });
  return { customerId: testCustomerId(), source, destinations, ...more };
}

/** Nothing may be left over: no timer, no live call, no fault, nothing unfinished in the store. */
async function assertAtRest(harness: EngineHarness): Promise<void> {
  await harness.advanceToRest();
  assert.equal(harness.clock.pending, 0);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
  assert.equal(harness.engine.counters.faults, 0);
  assert.deepEqual(await harness.store.unfinished(), { groupCalls: [], calls: [] });
}

test('rule 1: nobody MUST be rung before the record is durable and readable', async () => {
  const harness = new EngineHarness();
  harness.store.hold();
  let replied = false;
  const reply = harness.engine.startGroupCall(command([sip('a'), sip('b')])).finally(() => (replied = true));
  await harness.advance(1000);
  assert.equal(replied, false);
  assert.deepEqual(harness.signaling.orders, []);
  harness.store.release();
  const record = await reply;
  assert.deepEqual(harness.signaling.orders, [`place ${uri('a')}`, `place ${uri('b')}`]);
  assert.equal((await harness.store.groupCall(record.id))?.callIds.length, 2);
  await harness.engine.hangUpGroupCall(record.customerId, record.id);
  await assertAtRest(harness);
});

test('rules 2, 5, 6, 12: ring_all MUST ring all at once, join the first to answer and cancel the others', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { ringAfterMs: 10 });
  harness.signaling.script(uri('b'), { ringAfterMs: 20, answerAfterMs: 3000 });
  harness.signaling.script(uri('c'), { refuse: { afterMs: 100, sipCode: 486 } });
  const { id, customerId } = await harness.engine.startGroupCall(
    command([sip('a'), sip('b'), sip('c'), at('endpoint', 'x@test')]),
  );
  await harness.advance(4000);
  assert.equal(harness.signaling.leg(uri('b')).connected, true);
  assert.equal(harness.signaling.leg(uri('a')).cancelled, 'elsewhere');
  const talking = await harness.engine.groupCall(customerId, id);
  assert.equal(talking.status, 'progressing');
  assert.equal(talking.answerCallId, talking.callIds[1]);
  assert.deepEqual(harness.engine.live, { groupCalls: 1, legs: 1 });
  harness.signaling.leg(uri('b')).hangUp();
  await assertAtRest(harness);
  const over = await harness.engine.groupCall(customerId, id);
  assert.deepEqual([over.status, over.hangupReason], ['hangup', 'normal']);
  assert.deepEqual(
    over.legs.map(({ hangupReason, sipCode }) => [hangupReason, sipCode]),
    [
      ['cancel', 487],
      ['normal', 200],
      ['busy', 486],
      ['failed', 0],
    ],
  );
  assert.match(over.legs[0]?.reasonSent ?? '', /cause=200/);
  assert.equal(over.legs[3]?.why, 'not dialled: no registered contact');
  assert.equal(harness.eventTypes().filter((type) => type === 'groupcall_hangup').length, 1);
  assert.equal(harness.eventTypes().at(-1), 'groupcall_hangup');
});

test('rule 2: linear MUST place the next destination when the one before has ended, whatever the reason', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { refuse: { afterMs: 100, sipCode: 603 } });
  harness.signaling.script(uri('b'), { ringAfterMs: 10 });
  harness.signaling.script(uri('c'), { ringAfterMs: 10, answerAfterMs: 50 });
  const destinations = [sip('a'), at('extension', 'nobody'), sip('b', { ringTimeoutMs: 2000 }), sip('c'), sip('d')];
  const { id, customerId } = await harness.engine.startGroupCall(command(destinations, { ringMethod: 'linear' }));
  await harness.advance(50);
  assert.deepEqual(harness.signaling.orders, [`place ${uri('a')}`]);
  await harness.advance(1000);
  assert.deepEqual(harness.signaling.orders.slice(1), [`place ${uri('b')}`]);
  await harness.advance(2000);
  assert.deepEqual(harness.signaling.orders.slice(2), [
    `cancel ${uri('b')} ring-timeout`,
    `place ${uri('c')}`,
    `connect ${uri('c')}`,
  ]);
  const record = await harness.engine.groupCall(customerId, id);
  assert.equal(record.dialIndex, 3);
  assert.equal(record.callIds.length, 4);
  harness.signaling.leg(uri('c')).hangUp();
  await assertAtRest(harness);
  const over = await harness.engine.groupCall(customerId, id);
  assert.deepEqual(
    over.legs.map(({ hangupReason }) => hangupReason),
    ['busy', 'failed', 'noanswer', 'normal', 'cancel'],
  );
});

test('rule 1: linear MUST make every further leg durable before it is rung', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { refuse: { afterMs: 100, sipCode: 486 } });
  const { id, customerId } = await harness.engine.startGroupCall(
    command([sip('a'), sip('b')], { ringMethod: 'linear' }),
  );
  await harness.advance(50);
  harness.store.hold();
  await harness.advance(1000);
  assert.deepEqual(harness.signaling.orders, [`place ${uri('a')}`]);
  harness.store.release();
  await harness.settle();
  assert.deepEqual(harness.signaling.orders, [`place ${uri('a')}`, `place ${uri('b')}`]);
  await harness.engine.hangUpGroupCall(customerId, id);
  await assertAtRest(harness);
});

test('rule 9: the answer of a nested phone MUST show in its group, in every ancestor and in the root', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', ['sip:test11@10.0.0.1', 'sip:test11@10.0.0.2']);
  harness.directory.agents.put(testAgent({ addresses: [at('extension', 'test11'), sip('mobile')] }));
  harness.signaling.script('sip:test11@10.0.0.2', { ringAfterMs: 10, answerAfterMs: 500 });
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a'), at('agent', testUuid(0xa9, 1))]));
  await harness.advance(1000);
  const root = await harness.engine.groupCall(customerId, id);
  const [agentId] = root.groupcallIds;
  assert.ok(agentId !== undefined);
  const agent = await harness.engine.groupCall(customerId, agentId);
  const [phoneId] = agent.groupcallIds;
  assert.ok(phoneId !== undefined);
  const phone = await harness.engine.groupCall(customerId, phoneId);
  assert.equal(phone.answerCallId, phone.callIds[1]);
  assert.equal(root.answerCallId, phone.callIds[1]);
  assert.deepEqual([root.answerGroupcallId, agent.answerGroupcallId], [agentId, phoneId]);
  assert.deepEqual([phone.masterGroupcallId, agent.masterGroupcallId, phone.rootId], [agentId, id, id]);
  const cancelled = harness.signaling.legs.filter((leg) => leg.cancelled === 'elsewhere').map(({ target }) => target);
  assert.deepEqual(cancelled.sort(), ['sip:a@phone', 'sip:mobile@phone', 'sip:test11@10.0.0.1']);
  harness.signaling.leg('sip:test11@10.0.0.2').hangUp();
  await assertAtRest(harness);
});

test('rule 14: a caller who cancels before the record is durable MUST ring nobody', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', [uri('a')]);
  harness.store.hold();
  const caller = harness.signaling.incoming({ dialled: 'test11' });
  harness.engine.incoming(caller.call);
  caller.cancel();
  await harness.advance(100);
  harness.store.release();
  await assertAtRest(harness);
  assert.deepEqual(harness.signaling.orders, []);
  const call = await harness.engine.call(testCustomerId(), caller.call.callId);
  assert.deepEqual([call.status, call.hangupReason, call.hangupBy], ['hangup', 'cancel', 'remote']);
  assert.ok(harness.eventTypes().includes('groupcall_hangup'));
});

test('rule 21: a CANCEL of the caller in the tick of the winner’s 200 MUST leave no phone in a dead call', async () => {
  for (const cancelFirst of [true, false]) {
    const harness = new EngineHarness();
    harness.directory.addPhone('test11', [uri('a')]);
    const caller = harness.signaling.incoming({ dialled: 'test11' });
    harness.engine.incoming(caller.call);
    await harness.advance(10);
    if (cancelFirst) caller.cancel();
    harness.signaling.leg(uri('a')).answer();
    if (!cancelFirst) caller.cancel();
    await assertAtRest(harness);
    assert.equal(harness.signaling.leg(uri('a')).ended, true);
    assert.equal(harness.signaling.leg(uri('a')).released, 'caller-gone');
  }
});

test('rules 19 and 20: the caller MUST hear 180 once, the answer, or the best code', async () => {
  const harness = new EngineHarness();
  const group = testGroup({ destinations: [sip('a'), sip('b')] });
  harness.directory.groups.put(group);
  harness.directory.numbers.put(testNumberRoute({ number: '+15550100', groupId: group.id }));
  const answered = harness.signaling.incoming({ dialled: '+15550100' });
  harness.engine.incoming(answered.call);
  await harness.advance(10);
  harness.signaling.leg(uri('a')).ring();
  harness.signaling.leg(uri('b')).ring();
  harness.signaling.leg(uri('b')).answer();
  await harness.advance(10);
  assert.deepEqual(answered.progress, ['180']);
  assert.equal(answered.connectedTo, harness.signaling.leg(uri('b')).order.callId);
  assert.equal(harness.signaling.leg(uri('b')).order.caller, answered.call.callId);
  answered.hangUp();
  await assertAtRest(harness);
  assert.equal(harness.signaling.leg(uri('b')).released, 'normal');

  const refused = harness.signaling.incoming({ dialled: '+15550100' });
  harness.engine.incoming(refused.call);
  await harness.advance(10);
  harness.signaling.leg(uri('a')).refuse(408);
  harness.signaling.leg(uri('b')).refuse(486);
  await assertAtRest(harness);
  assert.equal(refused.rejected, 486);
});

test('a number MUST go on to the next trunk on a fault, and not on a refusal', async () => {
  const harness = new EngineHarness({ customer: { allowedPrefixes: ['+1'] } });
  harness.directory.trunkStore.put(testTrunk({ id: 'one', priority: 1 }));
  harness.directory.trunkStore.put(testTrunk({ id: 'two', priority: 2 }));
  harness.directory.trunkStore.put(testTrunk({ id: 'three', priority: 3 }));
  harness.signaling.script('one', { refuse: { afterMs: 50, sipCode: 503 } });
  harness.signaling.script('two', { refuse: { afterMs: 50, sipCode: 486 } });
  const { id, customerId, callIds } = await harness.engine.startGroupCall(command([at('tel', '+1 555 0100')]));
  await assertAtRest(harness);
  const trunks = harness.signaling.legs.map(({ order }) => order.route.kind === 'trunk' && order.route.trunkId);
  assert.deepEqual(trunks, ['one', 'two']);
  const over = await harness.engine.groupCall(customerId, id);
  assert.deepEqual(over.callIds, callIds);
  assert.deepEqual([over.legs[0]?.hangupReason, over.legs[0]?.sipCode], ['busy', 486]);
});

test('a number MUST go on to the next trunk when one is full, and its place be free again afterwards', async () => {
  const harness = new EngineHarness({ customer: { allowedPrefixes: ['+1'] } });
  harness.directory.trunkStore.put(testTrunk({ id: 'one', priority: 1, maxCalls: 1 }));
  harness.directory.trunkStore.put(testTrunk({ id: 'two', priority: 2, maxCalls: 1 }));
  const numbers = ['+15550101', '+15550102', '+15550103'];
  const { id, customerId } = await harness.engine.startGroupCall(command(numbers.map((number) => at('tel', number))));
  await harness.advance(10);
  const trunks = () => harness.signaling.legs.map(({ order }) => order.route.kind === 'trunk' && order.route.trunkId);
  assert.deepEqual(trunks(), ['one', 'two']);
  const record = await harness.engine.groupCall(customerId, id);
  assert.equal(record.legs[2]?.why, 'failed: the trunk takes 1 calls at once');
  await harness.engine.hangUpGroupCall(customerId, id);
  await assertAtRest(harness);
  await harness.engine.startGroupCall(command([at('tel', '+15550104')]));
  await harness.advance(10);
  assert.deepEqual(trunks(), ['one', 'two', 'one']);
});

test('rule 22: a redirection MUST be followed when the options say so, by the same rules', async () => {
  const harness = new EngineHarness();
  harness.directory.addPhone('test11', [uri('b')]);
  harness.signaling.script(uri('a'), {
    redirect: { afterMs: 10, to: ['tel:+4930', 'sip:nobody@test', 'sip:test11@test'] },
  });
  harness.signaling.script(uri('b'), { ringAfterMs: 10, answerAfterMs: 20 });
  const options = { redirects: 'follow' } as const;
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a')], { options }));
  await harness.advance(1000);
  assert.deepEqual(harness.signaling.orders, [`place ${uri('a')}`, `place ${uri('b')}`, `connect ${uri('b')}`]);
  const record = await harness.engine.groupCall(customerId, id);
  assert.equal(record.answerCallId, record.callIds[0]);
  assert.equal(record.callIds.length, 1);
  harness.signaling.leg(uri('b')).hangUp();
  await assertAtRest(harness);
});

test('rule 22: a redirection whose look-up fails MUST end its leg and nothing else', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { redirect: { afterMs: 10, to: ['sip:b@phone'] } });
  const options = { redirects: 'follow' } as const;
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a'), sip('c')], { options }));
  harness.directory.customer = () => Promise.reject(new Error('the directory is gone'));
  await harness.advance(1000);
  const record = await harness.engine.groupCall(customerId, id);
  assert.equal(record.legs[0]?.why, 'failed: redirected, but the target could not be looked up');
  assert.equal(record.legs[1]?.status, 'dialing');
  await harness.engine.hangUpGroupCall(customerId, id);
  await assertAtRest(harness);
});

test('a first commit that fails MUST be told to the client, and ring nobody', async () => {
  const harness = new EngineHarness();
  harness.store.failCommits(new Error('disk full'));
  const reply = harness.engine.startGroupCall(command([sip('a')]));
  await assert.rejects(reply, { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 5000 });
  assert.deepEqual(harness.signaling.orders, []);
  harness.store.failCommits(undefined);
  await assertAtRest(harness);
  assert.ok(harness.log.includes('error: a group call could not be written, and is ended'));
  assert.equal(harness.store.allGroupCalls()[0]?.status, 'hangup');
});

test('a later commit that fails MUST end the group call on the wire, and its end MUST be written when that is possible', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { ringAfterMs: 10 });
  harness.directory.addPhone('test11', [uri('a')]);
  const caller = harness.signaling.incoming({ dialled: 'test11' });
  harness.engine.incoming(caller.call);
  await harness.settle();
  harness.store.failCommits(new Error('disk full'));
  await harness.advance(500);
  assert.equal(harness.signaling.leg(uri('a')).cancelled, 'failed');
  assert.ok((caller.rejected ?? 0) >= 500);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
  assert.equal((await harness.store.unfinished()).groupCalls.length, 1);
  harness.store.failCommits(undefined);
  await assertAtRest(harness);
  const types = harness.eventTypes();
  assert.equal(new Set(harness.store.events.map(({ id }) => id)).size, types.length);
  assert.deepEqual(types.slice(0, 3), ['call_created', 'groupcall_created', 'call_created']);
  assert.equal(types.filter((type) => type === 'groupcall_hangup').length, 1);
});

test('last records that can’t be written at all MUST be given up, logged, and hang nothing', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a')]));
  await harness.settle();
  harness.store.failCommits(new Error('disk full'));
  await assert.rejects(harness.engine.hangUpGroupCall(customerId, id), { code: 'SERVICE_UNAVAILABLE' });
  assert.equal(harness.signaling.leg(uri('a')).cancelled, 'hang-up');
  await harness.advanceToRest();
  assert.equal(harness.clock.pending, 0);
  assert.ok(harness.log.includes('error: the last records of a group call are lost'));
  await harness.engine.drain(0);
});

test('rule 8: an answer after the CANCEL MUST be ended, and change nothing for the winner', async () => {
  const harness = new EngineHarness();
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a'), sip('b')]));
  await harness.advance(10);
  harness.signaling.leg(uri('a')).answer();
  harness.signaling.leg(uri('b')).answer();
  await harness.advance(10);
  assert.equal(harness.signaling.leg(uri('b')).released, 'elsewhere');
  const record = await harness.engine.groupCall(customerId, id);
  assert.equal(record.answerCallId, record.callIds[0]);
  harness.signaling.leg(uri('a')).hangUp();
  await assertAtRest(harness);
});

test('rule 15: a phone that says nothing, and an end that is never reported, MUST NOT keep a group call alive', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { byeMs: Infinity });
  const options = { ringTimeoutMs: 20_000 };
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a'), sip('b')], { options }));
  await harness.advance(21_000);
  assert.equal(harness.signaling.leg(uri('a')).cancelled, 'ring-timeout');
  await assertAtRest(harness);
  const over = await harness.engine.groupCall(customerId, id);
  assert.deepEqual([over.status, over.hangupReason], ['hangup', 'noanswer']);
});

test('an input that means nothing MUST be counted and logged at debug, and change nothing', async () => {
  const harness = new EngineHarness();
  const { id, customerId, callIds } = await harness.engine.startGroupCall(command([sip('a'), sip('b')]));
  await harness.advance(10);
  const first = harness.signaling.leg(uri('a')).order;
  harness.signaling.leg(uri('a')).refuse(486);
  await harness.settle();
  const before = await harness.engine.groupCall(customerId, id);
  first.listener.answered();
  first.listener.ringing(180, false);
  await harness.settle();
  assert.deepEqual(await harness.engine.groupCall(customerId, id), before);
  assert.equal(harness.engine.counters.ignored, 2);
  assert.equal(harness.log.filter((line) => line === 'debug: an input was ignored').length, 2);
  assert.equal(callIds.length, 2);
  await harness.engine.hangUpGroupCall(customerId, id);
  await assertAtRest(harness);
});

test('a step that throws MUST end the group call and not the process', async () => {
  const harness = new EngineHarness();
  const { signaling } = harness;
  const { id, customerId } = await harness.engine.startGroupCall(command([sip('a'), sip('b')]));
  await harness.advance(10);
  signaling.connect = () => {
    throw new Error('a defect');
  };
  signaling.leg(uri('a')).answer();
  await harness.advanceToRest();
  assert.equal(harness.engine.counters.faults, 1);
  assert.deepEqual([signaling.leg(uri('a')).ended, signaling.leg(uri('b')).ended], [true, true]);
  assert.equal((await harness.engine.groupCall(customerId, id)).status, 'hangup');
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
});

test('a group call that can’t even be ended MUST be dropped by force', async () => {
  const harness = new EngineHarness();
  const { signaling } = harness;
  await harness.engine.startGroupCall(command([sip('a')]));
  await harness.advance(10);
  const broken = () => {
    throw new Error('a defect');
  };
  signaling.connect = broken;
  const release = signaling.release.bind(signaling);
  let refusals = 1;
  signaling.release = (callId, reason) => {
    if (refusals-- > 0) broken();
    release(callId, reason);
  };
  signaling.leg(uri('a')).answer();
  await harness.advanceToRest();
  assert.equal(harness.engine.counters.faults, 2);
  assert.equal(signaling.leg(uri('a')).released, 'failed');
  assert.equal(harness.clock.pending, 0);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
});

test('the events of a group call MUST be durable in the order in which it happened', async () => {
  const harness = new EngineHarness();
  harness.store.hold();
  harness.signaling.script(uri('a'), { ringAfterMs: 10, answerAfterMs: 20 });
  const reply = harness.engine.startGroupCall(command([sip('a')], { actions: [] }));
  await harness.advance(1);
  harness.store.release();
  await reply;
  harness.store.hold();
  await harness.advance(100);
  harness.store.release();
  await assertAtRest(harness);
  assert.deepEqual(harness.eventTypes(), [
    'groupcall_created',
    'call_created',
    'call_ringing',
    'groupcall_ringing',
    'call_progressing',
    'groupcall_progressing',
    'call_terminating',
    'call_hangup',
    'groupcall_hangup',
  ]);
  const [winner] = harness.store.allCalls();
  assert.equal(winner?.why, 'answered, then ended: nothing was to follow the answer');
});

test('reports of a call that is over and forgotten MUST be harmless', async () => {
  const harness = new EngineHarness();
  harness.signaling.script(uri('a'), { refuse: { afterMs: 10, sipCode: 486 } });
  const { customerId, callIds } = await harness.engine.startGroupCall(command([sip('a')]));
  await assertAtRest(harness);
  const { listener } = harness.signaling.leg(uri('a')).order;
  listener.answered();
  listener.ended({ by: 'remote', outcome: 'busy', sipCode: 486, detail: '', redirectTo: [], tryNextRoute: false });
  await assertAtRest(harness);
  assert.equal((await harness.engine.call(customerId, callIds[0]!)).sipCode, 486);
});
