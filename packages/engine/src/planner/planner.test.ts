import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MemoryDirectory,
  SeededIdSource,
  testAddress,
  testAgent,
  testCustomer,
  testCustomerId,
  testGroup,
  testTrunk,
  testUuid,
} from '@groupcall/testkit';
import type { Customer } from '../directory/resources.ts';
import type { PlannedGroup, PlannedMember } from '../group-call/plan.ts';
import type { AddressType, Destination } from '../records/address.ts';
import { DEFAULT_GROUP_CALL_OPTIONS } from '../records/group-call-options.ts';
import { Planner, type PlanRequest } from './planner.ts';

const at = (type: AddressType, target: string, rules: Partial<Destination> = {}): Destination => ({
  ...testAddress({ type, target }),
  ...rules,
});

function setUp(customer: Partial<Customer> = {}) {
  const directory = new MemoryDirectory();
  const owner = directory.customers.put(testCustomer({ allowedPrefixes: ['+1'], ...customer }));
  const planner = new Planner(directory, new SeededIdSource());
  const plan = (destinations: readonly Destination[], request: Partial<PlanRequest> = {}) =>
    planner.plan({
      customer: owner,
      source: testAddress({ type: 'tel', target: '+15550199' }),
      destinations,
      ringMethod: 'ring_all',
      answerMethod: 'hangup_others',
      options: DEFAULT_GROUP_CALL_OPTIONS,
      ...request,
    });
  /** What becomes of each destination, in short. */
  const outline = async (...destinations: readonly Destination[]) => (await plan(destinations)).root.members.map(shape);
  return { directory, owner, planner, plan, outline };
}

/** A leg as its targets or its failure, a group as the list of what it rings. */
type Shape = string | readonly Shape[];

function shape(member: PlannedMember): Shape {
  if (member.kind === 'group') return member.members.map(shape);
  if (member.failure !== undefined) return member.failure;
  return member.routes
    .map((route) => (route.kind === 'trunk' ? `${route.trunkId} ${route.number}` : route.uri))
    .join(' or ');
}

function groupAt(root: PlannedGroup, index: number): PlannedGroup {
  const member = root.members[index];
  assert.equal(member?.kind, 'group');
  return member;
}

const savedGroup = (n: number, destinations: readonly Destination[], more: Parameters<typeof testGroup>[0] = {}) =>
  testGroup({ id: testUuid(0x97, n), destinations, ...more });
const groupId = (n: number) => at('groupcall', testUuid(0x97, n));

test('rule 3: an endpoint without a contact MUST be a leg that says so', async () => {
  const { directory, outline } = setUp();
  directory.addPhone('test12', []);
  const missing = 'not dialled: no registered contact';
  assert.deepEqual(await outline(at('endpoint', 'test11@test'), at('extension', 'test12')), [missing, missing]);
});

test('MUST plan a leg for one contact and a nested ring_all for several', async () => {
  const { directory, plan } = setUp();
  directory.addPhone('test11', ['sip:test11@10.0.0.1']);
  directory.addPhone('test12', ['sip:test12@10.0.0.2', 'sip:test12@10.0.0.3']);
  const { root } = await plan([at('endpoint', 'test11@test'), at('extension', 'test12', { delayMs: 500 })]);
  assert.deepEqual(root.members.map(shape), ['sip:test11@10.0.0.1', ['sip:test12@10.0.0.2', 'sip:test12@10.0.0.3']]);
  const nested = groupAt(root, 1);
  assert.equal(nested.ringMethod, 'ring_all');
  assert.equal(nested.delayMs, 500);
  assert.deepEqual(
    nested.destinations.map(({ type, target, targetName }) => [type, target, targetName]),
    [
      ['sip', 'sip:test12@10.0.0.2', 'test12@test'],
      ['sip', 'sip:test12@10.0.0.3', 'test12@test'],
    ],
  );
  assert.deepEqual(
    nested.members.map(({ delayMs }) => delayMs),
    [0, 0],
  );
});

test('MUST ring a SIP URI straight, and as an endpoint when it is of the own domain', async () => {
  const { directory, outline } = setUp();
  directory.addPhone('test11', ['sip:test11@10.0.0.1']);
  assert.deepEqual(await outline(at('sip', 'bob@example.com:5070'), at('sip', 'sip:test11@test')), [
    'sip:bob@example.com:5070',
    'sip:test11@10.0.0.1',
  ]);
});

test('MUST ring a number through its trunks, the next on a fault', async () => {
  const { directory, outline } = setUp();
  directory.trunkStore.put(testTrunk({ id: 'second', priority: 2 }));
  directory.trunkStore.put(testTrunk({ id: 'first', priority: 1 }));
  assert.deepEqual(await outline(at('tel', '+1 555 0100'), at('tel', '+49 30 1')), [
    'first +15550100 or second +15550100',
    'not dialled: +49301 is not among the numbers that may be rung',
  ]);
});

test('rule 3: a number that no trunk carries MUST be a leg that says so', async () => {
  const { outline } = setUp();
  assert.deepEqual(await outline(at('tel', '+15550100')), ['not dialled: no trunk carries +15550100']);
});

test('MUST nest agents and saved groups, each with its own ring method and options', async () => {
  const { directory, plan } = setUp();
  directory.addPhone('test11', ['sip:test11@10.0.0.1']);
  directory.agents.put(testAgent({ addresses: [at('extension', 'test11'), at('sip', 'a@b')], ringMethod: 'linear' }));
  const options = {
    ...DEFAULT_GROUP_CALL_OPTIONS,
    ringTimeoutMs: 7000,
    timeoutMs: 20_000,
    headers: { 'X-Two': 'group' },
    callerId: '+2',
  };
  directory.groups.put(
    savedGroup(1, [at('agent', testUuid(0xa9, 1)), at('sip', 'c@d', { ringTimeoutMs: 99 })], { options }),
  );
  const outer = { ...DEFAULT_GROUP_CALL_OPTIONS, headers: { 'X-One': 'root', 'x-two': 'root' }, callerId: '+1' };
  const { root } = await plan([groupId(1), at('sip', 'e@f', { callerId: '+3', headers: { 'X-ONE': 'leg' } })], {
    options: outer,
  });
  assert.deepEqual(root.members.map(shape), [[['sip:test11@10.0.0.1', 'sip:a@b'], 'sip:c@d'], 'sip:e@f']);
  const group = groupAt(root, 0);
  assert.equal(group.timeoutMs, 20_000);
  const agent = groupAt(group, 0);
  assert.equal(agent.ringMethod, 'linear');
  const [, second] = agent.members;
  assert.ok(second?.kind === 'leg');
  assert.deepEqual(
    [second.ringTimeoutMs, second.callerId, second.headers],
    [7000, '+2', { 'X-One': 'root', 'X-Two': 'group' }],
  );
  const [, own] = group.members;
  assert.ok(own?.kind === 'leg');
  assert.equal(own.ringTimeoutMs, 99);
  const [, last] = root.members;
  assert.ok(last?.kind === 'leg');
  assert.deepEqual([last.callerId, last.headers], ['+3', { 'x-two': 'root', 'X-ONE': 'leg' }]);
});

test('rule 15: a nested group MUST take the shorter of its own total time and that of its destination', async () => {
  const { directory, plan } = setUp();
  const options = { ...DEFAULT_GROUP_CALL_OPTIONS, timeoutMs: 20_000 };
  directory.groups.put(savedGroup(1, [at('sip', 'a@b')], { options }));
  directory.groups.put(savedGroup(2, [at('sip', 'c@d')], { options }));
  directory.groups.put(savedGroup(3, [at('sip', 'e@f')]));
  const destinations = [{ ...groupId(1), ringTimeoutMs: 5000 }, { ...groupId(2), ringTimeoutMs: 50_000 }, groupId(3)];
  const { root } = await plan(destinations);
  assert.deepEqual(
    [0, 1, 2].map((index) => groupAt(root, index).timeoutMs),
    [5000, 20_000, undefined],
  );
});

test('rule 15: a leg MUST ring as long as its destination says, else its extension, else its group', async () => {
  const { directory, plan } = setUp();
  for (const name of ['one', 'two', 'three']) directory.addPhone(name, [`sip:${name}@10.0.0.1`]);
  const two = directory.extensions.living().find(({ extension }) => extension === 'two');
  assert.ok(two);
  directory.extensions.put({ ...two, ringTimeoutMs: 2000 });
  const destinations = [
    at('extension', 'one', { ringTimeoutMs: 1000 }),
    at('extension', 'two'),
    at('extension', 'three'),
  ];
  const { root } = await plan(destinations);
  assert.deepEqual(
    root.members.map((member) => member.kind === 'leg' && member.ringTimeoutMs),
    [1000, 2000, 30_000],
  );
});

test('MUST fold a phone that is in the plan already, and say so', async () => {
  const { directory, outline } = setUp();
  directory.trunkStore.put(testTrunk());
  directory.addPhone('test11', ['sip:test11@10.0.0.1;ob']);
  directory.addPhone('test12', ['sip:test12@10.0.0.2', 'sip:test11@10.0.0.1:5060']);
  const rung = await outline(
    at('endpoint', 'test11@test'),
    at('extension', 'test11'),
    at('extension', 'test12'),
    at('sip', 'test12@10.0.0.2'),
    at('tel', '+15550100'),
    at('tel', '+1 555 0100'),
  );
  assert.deepEqual(rung, [
    'sip:test11@10.0.0.1;ob',
    'not dialled: the same phone as destination 1',
    ['sip:test12@10.0.0.2', 'not dialled: the same phone as destination 1'],
    'not dialled: the same phone as destination 3.1',
    `${testUuid(0x77, 1)} +15550100`,
    'not dialled: the same phone as destination 5',
  ]);
});

test('MUST fold loops and repeated groups, and say so', async () => {
  const { directory, outline, plan } = setUp();
  directory.groups.put(savedGroup(1, [groupId(2), at('sip', 'a@b')]));
  directory.groups.put(savedGroup(2, [groupId(1)]));
  assert.deepEqual(await outline(groupId(1), groupId(2)), [
    [['not dialled: this saved group rings itself'], 'sip:a@b'],
    'not dialled: the same saved group as destination 1.1',
  ]);
  const { root } = await plan([groupId(2)], { savedGroupId: testUuid(0x97, 1) });
  assert.deepEqual(root.members.map(shape), [['not dialled: this saved group rings itself']]);
});

test('rule 3: a nested agent or group that is not there MUST be a leg that says so', async () => {
  const { directory, outline } = setUp();
  directory.groups.put(savedGroup(1, []));
  directory.agents.put(testAgent({ customerId: testCustomerId(2) }));
  assert.deepEqual(await outline(groupId(1), groupId(2), at('agent', testUuid(0xa9, 1)), at('endpoint', 'x@other')), [
    'not dialled: the saved group has no destinations',
    'not dialled: no such saved group',
    'not dialled: no such agent',
    'not dialled: other is not the domain of this customer',
  ]);
});

test('MUST nest five deep and no deeper', async () => {
  const { directory, outline } = setUp();
  for (let n = 1; n <= 6; n++) directory.groups.put(savedGroup(n, [at('sip', `phone${n}@b`), groupId(n + 1)]));
  let [level]: Shape[] = [await outline(groupId(1))];
  for (let depth = 1; depth <= 5; depth++) {
    assert.ok(typeof level !== 'string' && level !== undefined);
    level = depth === 1 ? level[0] : level[1];
    assert.ok(typeof level !== 'string' && level !== undefined);
    assert.equal(level[0], `sip:phone${depth}@b`);
  }
  assert.equal(level?.[1], 'not dialled: group calls are nested at most 5 deep');
});

test('at the greatest depth a phone with several contacts MUST still ring, by its best one', async () => {
  const { directory, plan } = setUp();
  directory.addPhone('test11', ['sip:best@10.0.0.1', 'sip:other@10.0.0.2']);
  for (let n = 1; n <= 4; n++) directory.groups.put(savedGroup(n, [groupId(n + 1)]));
  directory.groups.put(savedGroup(5, [at('extension', 'test11')]));
  let { root } = await plan([groupId(1)]);
  for (let depth = 1; depth <= 5; depth++) root = groupAt(root, 0);
  assert.deepEqual(root.members.map(shape), ['sip:best@10.0.0.1']);
});

test('MUST plan at most 100 legs a root, and every destination of the root among them', async () => {
  const { directory, plan } = setUp();
  const many = (n: number, count: number) => Array.from({ length: count }, (_, index) => at('sip', `p${n}-${index}@b`));
  directory.groups.put(savedGroup(1, many(1, 60)));
  directory.groups.put(savedGroup(2, many(2, 39)));
  directory.groups.put(savedGroup(3, many(3, 2)));
  directory.addPhone('test11', ['sip:a@10.0.0.1', 'sip:b@10.0.0.1', 'sip:c@10.0.0.1']);
  const { root } = await plan([groupId(1), groupId(3), groupId(2), at('extension', 'test11'), at('sip', 'last@b')]);
  const count = (member: PlannedMember): number =>
    member.kind === 'leg' ? 1 : member.members.reduce((sum, one) => sum + count(one), 0);
  assert.deepEqual(root.members.map(count), [60, 2, 1, 3, 1]);
  assert.equal(shape(root.members[2]!), 'not dialled: a group call has at most 100 legs');
  const full = await plan(many(4, 100));
  assert.equal(count(full.root), 100);
  const crowded = await plan([...many(4, 99), at('extension', 'test11')]);
  assert.equal(shape(crowded.root.members[99]!), 'sip:a@10.0.0.1');
});

test('rule 1: every id of the plan MUST be given before it starts, each its own', async () => {
  const { directory, plan } = setUp();
  directory.addPhone('test11', ['sip:a@10.0.0.1', 'sip:b@10.0.0.1']);
  const { root } = await plan([at('extension', 'test11'), at('sip', 'a@b'), at('extension', 'nobody')]);
  const idsOf = (member: PlannedMember): string[] =>
    member.kind === 'leg' ? [member.callId] : [member.id, ...member.members.flatMap(idsOf)];
  assert.equal(new Set(idsOf(root)).size, 6);
});

test('MUST decide whether the phones see who calls', async () => {
  const { plan } = setUp();
  const hides = async (anonymous: 'yes' | 'no' | 'auto', target: string) =>
    (
      await plan([], {
        source: testAddress({ type: 'sip', target }),
        options: { ...DEFAULT_GROUP_CALL_OPTIONS, anonymous },
      })
    ).anonymous;
  assert.equal(await hides('yes', 'a@b'), true);
  assert.equal(await hides('no', 'anonymous'), false);
  assert.equal(await hides('auto', 'a@b'), false);
  for (const target of ['', 'anonymous', 'sip:Anonymous@anonymous.invalid'])
    assert.equal(await hides('auto', target), true);
});

test('rule 22: a redirection MUST be resolved by the rules of every destination', async () => {
  const { directory, planner, plan } = setUp();
  directory.addPhone('test11', ['sip:test11@10.0.0.1', 'sip:test11@10.0.0.2']);
  directory.trunkStore.put(testTrunk());
  const around = await plan([at('sip', 'a@b')]);
  const resolve = async (uri: string) => {
    const { routes, why } = await planner.resolveRedirect(around, uri);
    return why === '' ? routes.map((route) => (route.kind === 'trunk' ? route.number : route.uri)) : why;
  };
  assert.deepEqual(await resolve('sip:test11@test'), ['sip:test11@10.0.0.1', 'sip:test11@10.0.0.2']);
  assert.deepEqual(await resolve('sip:x@y'), ['sip:x@y']);
  assert.deepEqual(await resolve('tel:+1-555-0100'), ['+15550100']);
  assert.equal(await resolve('tel:+4930'), '+4930 is not among the numbers that may be rung');
  assert.equal(await resolve('sip:nobody@test'), 'no registered contact');
  assert.equal(await resolve('mailto:a@b'), "mailto:a@b can't be rung");
});
