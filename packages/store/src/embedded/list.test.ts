import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CallStore, type FilterOperator, type ListFilter, NIL_UUID } from '@groupcall/engine';
import {
  FAKE_EPOCH_MS,
  SeededIdSource,
  SeededRandom,
  testCall,
  testCallId,
  testCustomerId,
  testGroupCall,
  testGroupCallId,
  testTrunk,
  testUuid,
} from '@groupcall/testkit';
import type { CallId } from '@groupcall/engine';
import { withStore } from './temporary-store.ts';

const EMPTY = { groupCalls: [], calls: [], events: [] };

function by(member: string, value: string, operator: FilterOperator = '='): ListFilter {
  return { member, operator, value };
}

const calls = async (store: CallStore, ...filters: readonly ListFilter[]) =>
  (await store.listCalls({ customerId: testCustomerId(), pageSize: 100, filters })).items.map(({ id }) => id);

const groupCalls = async (store: CallStore, ...filters: readonly ListFilter[]) =>
  (await store.listGroupCalls({ pageSize: 100, filters })).items.map(({ id }) => id);

suite('lists of the embedded database', () => {
  test('MUST give every row once, newest first, whatever the page size, among many equal times', async () => {
    await withStore(async (store) => {
      const random = new SeededRandom(7);
      const ids = new SeededIdSource(7);
      const made = Array.from({ length: 300 }, () =>
        testCall({ id: ids.uuid() as CallId, tmCreate: FAKE_EPOCH_MS + random.integer(0, 9) / 1000 }),
      );
      await store.calls.commit({ ...EMPTY, calls: made });
      const expected = [...made]
        .sort((one, other) => other.tmCreate - one.tmCreate || (one.id < other.id ? 1 : -1))
        .map(({ id }) => id);
      for (const pageSize of [1, 7, 100]) {
        const seen: string[] = [];
        let pageToken = '';
        do {
          const page = await store.calls.listCalls({ customerId: testCustomerId(), pageSize, pageToken, filters: [] });
          seen.push(...page.items.map(({ id }) => id));
          pageToken = page.nextPageToken;
        } while (pageToken !== '');
        assert.deepEqual(seen, expected, `pages of ${pageSize}`);
      }
    });
  });

  test('MUST take a size that is none, or too large, for the largest', async () => {
    await withStore(async (store) => {
      const made = Array.from({ length: 120 }, (_, n) => testCall({ id: testCallId(n) }));
      await store.calls.commit({ ...EMPTY, calls: made });
      for (const pageSize of [0, -1, 101, 1e9, 2.5, Number.NaN]) {
        const page = await store.calls.listCalls({ pageSize, filters: [] });
        assert.equal(page.items.length, 100, String(pageSize));
        assert.notEqual(page.nextPageToken, '');
      }
    });
  });

  test('MUST take the nil UUID, or nothing, for an id that is not set', async () => {
    await withStore(async (store) => {
      await store.calls.commit({
        ...EMPTY,
        groupCalls: [
          testGroupCall({ id: testGroupCallId(1), answerCallId: testCallId(1) }),
          testGroupCall({ id: testGroupCallId(2) }),
        ],
      });
      assert.deepEqual(await groupCalls(store.calls, by('answer_call_id', testCallId(1))), [testGroupCallId(1)]);
      assert.deepEqual(await groupCalls(store.calls, by('answer_call_id', NIL_UUID)), [testGroupCallId(2)]);
      assert.deepEqual(await groupCalls(store.calls, by('answer_call_id', '')), [testGroupCallId(2)]);
    });
  });

  test('MUST take a time that has not come for the year 9999', async () => {
    await withStore(async (store) => {
      await store.calls.commit({
        ...EMPTY,
        calls: [testCall({ id: testCallId(1), tmHangup: FAKE_EPOCH_MS + 5 }), testCall({ id: testCallId(2) })],
      });
      const never = '9999-01-01 00:00:00.000000';
      const epoch = '2026-01-01 00:00:00.000000';
      assert.deepEqual(await calls(store.calls, by('tm_hangup', never)), [testCallId(2)]);
      assert.deepEqual(await calls(store.calls, by('tm_hangup', never, '<')), [testCallId(1)]);
      assert.deepEqual(await calls(store.calls, by('tm_hangup', epoch, '>')), [2, 1].map(testCallId));
      assert.deepEqual(await calls(store.calls, by('tm_hangup', epoch, '<=')), []);
    });
  });

  test('MUST find the same by the filters that have an index of their own, and only for the customer', async () => {
    await withStore(async (store) => {
      const groupcallId = testGroupCallId(5);
      await store.calls.commit({
        ...EMPTY,
        calls: [
          testCall({ id: testCallId(1), groupcallId, status: 'ringing' }),
          testCall({ id: testCallId(2), groupcallId, status: 'hangup' }),
          testCall({ id: testCallId(3), status: 'ringing', tmCreate: FAKE_EPOCH_MS + 1 }),
          testCall({ id: testCallId(4), groupcallId, status: 'ringing', customerId: testCustomerId(2) }),
        ],
      });
      assert.deepEqual(await calls(store.calls, by('status', 'ringing')), [3, 1].map(testCallId));
      assert.deepEqual(await calls(store.calls, by('status', 'hangup')), [testCallId(2)]);
      assert.deepEqual(await calls(store.calls, by('groupcall_id', groupcallId)), [2, 1].map(testCallId));
      const both = [by('groupcall_id', groupcallId), by('status', 'ringing')];
      assert.deepEqual(await calls(store.calls, ...both), [testCallId(1)]);
    });
  });

  test('MUST compare numbers as numbers and flags as flags', async () => {
    await withStore(async ({ trunks }) => {
      const made = [5, 10, 100].map((priority, n) =>
        testTrunk({ id: testUuid(0x77, n), priority, register: priority === 10, name: `trunk ${n}` }),
      );
      for (const trunk of made) await trunks.insert(trunk);
      const found = async (filter: ListFilter) =>
        (await trunks.list({ pageSize: 10, filters: [filter] })).items.map(({ priority }) => priority);
      assert.deepEqual(await found(by('priority', '10', '>=')), [100, 10]);
      assert.deepEqual(await found(by('register', 'true')), [10]);
      assert.deepEqual(await found(by('register', 'false')), [100, 5]);
      assert.deepEqual(await found(by('name', 'trunk 1', '>')), [100]);
    });
  });

  test('MUST say of a filter that is not right which member it is, and what would be', async () => {
    await withStore(async (store) => {
      const wrong: readonly (readonly [ListFilter, RegExp])[] = [
        [by('color', 'red'), /^color .*status, .*ring_method/],
        [by('root_id', testGroupCallId()), /^root_id /],
        [by('tm_create', 'yesterday'), /^tm_create .*YYYY-MM-DD/],
        [by('status', 'ringing'), /^status .*"progressing", "hangingup", "hangup"/],
        [by('ring_method', 'ring_all', '>='), /^ring_method .*"="/],
        [by('id', testGroupCallId(), '<'), /^id .*"="/],
      ];
      for (const [filter, message] of wrong) {
        const list = store.calls.listGroupCalls({ pageSize: 10, filters: [filter] });
        await assert.rejects(list, { name: 'AppError', code: 'INVALID_REQUEST_PARAMETER', message });
      }
      const priority = store.trunks.list({ pageSize: 10, filters: [by('priority', 'high')] });
      await assert.rejects(priority, { code: 'INVALID_REQUEST_PARAMETER', message: /^priority .*whole number/ });
      const register = store.trunks.list({ pageSize: 10, filters: [by('register', '1')] });
      await assert.rejects(register, { code: 'INVALID_REQUEST_PARAMETER', message: /^register .*true or false/ });
    });
  });
});
