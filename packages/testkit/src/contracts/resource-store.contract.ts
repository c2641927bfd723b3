import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type {
  AccessKey,
  Agent,
  Customer,
  Extension,
  Group,
  NumberRoute,
  Resource,
  ResourceStore,
  Trunk,
} from '@groupcall/engine';
import {
  testAccessKey,
  testAddress,
  testAgent,
  testCustomer,
  testCustomerId,
  testExtension,
  testGroup,
  testNumberRoute,
  testTrunk,
  testUuid,
} from '../engine/records.ts';
import { FAKE_EPOCH_MS } from '../fake-clock.ts';

/** One empty store a kind. */
export interface ResourceStoreHarness {
  readonly customers: ResourceStore<Customer>;
  readonly accessKeys: ResourceStore<AccessKey>;
  readonly extensions: ResourceStore<Extension>;
  readonly agents: ResourceStore<Agent>;
  readonly groups: ResourceStore<Group>;
  readonly numbers: ResourceStore<NumberRoute>;
  readonly trunks: ResourceStore<Trunk>;
  close(): Promise<void>;
}

const OTHER = testCustomer({ customerId: testCustomerId(2), domain: 'other' });

/** What every {@link ResourceStore} must do, of every kind. `open` gives empty ones each time. */
export function resourceStoreContract(name: string, open: () => Promise<ResourceStoreHarness>): void {
  suite(`ResourceStore: ${name}`, () => {
    const withStores = (title: string, body: (stores: ResourceStoreHarness) => Promise<void>) => {
      test(title, async () => {
        const stores = await open();
        try {
          await stores.customers.insert(testCustomer());
          await stores.customers.insert(OTHER);
          await body(stores);
        } finally {
          await stores.close();
        }
      });
    };
    itemRows(withStores);
    uniqueRows(withStores);
    listRows(withStores);
  });
}

type Row = (title: string, body: (stores: ResourceStoreHarness) => Promise<void>) => void;

function itemRows(row: Row): void {
  row('MUST give back every member of every kind, set or absent', async (stores) => {
    await assertRoundTrip(stores.customers, testCustomer({ ...idsFor(7), domain: 'seven', status: 'suspended' }));
    await assertRoundTrip(stores.customers, testCustomer({ ...idsFor(8), domain: 'eight', allowedPrefixes: ['+49'] }));
    await assertRoundTrip(stores.accessKeys, testAccessKey({ tmExpire: FAKE_EPOCH_MS + 0.5, role: 'read' }));
    await assertRoundTrip(stores.accessKeys, testAccessKey({ id: testUuid(0xac, 2), tokenHash: 'cd'.repeat(32) }));
    await assertRoundTrip(stores.extensions, testExtension({ extension: 'test11', ringTimeoutMs: 15_000 }));
    await assertRoundTrip(stores.extensions, testExtension({ extension: 'test12', name: 'Ünï \u{1F4DE}' }));
    const addresses = [
      testAddress({ type: 'extension', target: 'test11' }),
      testAddress({ type: 'tel', target: '+1' }),
    ];
    await assertRoundTrip(stores.agents, testAgent({ addresses, ringMethod: 'linear' }));
    await assertRoundTrip(stores.groups, fullGroup());
    await assertRoundTrip(stores.groups, testGroup({ id: testUuid(0x97, 2) }));
    await assertRoundTrip(stores.numbers, testNumberRoute());
    await assertRoundTrip(
      stores.trunks,
      testTrunk({ transport: 'tcp', register: true, prefixes: ['+49', '+1'], sourceAddresses: ['127.0.0.1:5070'] }),
    );
  });

  row('MUST answer undefined for what is not there or is another customer’s', async ({ extensions }) => {
    const extension = testExtension({ extension: 'test11' });
    await extensions.insert(extension);
    assert.equal(await extensions.get(testCustomerId(), testUuid(0xe8, 99)), undefined);
    assert.equal(await extensions.get(testCustomerId(2), extension.id), undefined);
    assert.deepEqual(await extensions.get(testCustomerId(), extension.id), extension);
    assert.deepEqual(await extensions.get(undefined, extension.id), extension);
  });

  row('MUST replace on update, also members that go away', async ({ extensions }) => {
    await extensions.insert(testExtension({ extension: 'test11', ringTimeoutMs: 15_000, detail: 'old' }));
    const updated = testExtension({ extension: 'test11', detail: 'new', tmUpdate: FAKE_EPOCH_MS + 1 });
    await extensions.update(updated);
    assert.deepEqual(await extensions.get(testCustomerId(), updated.id), updated);
  });

  row('MUST give a deleted item by its id only', async ({ extensions }) => {
    const extension = testExtension({ extension: 'test11' });
    await extensions.insert(extension);
    const deleted = { ...extension, tmDelete: FAKE_EPOCH_MS + 1 };
    await extensions.update(deleted);
    assert.deepEqual(await extensions.get(testCustomerId(), extension.id), deleted);
    assert.deepEqual(await extensions.find(testCustomerId(), { extension: 'test11' }), []);
    assert.deepEqual((await extensions.list({ pageSize: 10, filters: [] })).items, []);
  });

  row('MUST find by equal members, oldest first, of one customer or of all', async ({ extensions }) => {
    const third = testExtension({ extension: 'c', ringTimeoutMs: 9, tmCreate: FAKE_EPOCH_MS + 3 });
    const first = testExtension({ extension: 'a', ringTimeoutMs: 9, tmCreate: FAKE_EPOCH_MS + 1 });
    const second = testExtension({ extension: 'b', tmCreate: FAKE_EPOCH_MS + 2 });
    const foreign = testExtension({ extension: 'd', domain: 'other', customerId: OTHER.customerId, ringTimeoutMs: 9 });
    for (const extension of [third, first, second, foreign]) await extensions.insert(extension);
    assert.deepEqual(await extensions.find(testCustomerId(), {}), [first, second, third]);
    assert.deepEqual(await extensions.find(testCustomerId(), { ringTimeoutMs: 9 }), [first, third]);
    assert.deepEqual(await extensions.find(undefined, { ringTimeoutMs: 9 }), [foreign, first, third]);
    assert.deepEqual(await extensions.find(testCustomerId(), { domain: 'test', extension: 'b' }), [second]);
    assert.deepEqual(await extensions.find(testCustomerId(), { extension: 'nobody' }), []);
  });

  row('MUST find an access key by the hash of its token, whoever owns it', async ({ accessKeys }) => {
    const key = testAccessKey({ customerId: OTHER.customerId });
    await accessKeys.insert(key);
    assert.deepEqual(await accessKeys.find(undefined, { tokenHash: key.tokenHash }), [key]);
    assert.deepEqual(await accessKeys.find(undefined, { tokenHash: 'ff'.repeat(32) }), []);
  });
}

function uniqueRows(row: Row): void {
  row('MUST refuse a second of what must be unique with ALREADY_EXISTS', async (stores) => {
    const clash = { code: 'ALREADY_EXISTS' };
    await assert.rejects(stores.customers.insert(testCustomer(idsFor(3))), clash);

    await stores.extensions.insert(testExtension({ extension: 'test11' }));
    await assert.rejects(stores.extensions.insert(testExtension({ extension: 'test11', id: testUuid(1, 1) })), clash);
    const elsewhere = { domain: 'other', customerId: OTHER.customerId, id: testUuid(1, 2) };
    await stores.extensions.insert(testExtension({ extension: 'test11', ...elsewhere }));

    await stores.numbers.insert(testNumberRoute());
    await assert.rejects(stores.numbers.insert(testNumberRoute({ id: testUuid(1, 3) })), clash);
    await stores.numbers.insert(testNumberRoute({ id: testUuid(1, 4), customerId: OTHER.customerId }));

    await stores.accessKeys.insert(testAccessKey());
    await assert.rejects(stores.accessKeys.insert(testAccessKey({ id: testUuid(1, 5) })), clash);
  });

  row('MUST refuse an update that would take another’s unique member', async ({ extensions }) => {
    await extensions.insert(testExtension({ extension: 'test11' }));
    const second = testExtension({ extension: 'test12' });
    await extensions.insert(second);
    await assert.rejects(extensions.update({ ...second, extension: 'test11' }), { code: 'ALREADY_EXISTS' });
    assert.deepEqual(await extensions.get(undefined, second.id), second);
  });

  row('MUST free a unique member when its item is deleted', async ({ extensions }) => {
    const gone = testExtension({ extension: 'test11' });
    await extensions.insert(gone);
    await extensions.update({ ...gone, tmDelete: FAKE_EPOCH_MS + 1 });
    const fresh = testExtension({ extension: 'test11', id: testUuid(1, 1) });
    await extensions.insert(fresh);
    assert.deepEqual(await extensions.find(testCustomerId(), { extension: 'test11' }), [fresh]);
  });
}

function listRows(row: Row): void {
  row('MUST list newest first in pages, without losing or repeating one', async ({ trunks }) => {
    const created = [1, 2, 2, 2, 3].map((ms, n) => testTrunk({ id: testUuid(0x77, n), tmCreate: FAKE_EPOCH_MS + ms }));
    for (const trunk of created) await trunks.insert(trunk);
    await trunks.insert(testTrunk({ id: testUuid(0x77, 9), customerId: OTHER.customerId }));
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await trunks.list({ customerId: testCustomerId(), pageSize: 2, pageToken, filters: [] });
      seen.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    assert.deepEqual([...seen].sort(), created.map(({ id }) => id).sort());
    assert.equal(seen.length, 5);
    assert.equal(seen[0], created[4]?.id);
    assert.equal(seen[4], created[0]?.id);
    assert.equal((await trunks.list({ pageSize: 100, filters: [] })).items.length, 6);
  });

  row('MUST filter by a member and refuse what it does not know', async ({ extensions }) => {
    const wanted = testExtension({ extension: 'test11' });
    await extensions.insert(wanted);
    await extensions.insert(testExtension({ extension: 'test12' }));
    const byName = { member: 'extension', operator: '=', value: 'test11' } as const;
    const page = await extensions.list({ pageSize: 10, filters: [byName] });
    assert.deepEqual(page.items, [wanted]);
    const unknown = extensions.list({ pageSize: 10, filters: [{ ...byName, member: 'no_such_member' }] });
    await assert.rejects(unknown, { code: 'INVALID_REQUEST_PARAMETER' });
    const badToken = extensions.list({ pageSize: 10, pageToken: 'nonsense', filters: [] });
    await assert.rejects(badToken, { code: 'INVALID_REQUEST_PARAMETER' });
  });

  row('MUST NOT let secrets be filtered by', async ({ trunks, accessKeys, extensions }) => {
    const filter = (member: string) => ({ pageSize: 10, filters: [{ member, operator: '=', value: 'x' } as const] });
    const refused = { code: 'INVALID_REQUEST_PARAMETER' };
    await assert.rejects(trunks.list(filter('password')), refused);
    await assert.rejects(accessKeys.list(filter('token_hash')), refused);
    await assert.rejects(extensions.list(filter('ha1_md5')), refused);
  });
}

function idsFor(n: number) {
  return { id: testCustomerId(n), customerId: testCustomerId(n) };
}

async function assertRoundTrip<Item extends Resource>(store: ResourceStore<Item>, item: Item): Promise<void> {
  await store.insert(item);
  assert.deepEqual(await store.get(item.customerId, item.id), item);
}

function fullGroup(): Group {
  return testGroup({
    name: 'sales',
    detail: 'who sells',
    destinations: [
      { ...testAddress({ type: 'extension', target: 'test11' }), ringTimeoutMs: 5000, delayMs: 100 },
      { ...testAddress({ type: 'tel', target: '+15550100' }), headers: { 'X-One': '1' }, callerId: '+49' },
    ],
    ringMethod: 'linear',
    options: {
      ringTimeoutMs: 20_000,
      timeoutMs: 60_000,
      talkTimeoutMs: 1000,
      redirects: 'follow',
      failOn: [603, 600],
      earlyMedia: 'single',
      anonymous: 'yes',
      headers: { 'X-Two': '2' },
      callerId: '+4930',
    },
  });
}
