import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';
import { END_LIMIT_MS } from './time-limits.ts';
import { timerKey } from './timer-key.ts';

suite('rule 15: ring timeout', () => {
  test('rule 15: a leg that rings too long ends noanswer, by local', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ ringTimeoutMs: 10_000 }))));
    tree.ring('2').advance(9_999);
    assert.equal(tree.call('2').status, 'ringing');
    tree.advance(1);
    assert.equal(tree.call('2').status, 'canceling');
    tree.advance(20).end('2');
    assert.equal(tree.call('2').hangupReason, 'noanswer');
    assert.equal(tree.call('2').hangupBy, 'local');
    assert.equal(tree.call('2').why, 'no answer within 10 s');
    assert.equal(tree.call('1').status, 'dialing', 'each leg has its own');
  });

  test('rule 15: it runs from when the INVITE left', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ ringTimeoutMs: 1000 }))), { durableAtOnce: false });
    tree.advance(700).prepared().advance(999);
    assert.deepEqual(tree.wire(), ['place 1']);
    tree.advance(1);
    assert.deepEqual(tree.wire(), ['cancel 1 ring-timeout']);
  });

  test('rule 15: one leg’s failure leaves the timers of the others alone', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg({ failure: 'not dialled: no trunk' }))));
    tree.advance(1000).busy('1');
    assert.deepEqual(tree.timers, ['total:group', 'ring:call-2']);
    tree.advance(29_000);
    assert.equal(tree.call('2').status, 'canceling');
  });
});

suite('rule 15: total time', () => {
  const due = (tree: TreeDriver): number | undefined => tree.due('total:group');

  test('rule 15: by default 120 s for ring_all', () => {
    assert.equal(due(new TreeDriver(planOf(ringAll(leg())))), 120_000);
  });

  test('rule 15: by default, for linear, the sum of the ring timeouts and of the time that a cancelled leg may take', () => {
    const tree = new TreeDriver(planOf(linear(leg({ ringTimeoutMs: 10_000 }), leg({ ringTimeoutMs: 20_000 }))));
    assert.equal(due(tree), 30_000 + 2 * END_LIMIT_MS);
    const nested = planOf(
      linear(
        ringAll(leg({ ringTimeoutMs: 10_000 }), leg({ ringTimeoutMs: 5000, delayMs: 8000 })),
        linear(leg(), leg({ failure: 'not dialled: no trunk' }), leg()),
        { ...ringAll(leg()), timeoutMs: 7000 },
      ),
    );
    assert.equal(due(new TreeDriver(nested)), 13_000 + 60_000 + 7000 + 4 * END_LIMIT_MS);
  });

  test('rule 15: as the options say, or the group itself', () => {
    assert.equal(due(new TreeDriver(planOf(linear(leg()), { options: { timeoutMs: 5000 } }))), 5000);
    const own = planOf({ ...linear(leg()), timeoutMs: 3000 }, { options: { timeoutMs: 5000 } });
    assert.equal(due(new TreeDriver(own)), 3000);
  });

  test('rule 15: when it is over everything ends with dialout', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg()), { options: { timeoutMs: 5000 } }));
    tree.ring('1').advance(5000);
    assert.equal(tree.group().status, 'hangingup');
    assert.deepEqual(tree.wire(), ['place 1', 'cancel 1 total-timeout']);
    tree.end('1');
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.call('1').hangupReason, 'dialout');
    assert.equal(tree.call('1').hangupBy, 'local');
    assert.equal(tree.group().hangupReason, 'dialout');
    assert.equal(tree.entry('2').why, 'not dialled: the total time of the group call was over');
    assert.equal(tree.entry('2').hangupReason, 'dialout');
  });

  test('rule 15: it ends with the answer', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { options: { timeoutMs: 5000 } }));
    tree.advance(4999).answer('1').advance(100_000);
    assert.equal(tree.call('1').status, 'progressing');
  });

  test('rule 15: a nested group may have one of its own; the group around it goes on', () => {
    const nested = { ...ringAll(leg(), leg()), timeoutMs: 4000 };
    const tree = new TreeDriver(planOf(linear(nested, leg())));
    tree.advance(4000).end('1.1').end('1.2');
    assert.equal(tree.group('1').hangupReason, 'dialout');
    assert.deepEqual(tree.wire().slice(-1), ['place 2']);
    assert.equal(tree.group().status, 'progressing');
  });

  test('rule 15: it ends also what the disk never made durable', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())), { durableAtOnce: false });
    tree.advance(120_000);
    assert.equal(tree.group().status, 'hangup');
    assert.deepEqual(tree.wire(), ['finished']);
  });
});

suite('rule 15: nothing stays for ever', () => {
  test('rule 15: the longest talk time ends the answered call with timeout', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller: true, options: { talkTimeoutMs: 60_000 } }));
    tree.answer('1').advance(60_000);
    assert.deepEqual(tree.wire(), [
      'place 1',
      'connect 1 caller',
      'release 1 talk-timeout',
      'caller-release talk-timeout',
    ]);
    tree.end('1', { by: 'local' }).callerEnded('bye');
    assert.equal(tree.call('1').hangupReason, 'timeout');
    assert.equal(tree.call('1').hangupBy, 'local');
    assert.equal(tree.call('1').why, 'answered, then ended: the longest talk time of 60 s was reached');
    assert.equal(tree.group().hangupReason, 'timeout');
    assert.equal(tree.call('caller').hangupReason, 'timeout');
  });

  test('rule 15: a leg whose end is never reported is closed all the same', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.hangUp('group').advance(END_LIMIT_MS);
    assert.equal(tree.group().status, 'hangup');
    assert.match(tree.call('1').why, /its end was not reported within 90 s/);
    assert.deepEqual(tree.timers, []);
  });

  test('rule 15: the time for an end begins anew with a late answer', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1').answer('2').advance(100);
    assert.equal(tree.due('end:call-2'), END_LIMIT_MS - 100);
    tree.hangUp('group').advance(END_LIMIT_MS);
    assert.equal(tree.group().status, 'hangup');
  });

  const ways: readonly (readonly [string, (tree: TreeDriver) => unknown])[] = [
    ['a leg that answered too late', (tree) => tree.hangUp('group').answer('1')],
    ['the winner, hung up', (tree) => tree.answer('1').hangUp('group')],
    ['a caller who was refused', (tree) => tree.busy('1')],
    ['a caller who was released', (tree) => tree.answer('1').end('1')],
    ['a caller who is gone', (tree) => tree.callerGone()],
  ];
  for (const [what, happen] of ways) {
    test(`rule 15: so is ${what}`, () => {
      const tree = new TreeDriver(planOf(ringAll(leg()), { caller: true }));
      happen(tree);
      assert.equal(tree.state.finished, false);
      tree.advance(END_LIMIT_MS);
      assert.equal(tree.state.finished, true);
      assert.equal(tree.call('caller').status, 'hangup');
      assert.equal(tree.call('1').status, 'hangup');
      assert.deepEqual(tree.timers, []);
    });
  }

  test('rule 15: no timer outlives the group call, whatever ended it', () => {
    const ends: readonly ((tree: TreeDriver) => unknown)[] = [
      (tree) => tree.busy('1').busy('2.1').busy('2.2').advance(1000).busy('3'),
      (tree) => tree.answer('2.1').end('2.1').end('1'),
      (tree) => tree.hangUp('group').end('1').end('2.1'),
    ];
    for (const end of ends) {
      const tree = new TreeDriver(planOf(ringAll(leg(), linear(leg(), leg()), leg({ delayMs: 1000 }))));
      end(tree);
      assert.equal(tree.state.finished, true);
      assert.deepEqual(tree.timers, []);
    }
  });

  test('rule 15: a timer that was stopped and fires all the same is ignored', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1');
    tree.wire();
    for (const key of [timerKey('ring', 'call-1'), timerKey('total', 'group'), timerKey('end', 'nobody')]) {
      tree.feed({ type: 'timer', key });
    }
    assert.equal(tree.state.ignored, 3);
    assert.deepEqual(tree.wire(), []);
  });
});
