import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CallStore, Change, CustomerId, DomainEvent, GroupCallRecord, ListFilter } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import {
  testAddress,
  testCall,
  testCallId,
  testCustomerId,
  testGroupCall,
  testGroupCallEvent,
  testGroupCallId,
  testUuid,
} from '../engine/records.ts';
import { FAKE_EPOCH_MS } from '../fake-clock.ts';

/** A fresh, empty store, and what the suite must see of it that the port does not show. */
export interface CallStoreHarness {
  readonly store: CallStore;
  /** The durable events of one customer, in their order. */
  events(customerId: CustomerId): Promise<readonly Pick<DomainEvent, 'id' | 'type' | 'tm'>[]>;
  /** Ends the store for good. */
  close(): Promise<void>;
}

const EMPTY: Change = { groupCalls: [], calls: [], events: [] };

/** What every {@link CallStore} must do. `open` gives an empty one each time; the customers of the records need not exist in it. */
export function callStoreContract(name: string, open: () => Promise<CallStoreHarness>): void {
  suite(`CallStore: ${name}`, () => {
    const withStore = (title: string, body: (harness: CallStoreHarness) => Promise<void>) => {
      test(title, async () => {
        const harness = await open();
        try {
          await body(harness);
        } finally {
          await harness.close();
        }
      });
    };
    recordRows(withStore);
    commitRows(withStore);
    listRows(withStore);
    filterRows(withStore);
  });
}

type Row = (title: string, body: (harness: CallStoreHarness) => Promise<void>) => void;

function recordRows(row: Row): void {
  row('MUST give back every member of a group call, set or absent', async ({ store }) => {
    const bare = testGroupCall();
    const full = fullGroupCall();
    await store.commit({ ...EMPTY, groupCalls: [bare, full] });
    assert.deepEqual(await store.groupCall(bare.id), bare);
    assert.deepEqual(await store.groupCall(full.id), full);
  });

  row('MUST give back every member of a call, set or absent', async ({ store }) => {
    const bare = testCall();
    const full = fullCall();
    await store.commit({ ...EMPTY, calls: [bare, full] });
    assert.deepEqual(await store.call(bare.id), bare);
    assert.deepEqual(await store.call(full.id), full);
  });

  row('MUST answer undefined for an id that it does not know', async ({ store }) => {
    assert.equal(await store.groupCall(testGroupCallId(99)), undefined);
    assert.equal(await store.call(testCallId(99)), undefined);
  });

  row('MUST replace a record that is committed again, also members that went away', async ({ store }) => {
    const { masterCallId, ...without } = fullGroupCall();
    assert.ok(masterCallId);
    await store.commit({ ...EMPTY, groupCalls: [fullGroupCall()], calls: [testCall()] });
    const call = testCall({ status: 'hangup', hangupBy: 'remote', hangupReason: 'busy', sipCode: 486 });
    await store.commit({ ...EMPTY, groupCalls: [without], calls: [call] });
    assert.deepEqual(await store.groupCall(without.id), without);
    assert.deepEqual(await store.call(call.id), call);
  });

  row('rule 13: MUST give a deleted record by its id and MUST NOT list it', async ({ store }) => {
    const groupCall = testGroupCall({ status: 'hangup', tmDelete: FAKE_EPOCH_MS + 1 });
    const call = testCall({ status: 'hangup', tmDelete: FAKE_EPOCH_MS + 1 });
    await store.commit({ ...EMPTY, groupCalls: [groupCall], calls: [call] });
    assert.deepEqual(await store.groupCall(groupCall.id), groupCall);
    assert.deepEqual(await store.call(call.id), call);
    const query = { customerId: testCustomerId(), pageSize: 10, filters: [] };
    assert.deepEqual((await store.listGroupCalls(query)).items, []);
    assert.deepEqual((await store.listCalls(query)).items, []);
  });

  row('rule 16: unfinished() MUST give all and only what is not hung up', async ({ store }) => {
    await store.commit({
      ...EMPTY,
      groupCalls: [
        testGroupCall({ id: testGroupCallId(1) }),
        testGroupCall({ id: testGroupCallId(2), status: 'hangingup' }),
        testGroupCall({ id: testGroupCallId(3), status: 'hangup' }),
      ],
      calls: [
        testCall({ id: testCallId(1) }),
        testCall({ id: testCallId(2), status: 'canceling' }),
        testCall({ id: testCallId(3), status: 'hangup' }),
        testCall({ id: testCallId(4), direction: 'incoming', status: 'progressing' }),
      ],
    });
    const { groupCalls, calls } = await store.unfinished();
    assert.deepEqual(groupCalls.map(({ id }) => id).sort(), [1, 2].map(testGroupCallId));
    assert.deepEqual(calls.map(({ id }) => id).sort(), [1, 2, 4].map(testCallId));
  });
}

function commitRows(row: Row): void {
  row('MUST make changes durable in the order they were given', async (harness) => {
    const { store } = harness;
    const order: number[] = [];
    const commits = Array.from({ length: 50 }, (_, n) => {
      const groupCall = testGroupCall({ dialIndex: n });
      const change = { groupCalls: [groupCall], calls: [], events: [testGroupCallEvent(n, groupCall)] };
      return store.commit(change).then(() => order.push(n));
    });
    await Promise.all(commits);
    assert.deepEqual(order, [...Array(50).keys()]);
    assert.equal((await store.groupCall(testGroupCallId()))?.dialIndex, 49);
    const written = await harness.events(testCustomerId());
    assert.deepEqual(
      written.map(({ id }) => id),
      [...Array(50).keys()].map((n) => testUuid(0xee, n)),
    );
  });

  row('MUST have a record readable when the commit has resolved', async ({ store }) => {
    const reads = Array.from({ length: 20 }, async (_, n) => {
      const id = testGroupCallId(n);
      await store.commit({ ...EMPTY, groupCalls: [testGroupCall({ id })] });
      return (await store.groupCall(id))?.id === id;
    });
    assert.ok((await Promise.all(reads)).every(Boolean));
  });

  row('MUST keep the events of each customer in the order of the change', async (harness) => {
    const { store } = harness;
    const mine = testGroupCall();
    const theirs = testGroupCall({ id: testGroupCallId(2), customerId: testCustomerId(2) });
    await store.commit({
      groupCalls: [mine, theirs],
      calls: [],
      events: [testGroupCallEvent(3, mine), testGroupCallEvent(2, theirs), testGroupCallEvent(1, mine)],
    });
    const written = await harness.events(testCustomerId());
    assert.deepEqual(
      written.map(({ id, type, tm }) => [id, type, tm]),
      [
        [testUuid(0xee, 3), 'groupcall_created', FAKE_EPOCH_MS + 3],
        [testUuid(0xee, 1), 'groupcall_created', FAKE_EPOCH_MS + 1],
      ],
    );
    assert.equal((await harness.events(testCustomerId(2))).length, 1);
  });

  row('MUST take a change that holds nothing', async ({ store }) => {
    await store.commit(EMPTY);
  });

  row('MUST reject a commit after its end with an AppError, not hang or throw', async (harness) => {
    await harness.close();
    const commit = harness.store.commit({ ...EMPTY, groupCalls: [testGroupCall()] });
    await assert.rejects(commit, AppError);
  });
}

function listRows(row: Row): void {
  row('MUST list newest first, of one customer or of all', async ({ store }) => {
    await commitSeries(store, [10, 30, 20]);
    await store.commit({
      ...EMPTY,
      groupCalls: [
        testGroupCall({ id: testGroupCallId(9), customerId: testCustomerId(2), tmCreate: FAKE_EPOCH_MS + 25 }),
      ],
    });
    assert.deepEqual(await idsOf(store, { customerId: testCustomerId() }), [2, 3, 1].map(testGroupCallId));
    assert.deepEqual(await idsOf(store, {}), [2, 9, 3, 1].map(testGroupCallId));
    assert.deepEqual(await idsOf(store, { customerId: testCustomerId(3) }), []);
  });

  row('MUST page without losing or repeating a row, also among equal times', async ({ store }) => {
    await commitSeries(store, [5, 5, 5, 5, 5, 5, 1]);
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await store.listGroupCalls({ pageSize: 2, pageToken, filters: [] });
      assert.ok(page.items.length <= 2);
      seen.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    assert.equal(seen.length, 7);
    assert.equal(new Set(seen).size, 7);
    assert.equal(seen.at(-1), testGroupCallId(7));
  });

  row('MUST NOT shift a page when newer rows come in between', async ({ store }) => {
    await commitSeries(store, [1, 2, 3]);
    const first = await store.listGroupCalls({ pageSize: 1, filters: [] });
    await store.commit({
      ...EMPTY,
      groupCalls: [testGroupCall({ id: testGroupCallId(50), tmCreate: FAKE_EPOCH_MS + 99 })],
    });
    const second = await store.listGroupCalls({ pageSize: 1, pageToken: first.nextPageToken, filters: [] });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      [3, 2].map(testGroupCallId),
    );
  });

  row('MUST give no token on the last page, also when it is full', async ({ store }) => {
    await commitSeries(store, [1, 2]);
    assert.equal((await store.listGroupCalls({ pageSize: 2, filters: [] })).nextPageToken, '');
    assert.equal((await store.listCalls({ pageSize: 2, filters: [] })).nextPageToken, '');
  });

  row('MUST take a plain timestamp as token: what was created before it', async ({ store }) => {
    await commitSeries(store, [1, 2, 3]);
    const page = await store.listGroupCalls({ pageSize: 9, pageToken: '2026-01-01 00:00:00.003000', filters: [] });
    assert.deepEqual(
      page.items.map(({ id }) => id),
      [2, 1].map(testGroupCallId),
    );
  });

  row('MUST refuse a token that it did not make with INVALID_REQUEST_PARAMETER', async ({ store }) => {
    for (const pageToken of ['nonsense', '2026-13-45 00:00:00.000000', 'e30', '%']) {
      const page = store.listGroupCalls({ pageSize: 9, pageToken, filters: [] });
      await assert.rejects(page, { code: 'INVALID_REQUEST_PARAMETER' }, pageToken);
    }
  });
}

function filterRows(row: Row): void {
  const byFilter = async (store: CallStore, ...filters: readonly ListFilter[]) => idsOf(store, {}, filters);

  row('MUST filter group calls by members', async ({ store }) => {
    await store.commit({
      ...EMPTY,
      groupCalls: [
        testGroupCall({ id: testGroupCallId(1), status: 'hangup', ringMethod: 'linear' }),
        testGroupCall({ id: testGroupCallId(2), status: 'hangup', tmCreate: FAKE_EPOCH_MS + 1 }),
        testGroupCall({ id: testGroupCallId(3), ringMethod: 'linear', tmCreate: FAKE_EPOCH_MS + 2 }),
      ],
    });
    const status = { member: 'status', operator: '=', value: 'hangup' } as const;
    const linear = { member: 'ring_method', operator: '=', value: 'linear' } as const;
    assert.deepEqual(await byFilter(store, status), [2, 1].map(testGroupCallId));
    assert.deepEqual(await byFilter(store, linear), [3, 1].map(testGroupCallId));
    assert.deepEqual(await byFilter(store, status, linear), [1].map(testGroupCallId));
  });

  row('MUST filter by time with every operator, to the microsecond', async ({ store }) => {
    await commitSeries(store, [0.001, 0.002, 0.003]);
    const value = '2026-01-01 00:00:00.000002';
    const expected = { '=': [2], '>': [3], '<': [1], '>=': [3, 2], '<=': [2, 1] } as const;
    for (const operator of ['=', '>', '<', '>=', '<='] as const) {
      const found = await byFilter(store, { member: 'tm_create', operator, value });
      assert.deepEqual(found, expected[operator].map(testGroupCallId), operator);
    }
  });

  row('MUST filter calls by members', async ({ store }) => {
    await store.commit({
      ...EMPTY,
      calls: [
        testCall({ id: testCallId(1), groupcallId: testGroupCallId(5), status: 'hangup' }),
        testCall({ id: testCallId(2), groupcallId: testGroupCallId(5) }),
        testCall({ id: testCallId(3) }),
      ],
    });
    const groupCall = { member: 'groupcall_id', operator: '=', value: testGroupCallId(5) } as const;
    const status = { member: 'status', operator: '=', value: 'dialing' } as const;
    const page = await store.listCalls({ pageSize: 9, filters: [groupCall, status] });
    assert.deepEqual(
      page.items.map(({ id }) => id),
      [testCallId(2)],
    );
  });

  row('MUST refuse a filter that it does not know with INVALID_REQUEST_PARAMETER', async ({ store }) => {
    for (const filter of [
      { member: 'no_such_member', operator: '=', value: '' },
      { member: 'status; DROP TABLE calls', operator: '=', value: '' },
      { member: 'tm_create', operator: '>', value: 'yesterday' },
    ] as const) {
      const query = { pageSize: 9, filters: [filter] };
      await assert.rejects(store.listGroupCalls(query), { code: 'INVALID_REQUEST_PARAMETER' }, filter.member);
      await assert.rejects(store.listCalls(query), { code: 'INVALID_REQUEST_PARAMETER' }, filter.member);
    }
  });
}

/** Group calls 1, 2, … created so many ms after the epoch. */
async function commitSeries(store: CallStore, offsetsMs: readonly number[]): Promise<void> {
  const groupCalls = offsetsMs.map((offset, index) =>
    testGroupCall({ id: testGroupCallId(index + 1), tmCreate: FAKE_EPOCH_MS + offset }),
  );
  await store.commit({ ...EMPTY, groupCalls });
}

async function idsOf(
  store: CallStore,
  scope: { customerId?: CustomerId },
  filters: readonly ListFilter[] = [],
): Promise<readonly string[]> {
  const page = await store.listGroupCalls({ ...scope, pageSize: 100, filters });
  return page.items.map(({ id }) => id);
}

function fullGroupCall(): GroupCallRecord {
  const at = (ms: number) => (FAKE_EPOCH_MS * 1000 + Math.round(ms * 1000)) / 1000;
  return testGroupCall({
    id: testGroupCallId(2),
    rootId: testGroupCallId(7),
    ownerType: 'agent',
    ownerId: testUuid(0xa9, 1),
    destinations: [
      { ...testAddress({ type: 'sip', target: 'sip:"quoted\\"@host' }), ringTimeoutMs: 5000, delayMs: 250 },
      { ...testAddress({ type: 'tel', target: '+1555' }), headers: { 'X-Ünï': 'ü\u{1F4DE}' }, callerId: '+49' },
    ],
    ringMethod: 'linear',
    status: 'hangup',
    flowId: testUuid(0xf1, 1),
    masterCallId: testCallId(3),
    masterGroupcallId: testGroupCallId(4),
    answerCallId: testCallId(5),
    answerGroupcallId: testGroupCallId(6),
    callIds: [testCallId(5), testCallId(6)],
    groupcallIds: [testGroupCallId(6)],
    callCount: 2,
    groupcallCount: 1,
    dialIndex: 1,
    hangupReason: 'normal',
    legs: [
      {
        destination: 0,
        callId: testCallId(5),
        status: 'hangup',
        hangupBy: 'remote',
        hangupReason: 'normal',
        sipCode: 200,
        reasonSent: 'SIP;cause=200;text="Call completed elsewhere"',
        why: 'answered',
        tmDial: at(1.001),
        tmRinging: at(2.002),
        tmAnswer: at(3.003),
        tmConfirm: at(4.004),
        tmHangup: at(5.005),
      },
      {
        destination: 1,
        groupcallId: testGroupCallId(6),
        status: '',
        hangupBy: '',
        hangupReason: '',
        sipCode: 0,
        reasonSent: '',
        why: '',
      },
    ],
    tmCreate: at(0.123),
    tmUpdate: at(9.999),
    tmDelete: at(1e6 + 0.001),
  });
}

function fullCall() {
  return testCall({
    id: testCallId(2),
    groupcallId: testGroupCallId(3),
    flowId: testUuid(0xf1, 1),
    masterCallId: testCallId(4),
    direction: 'incoming',
    status: 'hangup',
    action: 'talk',
    hangupBy: 'local',
    hangupReason: 'cancel',
    sipCode: 487,
    why: 'cancelled: leg 3 answered 212 ms earlier',
    sipCallId: 'abc@host',
    tmUpdate: FAKE_EPOCH_MS + 1,
    tmProgressing: FAKE_EPOCH_MS + 2,
    tmRinging: FAKE_EPOCH_MS + 3,
    tmHangup: FAKE_EPOCH_MS + 4,
    tmDelete: FAKE_EPOCH_MS + 5,
  });
}
