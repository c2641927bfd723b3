import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDirectory, testAddress, testCustomer } from '@groupcall/testkit';
import { DEFAULT_GROUP_CALL_OPTIONS } from '../records/group-call-options.ts';
import { validateSavedGroup } from './validate-saved-group.ts';

const destinations = [testAddress({ type: 'extension', target: 'test11' })];

test('a saved group MUST get its defaults filled in', async () => {
  const input = { destinations, ringMethod: '', options: { ringTimeoutMs: 5000, callerId: '', timeoutMs: undefined } };
  assert.deepEqual(await validateSavedGroup(input, testCustomer(), new MemoryDirectory()), {
    destinations,
    ringMethod: 'ring_all',
    answerMethod: 'hangup_others',
    options: { ...DEFAULT_GROUP_CALL_OPTIONS, ringTimeoutMs: 5000 },
  });
});

test('rule 4: a saved group MUST be held to the rules of a group call', async () => {
  const validate = (input: Partial<Parameters<typeof validateSavedGroup>[0]>) =>
    validateSavedGroup({ destinations, ...input }, testCustomer(), new MemoryDirectory());
  await assert.rejects(validate({ destinations: [] }), { code: 'INVALID_ARGUMENT', member: 'destinations' });
  await assert.rejects(validate({ ringMethod: 'x' }), { code: 'INVALID_ARGUMENT', member: 'ring_method' });
  await assert.rejects(validate({ options: { failOn: [1] } }), { code: 'INVALID_ARGUMENT', member: 'fail_on[0]' });
  const tel = [testAddress({ type: 'tel', target: '+15550100' })];
  await assert.rejects(validate({ destinations: tel }), { code: 'DESTINATION_NOT_ALLOWED' });
});
