import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

const caller = true;

/** The lines about the caller. */
function toCaller(tree: TreeDriver): string[] {
  return tree.wire().filter((line) => line.startsWith('caller-') || line.startsWith('connect'));
}

suite('rule 19: what the caller hears', () => {
  test('rule 19: 180 when the first leg rings, once', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    assert.deepEqual(toCaller(tree), []);
    tree.ring('2').ring('2').ring('1', 183);
    assert.deepEqual(toCaller(tree), ['caller-ringing']);
  });

  test('rule 19: the winner’s answer goes to the caller', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.ring('1').answer('1');
    assert.deepEqual(toCaller(tree), ['caller-ringing', 'connect 1 caller']);
  });

  test('rule 19: early media is never passed unless the policy says so', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.ring('1', 183, true);
    assert.deepEqual(toCaller(tree), ['caller-ringing']);
  });

  const single = { caller, options: { earlyMedia: 'single' } } as const;

  test('rule 19: with the policy it is passed where a single leg rings, and there is no 180 then', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), single));
    tree.ring('1', 183, true).ring('1', 180).ring('1', 183, true);
    assert.deepEqual(toCaller(tree), ['caller-progress 1']);
    assert.equal(tree.call('caller').status, 'ringing');
  });

  test('rule 19: a 180 first and early media after it: both are passed', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), single));
    tree.ring('1').ring('1', 183, true);
    assert.deepEqual(toCaller(tree), ['caller-ringing', 'caller-progress 1']);
  });

  test('rule 19: not while another leg rings, or will', () => {
    for (const other of [leg(), leg({ delayMs: 5000 }), ringAll(leg()), { ...ringAll(leg()), delayMs: 5000 }]) {
      const tree = new TreeDriver(planOf(ringAll(leg(), other), single));
      tree.ring('1', 183, true);
      assert.deepEqual(toCaller(tree), ['caller-ringing']);
    }
  });

  test('rule 19: of each linear leg in its turn', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg()), single));
    tree.ring('1', 183, true).busy('1').ring('2', 183, true);
    assert.deepEqual(toCaller(tree), ['caller-progress 1', 'caller-progress 2']);
  });

  test('rule 19: a group call without a caller says nothing to one', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { options: single.options }));
    tree.ring('1', 183, true).answer('1').callerGone().callerEnded();
    assert.deepEqual(toCaller(tree), ['connect 1']);
    assert.equal(tree.state.ignored, 2);
  });
});

suite('the record of the master call', () => {
  test('MUST follow the caller: dialing, ringing, progressing, terminating, hangup', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    const statuses = [tree.call('caller').status];
    const note = (): unknown => statuses.push(tree.call('caller').status);
    tree.ring('1');
    note();
    tree.answer('1');
    note();
    tree.advance(5000).end('1');
    note();
    tree.callerEnded('bye');
    note();
    assert.deepEqual(statuses, ['dialing', 'ringing', 'progressing', 'terminating', 'hangup']);
    assert.deepEqual(
      tree.events().filter((line) => line.endsWith(' caller')),
      [
        'call_created caller',
        'call_ringing caller',
        'call_progressing caller',
        'call_terminating caller',
        'call_hangup caller',
      ],
    );
    const record = tree.call('caller');
    assert.equal(record.direction, 'incoming');
    assert.equal(record.rootId, 'group');
    assert.equal(record.sipCallId, 'caller@caller.test');
    assert.equal(record.hangupReason, 'normal');
    assert.equal(record.hangupBy, 'local');
  });

  test('MUST come before the group call it rings', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    assert.deepEqual(tree.events(), ['call_created caller', 'groupcall_created root', 'call_created 1']);
    assert.equal(tree.group().masterCallId, 'caller');
    assert.equal(tree.call('1').masterCallId, 'caller');
  });

  const rows = [
    ['cancel', 'remote', 'cancel'],
    ['failed', 'remote', 'failed'],
  ] as const;
  for (const [kind, by, reason] of rows) {
    test(`MUST say how a caller ended who was never answered: ${kind}`, () => {
      const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
      tree.callerGone(kind).callerEnded(kind);
      const record = tree.call('caller');
      assert.deepEqual([record.hangupBy, record.hangupReason, record.why], [by, reason, `the caller's ${kind}`]);
      assert.equal(record.status, 'hangup');
    });
  }

  const refusals: readonly (readonly [string, (tree: TreeDriver) => unknown, string])[] = [
    ['the total time was over', (tree) => tree.advance(5000), 'dialout'],
    ['one was busy, then the total time was over', (tree) => tree.busy('1').advance(5000), 'dialout'],
    ['the group was hung up', (tree) => tree.hangUp('group'), 'cancel'],
    ['nobody picked up', (tree) => tree.advance(4000), 'noanswer'],
    ['a code ended the group', (tree) => tree.refuse('1', 404), 'failed'],
  ];
  for (const [what, happen, reason] of refusals) {
    test(`MUST say why a caller was refused: ${what}`, () => {
      const ringTimeoutMs = reason === 'noanswer' ? 4000 : 30_000;
      const group = ringAll(leg({ ringTimeoutMs }), leg({ ringTimeoutMs }));
      const tree = new TreeDriver(planOf(group, { caller, options: { timeoutMs: 5000, failOn: [404] } }));
      happen(tree);
      tree.callerEnded('rejected');
      assert.equal(tree.call('caller').hangupReason, reason);
    });
  }

  test('MUST say what a refused caller was told', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.busy('1').callerEnded('rejected');
    const record = tree.call('caller');
    assert.deepEqual([record.hangupBy, record.hangupReason, record.sipCode], ['local', 'busy', 486]);
    assert.equal(record.why, 'nobody answered');
  });
});

suite('rule 20: the final code', () => {
  test('rule 20: one code, when no leg can win any more', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.busy('1');
    assert.deepEqual(toCaller(tree), []);
    tree.refuse('2', 404);
    assert.deepEqual(toCaller(tree), ['caller-reject 486']);
    tree.callerEnded('rejected');
    assert.deepEqual(toCaller(tree), []);
    assert.equal(tree.state.finished, true);
  });

  test('rule 20: the caller does not wait for phones that are slow to end', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.wire();
    tree.advance(30_000);
    assert.deepEqual(tree.wire(), ['cancel 1 ring-timeout', 'cancel 2 ring-timeout', 'caller-reject 480']);
    tree.callerEnded('rejected').end('1');
    assert.equal(tree.state.finished, false);
    tree.answer('2').end('2', { by: 'local' });
    assert.deepEqual(tree.wire(), ['release 2 ring-timeout', 'finished']);
    assert.equal(tree.call('caller').hangupReason, 'noanswer');
  });

  test('rule 20: a linear group whose turn goes on keeps the caller waiting', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg()), { caller }));
    tree.busy('1');
    assert.deepEqual(toCaller(tree), []);
  });

  test('rule 20: no legs at all: 480', () => {
    const failure = 'not dialled: no registered contact';
    const tree = new TreeDriver(planOf(ringAll(leg({ failure }), leg({ failure })), { caller }));
    assert.deepEqual(tree.wire(), ['caller-reject 480']);
  });

  test('rule 20: a 6xx does not end the group', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.refuse('1', 603, { outcome: 'busy' });
    assert.equal(tree.call('2').status, 'dialing');
    tree.answer('2');
    assert.equal(tree.group().answerCallId, 'call-2');
  });

  test('rule 20: a code that fail_on lists ends the group, and goes to the caller', () => {
    const tree = new TreeDriver(
      planOf(ringAll(leg(), leg(), leg({ delayMs: 900 })), { caller, options: { failOn: [603] } }),
    );
    tree.wire();
    tree.busy('2');
    tree.refuse('1', 603, { outcome: 'busy' });
    assert.deepEqual(tree.wire(), ['caller-reject 603']);
    assert.equal(tree.group().hangupReason, 'busy');
    assert.equal(tree.entry('3').why, 'not dialled: leg 1 was refused with 603, which ends the group call');
  });

  test('rule 20: a 3xx that ends the group is no answer to the caller: the best of the others is', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg()), { caller, options: { failOn: [302] } }));
    tree.busy('1').redirect('2', 'sip:x@y');
    assert.deepEqual(tree.wire().slice(3), ['cancel 3 failed', 'caller-reject 486']);
  });

  test('rule 20: fail_on cancels who still rings, and not with "elsewhere"', () => {
    const tree = new TreeDriver(planOf(linear(ringAll(leg(), leg()), leg()), { options: { failOn: [404] } }));
    tree.wire();
    tree.refuse('1.1', 404);
    assert.deepEqual(tree.wire(), ['cancel 1.2 failed']);
    tree.answer('1.2');
    assert.deepEqual(tree.wire(), ['release 1.2 failed']);
    tree.end('1.2', { by: 'local' });
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().hangupReason, 'failed');
    assert.equal(tree.group('1').hangupReason, 'cancel');
  });

  test('rule 20: fail_on is about a leg, not about a trunk that another one stands behind', () => {
    const routes = [
      { kind: 'trunk', trunkId: 'a', number: '+31612345678' },
      { kind: 'trunk', trunkId: 'b', number: '+31612345678' },
    ] as const;
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }), leg()), { options: { failOn: [503] } }));
    tree.refuse('1', 503, { tryNextRoute: true });
    assert.equal(tree.call('2').status, 'dialing');
    tree.refuse('1', 503, { tryNextRoute: true });
    assert.equal(tree.call('2').status, 'canceling');
  });

  test('rule 20: the server’s own end gives 503', () => {
    for (const cause of ['shutdown', 'failed'] as const) {
      const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
      tree.hangUp('group', cause);
      assert.deepEqual(toCaller(tree), ['caller-reject 503']);
    }
  });
});

suite('rule 21: the caller gives up', () => {
  test('rule 21: in the tick after the winner’s 200: the winner is hung up', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.answer('1');
    tree.wire();
    tree.callerGone('cancel');
    assert.deepEqual(tree.wire(), ['release 1 caller-gone']);
    tree.end('1', { by: 'local' }).end('2').callerEnded();
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().status, 'hangup');
  });

  test('rule 21: in the tick before it: the answer is released, nobody wins', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.wire();
    tree.callerGone('cancel').answer('1');
    assert.deepEqual(tree.wire(), ['cancel 1 caller-gone', 'cancel 2 caller-gone', 'release 1 caller-gone']);
    assert.equal(tree.group().answerCallId, undefined);
    tree.end('1', { by: 'local' }).end('2').callerEnded();
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.call('1').why, 'answered too late: the caller gave up');
  });

  test('rule 21: before anything was placed: nobody is rung', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), linear(leg(), leg())), { caller }), {
      durableAtOnce: false,
    });
    tree.callerGone('cancel').callerEnded('cancel').prepared();
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().status, 'hangup');
    assert.equal(tree.group().hangupReason, 'cancel');
    assert.equal(tree.call('1').why, 'not dialled: the caller gave up');
  });

  test('rule 21: after a talk: the winner is hung up, and it was a normal call', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.answer('1').advance(60_000).callerGone('bye').callerEnded('bye').end('1', { by: 'local' });
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1 caller', 'release 1 normal', 'finished']);
    assert.equal(tree.call('1').hangupReason, 'normal');
    assert.equal(tree.call('1').why, 'answered, then ended: the caller hung up');
    assert.equal(tree.call('caller').hangupReason, 'normal');
    assert.equal(tree.call('caller').hangupBy, 'remote');
  });

  test('rule 21: a caller who never acknowledged the answer: the winner is hung up', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.answer('1').callerGone('no-ack');
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1 caller', 'release 1 caller-gone']);
    assert.equal(tree.call('caller').hangupReason, 'failed');
  });

  test('rule 21: while we are refusing or releasing the caller it changes nothing', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.busy('1');
    tree.wire();
    tree.events();
    tree.callerGone('cancel');
    assert.deepEqual(tree.wire(), []);
    assert.deepEqual(tree.events(), []);
    assert.equal(tree.state.ignored, 0);
    tree.callerEnded('rejected');
    assert.deepEqual(tree.wire(), ['finished']);
  });

  test('rule 21: an end without a "gone" before it counts as both', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller }));
    tree.wire();
    tree.callerEnded('failed');
    assert.deepEqual(tree.wire(), ['cancel 1 caller-gone']);
    assert.equal(tree.call('caller').status, 'hangup');
    tree.callerEnded('failed').callerGone('failed');
    assert.equal(tree.state.ignored, 2);
  });

  test('rule 21: the caller is released after the winner’s end', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller }));
    tree.answer('1');
    tree.wire();
    tree.end('1');
    assert.deepEqual(tree.wire(), ['caller-release normal'], 'without waiting for a loser that is slow to end');
    tree.callerEnded('bye').end('2');
    assert.deepEqual(tree.wire(), ['finished']);
  });
});
