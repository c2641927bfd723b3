import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EngineHarness,
  testAddress,
  testAgent,
  testCustomer,
  testCustomerId,
  testGroup,
  testUuid,
} from '@groupcall/testkit';
import { EngineError, type EngineErrorCode } from '../errors.ts';
import type { Destination } from '../records/address.ts';
import { NIL_UUID } from '../records/ids.ts';
import type { StartGroupCall } from './start-command.ts';

const phone: Destination = testAddress({ type: 'sip', target: 'sip:a@10.0.0.1' });
const command: StartGroupCall = {
  customerId: testCustomerId(),
  source: testAddress({ type: 'tel', target: '+15550199' }),
  destinations: [phone],
};

function setUp() {
  const harness = new EngineHarness({ customer: { allowedPrefixes: ['+1'] } });
  const other = harness.directory.customers.put(testCustomer({ customerId: testCustomerId(2), domain: 'other' }));
  harness.directory.agents.put(testAgent({ id: testUuid(0xa9, 2), customerId: other.customerId }));
  harness.directory.groups.put(testGroup({ id: testUuid(0x97, 2), customerId: other.customerId }));
  harness.directory.agents.put(testAgent({ id: testUuid(0xa9, 3), tmDelete: 1 }));
  return harness;
}

/** Rule 4: the request is refused, its member named, and nothing was written or rung. */
async function assertRefused(
  harness: EngineHarness,
  wrong: Partial<StartGroupCall>,
  code: EngineErrorCode,
  member: string | undefined,
): Promise<void> {
  await assert.rejects(harness.engine.startGroupCall({ ...command, ...wrong }), (error) => {
    assert.ok(error instanceof EngineError);
    assert.deepEqual([error.code, error.member], [code, member], error.message);
    if (member !== undefined) assert.ok(error.message.includes(member), error.message);
    return true;
  });
  await harness.advance(1000);
  assert.deepEqual(harness.signaling.orders, []);
  assert.equal(harness.store.commits, 0);
  assert.deepEqual(harness.engine.live, { groupCalls: 0, legs: 0 });
}

const at = (type: Destination['type'], target: string, rules: Partial<Destination> = {}): Partial<StartGroupCall> => ({
  destinations: [phone, { ...testAddress({ type, target }), ...rules }],
});

test('rule 4: what is malformed MUST be an INVALID_ARGUMENT that names the member', async () => {
  const rows: readonly (readonly [Partial<StartGroupCall>, string])[] = [
    [{ destinations: [] }, 'destinations'],
    [{ destinations: Array.from({ length: 101 }, () => phone) }, 'destinations'],
    [{ ringMethod: 'at_random' }, 'ring_method'],
    [{ answerMethod: 'conference' }, 'answer_method'],
    [{ source: testAddress({ type: 'tel', target: '+1\r\nVia: x' }) }, 'source.target'],
    [{ source: testAddress({ type: 'tel', target: '+1', name: 'a\nb' }) }, 'source.name'],
    [{ source: { ...phone, type: 'carrier-pigeon' as 'sip' } }, 'source.type'],
    [at('tel', '555'), 'destinations[1].target'],
    [at('endpoint', 'no-domain'), 'destinations[1].target'],
    [at('sip', 'sip:a b@c'), 'destinations[1].target'],
    [at('extension', ''), 'destinations[1].target'],
    [at('agent', 'x'), 'destinations[1].target'],
    [at('groupcall', 'x'), 'destinations[1].target'],
    [at('sip', 'a@b', { ringTimeoutMs: 0 }), 'destinations[1].ring_timeout_ms'],
    [at('sip', 'a@b', { delayMs: -1 }), 'destinations[1].delay_ms'],
    [at('sip', 'a@b', { headers: { 'a b': 'c' } }), 'destinations[1].headers'],
    [at('sip', 'a@b', { headers: { 'X-A': 'b\r\nVia: c' } }), 'destinations[1].headers.X-A'],
    [at('sip', 'a@b', { callerId: 'x'.repeat(256) }), 'destinations[1].caller_id'],
    [at('sip', 'a@b', { detail: 'x'.repeat(5000) }), 'destinations[1].detail'],
    [{ options: { ringTimeoutMs: 1.5 } }, 'ring_timeout_ms'],
    [{ options: { timeoutMs: 86_400_001 } }, 'timeout_ms'],
    [{ options: { talkTimeoutMs: Number.NaN } }, 'talk_timeout_ms'],
    [{ options: { redirects: 'maybe' as 'follow' } }, 'redirects'],
    [{ options: { earlyMedia: 'all' as 'single' } }, 'early_media'],
    [{ options: { anonymous: 'perhaps' as 'auto' } }, 'anonymous'],
    [{ options: { failOn: [486, 200] } }, 'fail_on[1]'],
    [{ options: { headers: { 'X-A': '\u0000' } } }, 'headers.X-A'],
    [{ flowId: 'flow' }, 'flow_id'],
  ];
  const harness = setUp();
  for (const [wrong, member] of rows) await assertRefused(harness, wrong, 'INVALID_ARGUMENT', member);
});

test('rule 4: a number or phone that is not the customer’s to ring MUST be DESTINATION_NOT_ALLOWED', async () => {
  const harness = setUp();
  await assertRefused(harness, at('tel', '+4930123'), 'DESTINATION_NOT_ALLOWED', 'destinations[1].target');
  await assertRefused(harness, at('endpoint', 'test11@other'), 'DESTINATION_NOT_ALLOWED', 'destinations[1].target');
});

test('rule 4: a foreign, deleted or missing agent, group or flow MUST be RESOURCE_NOT_FOUND', async () => {
  const harness = setUp();
  const member = 'destinations[1].target';
  for (const n of [2, 3, 4]) await assertRefused(harness, at('agent', testUuid(0xa9, n)), 'RESOURCE_NOT_FOUND', member);
  for (const n of [2, 4])
    await assertRefused(harness, at('groupcall', testUuid(0x97, n)), 'RESOURCE_NOT_FOUND', member);
  await assertRefused(harness, { flowId: testUuid(0xf1, 1) }, 'RESOURCE_NOT_FOUND', 'flow_id');
  await assertRefused(harness, { customerId: testCustomerId(9) }, 'RESOURCE_NOT_FOUND', 'customer_id');
});

test('rule 4: a suspended customer MUST be refused with PERMISSION_DENIED', async () => {
  const harness = setUp();
  harness.directory.customers.put({ ...harness.customer, status: 'suspended' });
  await assertRefused(harness, {}, 'PERMISSION_DENIED', undefined);
});

test('rule 4: an action that can’t be run MUST be INVALID_ACTION_TYPE', async () => {
  await assertRefused(setUp(), { actions: [{ type: 'talk' }] }, 'INVALID_ACTION_TYPE', 'actions[0].type');
});

test('MUST store empty methods as ring_all and hangup_others, and take the nil flow as none', async () => {
  const harness = setUp();
  const record = await harness.engine.startGroupCall({
    ...command,
    ringMethod: '',
    answerMethod: '',
    flowId: NIL_UUID,
  });
  assert.deepEqual([record.ringMethod, record.answerMethod, record.flowId], ['ring_all', 'hangup_others', undefined]);
  const linear = await harness.engine.startGroupCall({
    ...command,
    ringMethod: 'linear',
    ownerType: 'agent',
    ownerId: 'x',
  });
  assert.deepEqual([linear.ringMethod, linear.ownerType, linear.ownerId], ['linear', 'agent', 'x']);
});
