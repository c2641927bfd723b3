import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

/** How often each group was told to have hung up. */
function hangups(tree: TreeDriver): string[] {
  return tree.events().filter((line) => line.startsWith('groupcall_hangup'));
}

suite('rule 12: the end of a group call', () => {
  test('rule 12: it is hangup when no leg lives, with one event', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1').end('1');
    assert.equal(tree.group().status, 'hangingup');
    assert.deepEqual(hangups(tree), []);
    tree.end('2');
    assert.equal(tree.group().status, 'hangup');
    assert.deepEqual(hangups(tree), ['groupcall_hangup root']);
  });

  test('rule 12: the same when the losers end before the winner', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1').end('2');
    assert.equal(tree.group().status, 'progressing');
    tree.end('1');
    assert.equal(tree.group().status, 'hangup');
    assert.deepEqual(hangups(tree), ['groupcall_hangup root']);
  });

  test('rule 12: a nested group ends on its own, inner before outer', () => {
    const tree = new TreeDriver(planOf(ringAll(ringAll(leg(), leg()), leg())));
    tree.busy('1.1').busy('1.2');
    assert.deepEqual(hangups(tree), ['groupcall_hangup 1']);
    assert.equal(tree.group().groupcallCount, 0);
    tree.busy('2');
    assert.deepEqual(hangups(tree), ['groupcall_hangup root']);
    const deep = new TreeDriver(planOf(ringAll(linear(ringAll(leg())))));
    deep.busy('1.1.1');
    assert.deepEqual(hangups(deep), ['groupcall_hangup 1.1', 'groupcall_hangup 1', 'groupcall_hangup root']);
  });

  test('rule 12: nothing that comes afterwards makes a second event', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.busy('1');
    tree.events();
    const { state } = tree;
    tree.busy('1').answer('1').ring('1').hangUp('group').prepared();
    assert.deepEqual(tree.events(), []);
    assert.equal(tree.state.ignored, 5);
    assert.deepEqual({ ...tree.state, ignored: 0, version: 0 }, { ...state, ignored: 0, version: 0 });
  });

  test('rule 12: the winner’s end is the end of the group call', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg())));
    tree.answer('1').end('1');
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1', 'finished']);
    assert.equal(tree.call('1').hangupReason, 'normal');
    assert.equal(tree.call('1').hangupBy, 'remote');
    assert.equal(tree.call('1').why, 'answered, then hung up by the phone');
    assert.equal(tree.group().hangupReason, 'normal');
    assert.deepEqual(tree.timers, []);
  });

  const rows: readonly (readonly [string, (tree: TreeDriver) => unknown, string])[] = [
    ['one is busy and one does not answer', (tree) => tree.busy('1').end('2', { outcome: 'noanswer' }), 'busy'],
    [
      'one does not answer and one fails',
      (tree) => tree.end('1', { outcome: 'noanswer' }).refuse('2', 404),
      'noanswer',
    ],
    ['all fail', (tree) => tree.refuse('1', 404).refuse('2', 500), 'failed'],
    ['one is hung up by request and one fails', (tree) => tree.hangUp('call-1').end('1').refuse('2', 404), 'cancel'],
    ['both ring too long', (tree) => tree.advance(30_000).end('1').end('2'), 'noanswer'],
    ['the group is hung up', (tree) => tree.busy('1').hangUp('group').end('2'), 'cancel'],
  ];
  for (const [what, happen, reason] of rows) {
    test(`rule 12: hangup_reason when ${what}: ${reason}`, () => {
      const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
      happen(tree);
      assert.equal(tree.group().status, 'hangup');
      assert.equal(tree.group().hangupReason, reason);
    });
  }
});

suite('rule 14: live legs', () => {
  test('rule 14: the counts are those of the legs and nested groups that live', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg()), leg({ delayMs: 100 }))));
    const counts = (path = ''): readonly number[] => [tree.group(path).callCount, tree.group(path).groupcallCount];
    assert.deepEqual(
      [counts(), counts('2')],
      [
        [1, 1],
        [2, 0],
      ],
    );
    tree.busy('2.1').advance(100);
    assert.deepEqual(
      [counts(), counts('2')],
      [
        [2, 1],
        [1, 0],
      ],
    );
    tree.answer('1');
    assert.deepEqual(
      [counts(), counts('2')],
      [
        [2, 1],
        [1, 0],
      ],
      'a cancelled leg lives until it has ended',
    );
    tree.end('2.2').end('3');
    assert.deepEqual(
      [counts(), counts('2')],
      [
        [1, 0],
        [0, 0],
      ],
    );
  });

  test('rule 14: the master call is gone: every leg and pending destination ends', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), linear(leg(), leg()), leg({ delayMs: 100 })), { caller: true }));
    tree.wire();
    tree.callerGone();
    assert.deepEqual(tree.wire(), ['cancel 1 caller-gone', 'cancel 2.1 caller-gone']);
    assert.equal(tree.group().status, 'hangingup');
    assert.equal(tree.group('2').status, 'hangingup');
    tree.end('1').end('2.1').callerEnded().advance(1000);
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().hangupReason, 'cancel');
    assert.equal(tree.call('1').hangupReason, 'cancel');
    assert.equal(tree.call('1').why, 'cancelled: the caller gave up');
    assert.equal(tree.entry('2.2').why, 'not dialled: the caller gave up');
    assert.equal(tree.entry('3').why, 'not dialled: the caller gave up');
  });

  test('rule 14: a leg that fails to be placed leaves the counts right, on every level', () => {
    const failure = 'not dialled: no registered contact';
    const tree = new TreeDriver(planOf(linear(leg({ failure }), ringAll(leg({ failure })), leg())));
    assert.equal(tree.group().callCount, 1);
    assert.equal(tree.group().groupcallCount, 0);
    assert.deepEqual(tree.group().groupcallIds, ['group-2']);
  });
});

suite('a group call that is not shown', () => {
  test('MUST neither write nor tell of a bare root, and show its call without one', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { bare: true }));
    tree.ring('1').answer('1').end('1');
    assert.deepEqual(tree.events(), ['call_created 1', 'call_ringing 1', 'call_progressing 1', 'call_hangup 1']);
    assert.equal(tree.hasGroup(''), false);
    assert.equal(tree.call('1').groupcallId, undefined);
    assert.equal(tree.call('1').rootId, 'group');
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1', 'finished']);
  });

  test('MUST show what is nested in it as a group call of its own', () => {
    const tree = new TreeDriver(planOf(ringAll(ringAll(leg(), leg())), { bare: true }));
    assert.equal(tree.group('1').masterGroupcallId, undefined);
    assert.deepEqual(tree.events(), ['groupcall_created 1', 'call_created 1.1', 'call_created 1.2']);
  });
});

suite('events', () => {
  test('MUST tell each thing once, in the order in which it happened', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg())));
    for (const path of ['1', '2', '3']) tree.placed(path).ring(path).ring(path, 183);
    tree.answer('3').end('1').end('2').hangUp('group').end('3', { by: 'local' });
    assert.deepEqual(tree.events(), [
      'groupcall_created root',
      'call_created 1',
      'call_created 2',
      'call_created 3',
      'call_ringing 1',
      'groupcall_ringing root',
      'call_ringing 2',
      'call_ringing 3',
      'call_progressing 3',
      'groupcall_progressing root',
      'call_canceling 1',
      'call_canceling 2',
      'call_hangup 1',
      'call_hangup 2',
      'call_terminating 3',
      'call_hangup 3',
      'groupcall_hangup root',
    ]);
  });

  test('MUST tell groupcall_ringing once a group, inner and outer', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg()))));
    tree.events();
    tree.ring('2.1').ring('2.2').ring('1');
    assert.deepEqual(tree.events(), [
      'call_ringing 2.1',
      'groupcall_ringing 2',
      'groupcall_ringing root',
      'call_ringing 2.2',
      'call_ringing 1',
    ]);
  });
});
