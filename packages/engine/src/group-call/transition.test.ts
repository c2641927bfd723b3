import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LegEnd } from '../ports/signaling-port.ts';
import type { CallId } from '../records/ids.ts';
import type { Input } from './input.ts';
import { CALLER_ID, callId, groupId, leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';
import { timerKey, type TimerName } from './timer-key.ts';
import { transition } from './transition.ts';
import type { GroupCallTree } from './tree.ts';

const END: LegEnd = {
  by: 'remote',
  outcome: 'redirected',
  sipCode: 302,
  detail: '302 Moved Temporarily',
  redirectTo: ['sip:x@y'],
  tryNextRoute: true,
};

const TIMERS: readonly TimerName[] = ['total', 'delay', 'ring', 'talk', 'resume', 'end'];

/** Every kind of input, for every leg, group and the caller, of this attempt, the one before and the one to come. */
function everyInput(): Input[] {
  const inputs: Input[] = [
    { type: 'prepared', batch: 0 },
    { type: 'prepared', batch: 1 },
    { type: 'prepared', batch: 99 },
  ];
  const ids: string[] = [CALLER_ID, 'nobody', groupId(''), groupId('2'), groupId('3')];
  for (const path of ['1', '2.1', '2.2', '3.1', 'nobody']) {
    const id = callId(path);
    ids.push(id);
    for (const attempt of [0, 1, 2, 3]) inputs.push(...legInputs(id, attempt));
  }
  for (const id of ids) {
    for (const name of TIMERS) inputs.push({ type: 'timer', key: timerKey(name, id) });
    for (const cause of ['hang-up', 'shutdown', 'failed'] as const) inputs.push({ type: 'hang-up', id, cause });
    inputs.push({ type: 'delete', id });
  }
  for (const kind of ['cancel', 'bye', 'no-ack', 'rejected', 'failed'] as const) {
    const end = { by: 'remote', kind, detail: '' } as const;
    inputs.push({ type: 'caller-gone', end }, { type: 'caller-ended', end });
  }
  return inputs;
}

function legInputs(id: CallId, attempt: number): Input[] {
  return [
    { type: 'leg-placed', callId: id, attempt, sipCallId: 'x' },
    { type: 'leg-ringing', callId: id, attempt, sipCode: 183, earlyMedia: true },
    { type: 'leg-answered', callId: id, attempt },
    { type: 'leg-released', callId: id, attempt, reasonSent: 'x' },
    { type: 'leg-ended', callId: id, attempt, end: END },
    { type: 'redirect-resolved', callId: id, attempt, routes: [], why: 'x' },
  ];
}

const routes = [
  { kind: 'trunk', trunkId: 'a', number: '+31612345678' },
  { kind: 'trunk', trunkId: 'b', number: '+31612345678' },
] as const;

function newTree(resumeWindowMs: number): TreeDriver {
  const group = ringAll(leg({ routes }), linear(leg(), leg()), { ...ringAll(leg({ delayMs: 50 })), delayMs: 100 });
  const options = { redirects: 'follow', earlyMedia: 'single', failOn: [500] } as const;
  return new TreeDriver(planOf(group, { caller: true, resumeWindowMs, options }), { durableAtOnce: false });
}

/** One state for each thing that a tree can be busy with. */
function everyState(): GroupCallTree[] {
  const paths: readonly ((tree: TreeDriver) => TreeDriver)[] = [
    (tree) => tree,
    (tree) => tree.prepared(),
    (tree) => tree.prepared().placed('1').ring('1').ring('2.1'),
    (tree) => tree.prepared().refuse('1', 503, { tryNextRoute: true }),
    (tree) => tree.prepared().redirect('1', 'sip:x@y'),
    (tree) =>
      tree
        .prepared()
        .redirect('1', 'sip:x@y')
        .resolved('1', [{ kind: 'uri', uri: 'sip:x@y' }]),
    (tree) => tree.prepared().advance(150).prepared(),
    (tree) => tree.prepared().answer('1'),
    (tree) => tree.prepared().answer('1').answer('2.1'),
    (tree) => tree.prepared().answer('2.1').end('1').end('2.1'),
    (tree) => tree.prepared().hangUp('group'),
    (tree) => tree.prepared().hangUp('group').answer('1'),
    (tree) => tree.prepared().callerGone(),
    (tree) => tree.prepared().callerGone().callerEnded(),
    (tree) => tree.prepared().delete('group-2'),
    (tree) => tree.prepared().busy('1').busy('2.1').advance(200).prepared().busy('2.2').busy('3.1'),
    (tree) => tree.prepared().answer('1').callerGone('bye').callerEnded('bye').end('1').end('2.1'),
  ];
  return [0, 1000].flatMap((window) => paths.map((path) => path(newTree(window)).state));
}

suite('the machine', () => {
  test('MUST take every input in every state without throwing, and an ignored one changes nothing but its counter', () => {
    let ignored = 0;
    for (const state of everyState()) {
      for (const input of everyInput()) {
        const before = state.ignored;
        const next = transition(state, input, 2_000_000);
        assert.equal(next.state.ignored - before, next.ignored === undefined ? 0 : 1);
        assert.equal(state.ignored, before);
        if (next.ignored === undefined) continue;
        ignored++;
        assert.deepEqual(next.effects, []);
        assert.deepEqual(next.state, { ...state, ignored: before + 1, version: state.version + 1 });
      }
    }
    assert.ok(ignored > 1000);
  });

  test('MUST take every second input, too, after every first one', () => {
    const inputs = everyInput();
    for (const state of everyState()) {
      for (const first of inputs) {
        const { state: between, ignored } = transition(state, first, 2_000_000);
        if (ignored === undefined) for (const second of inputs) transition(between, second, 2_000_000);
      }
    }
  });

  test('MUST give the same for the same', () => {
    const [state] = everyState();
    assert.ok(state !== undefined);
    for (const input of everyInput()) {
      assert.deepEqual(transition(state, input, 2_000_000), transition(state, input, 2_000_000));
    }
  });
});
