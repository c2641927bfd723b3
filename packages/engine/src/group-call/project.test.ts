import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Plan } from './plan.ts';
import { leg, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

const FLOW = 'flow';

function ownedPlan(): Plan {
  const plan = planOf(ringAll(leg(), ringAll(leg())), { caller: true });
  return { ...plan, ownerType: 'agent', ownerId: 'owner', flowId: FLOW };
}

/** Rings 2.1 a second after the start, answers two later, and ends five later; 1 is cancelled. */
function played(): TreeDriver {
  const tree = new TreeDriver(ownedPlan());
  tree.placed('1', '1@us').placed('2.1', '2.1@us').advance(1000).ring('2.1').advance(2000).answer('2.1');
  tree.released('1', 'elsewhere').end('1').advance(5000).end('2.1').advance(10).callerEnded('bye');
  return tree;
}

const T0 = 1_000_000;

suite('records', () => {
  test('MUST show of a call all that happened, and nothing that did not', () => {
    const tree = played();
    const shared = {
      customerId: 'customer',
      rootId: 'group',
      flowId: FLOW,
      type: 'sip',
      action: '',
      tmCreate: T0,
    } as const;
    assert.deepEqual(tree.call('2.1'), {
      ...shared,
      id: 'call-2.1',
      groupcallId: 'group-2',
      masterCallId: 'caller',
      direction: 'outgoing',
      source: ownedPlan().source,
      destination: tree.state.legs[1]?.plan.destination,
      status: 'hangup',
      hangupBy: 'remote',
      hangupReason: 'normal',
      sipCode: 0,
      why: 'answered, then hung up by the phone',
      sipCallId: '2.1@us',
      tmUpdate: T0 + 8000,
      tmRinging: T0 + 1000,
      tmProgressing: T0 + 3000,
      tmHangup: T0 + 8000,
    });
    assert.deepEqual(tree.call('caller'), {
      ...shared,
      id: 'caller',
      direction: 'incoming',
      source: ownedPlan().master?.source,
      destination: ownedPlan().master?.destination,
      status: 'hangup',
      hangupBy: 'local',
      hangupReason: 'normal',
      sipCode: 0,
      why: 'the answered call was over',
      sipCallId: 'caller@caller.test',
      tmUpdate: T0 + 8010,
      tmRinging: T0 + 1000,
      tmProgressing: T0 + 3000,
      tmHangup: T0 + 8010,
    });
  });

  test('MUST show of a group call its destinations, its links and its times', () => {
    const tree = played();
    const plan = ownedPlan();
    assert.deepEqual(tree.group(), {
      id: 'group',
      customerId: 'customer',
      rootId: 'group',
      ownerType: 'agent',
      ownerId: 'owner',
      source: plan.source,
      destinations: plan.root.destinations,
      ringMethod: 'ring_all',
      answerMethod: 'hangup_others',
      status: 'hangup',
      flowId: FLOW,
      masterCallId: 'caller',
      answerCallId: 'call-2.1',
      answerGroupcallId: 'group-2',
      callIds: ['call-1'],
      groupcallIds: ['group-2'],
      callCount: 0,
      groupcallCount: 0,
      dialIndex: 0,
      hangupReason: 'normal',
      legs: [tree.entry('1'), tree.entry('2')],
      tmCreate: T0,
      tmUpdate: T0 + 8000,
    });
    assert.deepEqual(tree.entry('1'), {
      destination: 0,
      callId: 'call-1',
      status: 'hangup',
      hangupBy: 'local',
      hangupReason: 'cancel',
      sipCode: 487,
      reasonSent: 'elsewhere',
      why: 'cancelled: leg 2.1 answered 0 ms earlier',
      tmDial: T0,
      tmHangup: T0 + 3000,
    });
    assert.deepEqual(tree.entry('2'), {
      destination: 1,
      groupcallId: 'group-2',
      status: 'hangup',
      hangupBy: 'remote',
      hangupReason: 'normal',
      sipCode: 0,
      reasonSent: '',
      why: 'answered by leg 2.1',
      tmDial: T0,
      tmRinging: T0 + 1000,
      tmAnswer: T0 + 3000,
      tmHangup: T0 + 8000,
    });
    assert.equal(tree.group('2').masterGroupcallId, 'group');
  });

  test('MUST show by whom a nested group ended', () => {
    const by = (happen: (tree: TreeDriver) => unknown): readonly string[] => {
      const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg({ ringTimeoutMs: 500 })))));
      happen(tree);
      return [tree.entry('2').hangupBy, tree.entry('2').hangupReason, tree.entry('2').why];
    };
    assert.deepEqual(
      by((tree) => tree.answer('1').end('2.1').end('2.2')),
      ['local', 'cancel', 'cancelled: leg 1 answered'],
    );
    assert.deepEqual(
      by((tree) => tree.busy('2.1').refuse('2.2', 404)),
      ['remote', 'busy', 'nobody answered'],
    );
    assert.deepEqual(
      by((tree) => tree.refuse('2.1', 404).advance(500).end('2.2')),
      ['local', 'noanswer', 'nobody answered'],
    );
  });

  test('MUST have no tm_update before anything has changed', () => {
    const tree = new TreeDriver(ownedPlan(), { durableAtOnce: false });
    assert.equal(tree.group().tmUpdate, undefined);
    assert.equal(tree.call('1').tmUpdate, undefined);
    assert.equal(tree.call('caller').tmUpdate, undefined);
    tree.advance(5).prepared();
    assert.equal(tree.group().tmUpdate, T0 + 5);
    assert.equal(tree.call('1').tmUpdate, T0 + 5);
  });
});
