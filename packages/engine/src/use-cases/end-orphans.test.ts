import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EngineHarness,
  MemoryCallStore,
  testAddress,
  testCall,
  testCallId,
  testCustomerId,
  testGroupCall,
  testGroupCallId,
} from '@groupcall/testkit';
import type { LegRecord } from '../records/group-call-record.ts';

const leg = (members: Partial<LegRecord>): LegRecord => ({
  destination: 0,
  status: '',
  hangupBy: '',
  hangupReason: '',
  sipCode: 0,
  reasonSent: '',
  why: '',
  ...members,
});

test('rule 16: what a crash left unfinished MUST be ended, with its events, from the innermost out', async () => {
  const harness = new EngineHarness();
  const [root, nested, innermost] = [1, 2, 3].map(testGroupCallId);
  assert.ok(root && nested && innermost);
  const legs = [
    leg({ callId: testCallId(1), status: 'ringing' }),
    leg({ destination: 1, callId: testCallId(2), status: 'hangup', hangupReason: 'busy', why: 'busy: 486' }),
    leg({ destination: 2, groupcallId: nested, status: 'progressing' }),
    leg({ destination: 3 }),
  ];
  await harness.store.commit({
    groupCalls: [
      testGroupCall({ id: root, callCount: 1, groupcallCount: 1, legs }),
      testGroupCall({ id: nested, rootId: root, masterGroupcallId: root }),
      testGroupCall({ id: innermost, rootId: root, masterGroupcallId: nested, status: 'hangingup' }),
      testGroupCall({ id: testGroupCallId(9), status: 'hangup' }),
    ],
    calls: [
      testCall({ id: testCallId(1), rootId: root, status: 'ringing' }),
      testCall({ id: testCallId(2), rootId: root, status: 'hangup' }),
      testCall({ id: testCallId(3), rootId: testGroupCallId(8), status: 'progressing' }),
    ],
    events: [],
  });
  harness.clock.advance(5000);
  assert.equal(await harness.engine.endOrphans(), 2);
  assert.deepEqual(await harness.store.unfinished(), { groupCalls: [], calls: [] });
  assert.deepEqual(
    harness.store.events.map(({ type, subject }) => `${type} ${'id' in subject ? subject.id : ''}`),
    [
      `call_hangup ${testCallId(1)}`,
      `groupcall_hangup ${innermost}`,
      `groupcall_hangup ${nested}`,
      `groupcall_hangup ${root}`,
      `call_hangup ${testCallId(3)}`,
    ],
  );
  const call = await harness.engine.call(testCustomerId(), testCallId(1));
  assert.deepEqual([call.status, call.hangupReason, call.hangupBy], ['hangup', 'failed', 'local']);
  assert.deepEqual([call.why, call.tmHangup], ['the server stopped while the call was ringing', harness.clock.now()]);
  const over = await harness.engine.groupCall(testCustomerId(), root);
  assert.deepEqual([over.status, over.hangupReason, over.callCount, over.groupcallCount], ['hangup', 'failed', 0, 0]);
  assert.deepEqual(
    over.legs.map(({ status, hangupReason, why }) => [status, hangupReason, why]),
    [
      ['hangup', 'failed', 'the server stopped while it was ringing'],
      ['hangup', 'busy', 'busy: 486'],
      ['hangup', 'failed', 'the server stopped while it was progressing'],
      ['', 'failed', 'not dialled: the server stopped'],
    ],
  );
});

test('rule 16: a second start MUST find nothing to end', async () => {
  const harness = new EngineHarness();
  await harness.store.commit({ groupCalls: [testGroupCall()], calls: [], events: [] });
  assert.equal(await harness.engine.endOrphans(), 1);
  assert.equal(await harness.engine.endOrphans(), 0);
  assert.equal(harness.store.events.length, 1);
});

test('rule 16: what the engine itself leaves behind when it is cut off MUST be ended by the next one', async () => {
  const cutOff = new EngineHarness();
  const destinations = ['a', 'b'].map((name) => testAddress({ type: 'sip', target: `sip:${name}@phone` }));
  const source = testAddress({ type: 'tel', target: '+15550199' });
  const { id, customerId } = await cutOff.engine.startGroupCall({ customerId: testCustomerId(), source, destinations });
  await cutOff.advance(10);
  const { groupCalls, calls } = await cutOff.store.unfinished();
  assert.deepEqual([groupCalls.length, calls.length], [1, 2]);
  const next = new EngineHarness();
  await next.store.commit({ groupCalls, calls, events: [] });
  assert.equal(await next.engine.endOrphans(), 1);
  const over = await next.engine.groupCall(customerId, id);
  assert.equal(over.status, 'hangup');
  assert.ok(over.legs.every(({ status }) => status === 'hangup'));
  assert.deepEqual(next.eventTypes(), ['call_hangup', 'call_hangup', 'groupcall_hangup']);
});

test('a store that can’t be written MUST be told to who starts the server', async () => {
  const harness = new EngineHarness();
  await harness.store.commit({ groupCalls: [testGroupCall()], calls: [], events: [] });
  harness.store.failCommits(new Error('disk full'));
  await assert.rejects(harness.engine.endOrphans(), { message: 'disk full' });
  assert.ok(harness.store instanceof MemoryCallStore);
});
