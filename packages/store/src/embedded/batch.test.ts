import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCall, testCustomerId, testGroupCall, testGroupCallEvent, testGroupCallId } from '@groupcall/testkit';
import { callTable } from '../rows/call-row.ts';
import { groupCallTable } from '../rows/group-call-row.ts';
import { encodeBatch } from './batch.ts';

test('MUST write a record that changed several times once, as it was last, and all events', () => {
  const versions = [1, 2, 3].map((dialIndex) => testGroupCall({ dialIndex }));
  const batch = encodeBatch(
    versions.map((groupCall, n) => ({
      groupCalls: [groupCall],
      calls: [],
      events: [testGroupCallEvent(n, groupCall)],
    })),
  );
  assert.equal(batch.groupCalls.length, groupCallTable.columnNames.length);
  assert.deepEqual(JSON.parse(String(batch.groupCalls.at(-1))), versions[2]);
  assert.deepEqual(batch.counts, [3]);
  const docs = batch.events
    .filter((value) => String(value).startsWith('{'))
    .map((doc) => JSON.parse(String(doc)) as unknown);
  assert.deepEqual(docs, versions);
});

test('MUST keep the order of the events, whoever they belong to', () => {
  const mine = testGroupCall();
  const theirs = testGroupCall({ id: testGroupCallId(2), customerId: testCustomerId(2) });
  const batch = encodeBatch([
    { groupCalls: [mine], calls: [], events: [testGroupCallEvent(1, mine), testGroupCallEvent(2, theirs)] },
    { groupCalls: [theirs], calls: [], events: [testGroupCallEvent(3, mine)] },
  ]);
  assert.deepEqual(batch.customers, [testCustomerId(), testCustomerId(2)]);
  assert.deepEqual(batch.counts, [2, 1]);
  const ids = batch.events.filter((value) => String(value).startsWith('000000ee'));
  assert.deepEqual(
    ids,
    [1, 2, 3].map((n) => testGroupCallEvent(n, mine).id),
  );
});

test('MUST make a record into JSON once, also when an event has it as its subject', () => {
  let stringified = 0;
  const groupCall = { ...testGroupCall(), toJSON: () => ({ times: ++stringified }) };
  encodeBatch([{ groupCalls: [groupCall], calls: [], events: [testGroupCallEvent(1, groupCall)] }]);
  encodeBatch([{ groupCalls: [groupCall, groupCall], calls: [], events: [] }]);
  assert.equal(stringified, 2);
});

test('MUST give a call as many values as its statement takes', () => {
  const batch = encodeBatch([{ groupCalls: [], calls: [testCall()], events: [] }]);
  assert.equal(batch.calls.length, callTable.columnNames.length);
});
