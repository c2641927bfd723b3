import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

suite('rule 13: hang-up', () => {
  test('rule 13: of the root ends every leg and everything whose turn has not come', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), linear(leg(), leg()))));
    tree.wire();
    tree.hangUp('group');
    assert.deepEqual(tree.wire(), ['cancel 1 hang-up', 'cancel 2.1 hang-up']);
    assert.equal(tree.group().status, 'hangingup');
    tree.end('1').end('2.1');
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().hangupReason, 'cancel');
    assert.equal(tree.call('1').why, 'cancelled: hung up on request');
  });

  test('rule 13: it is idempotent while it is going on', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.hangUp('group');
    tree.wire();
    tree.events();
    tree.hangUp('group').hangUp('group').hangUp('call-1');
    assert.deepEqual(tree.wire(), []);
    assert.deepEqual(tree.events(), []);
    assert.equal(tree.state.ignored, 0);
  });

  test('rule 13: on a nested group that is over, while the root lives, it changes nothing', () => {
    const tree = new TreeDriver(planOf(ringAll(ringAll(leg()), leg())));
    tree.busy('1.1');
    tree.events();
    const before = tree.group('1');
    tree.hangUp('group-1').hangUp('call-1.1');
    assert.deepEqual(tree.events(), []);
    assert.deepEqual(tree.group('1'), before);
    assert.equal(tree.group().status, 'progressing');
  });

  test('rule 13: of an answered call releases it, and its record says so', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1').end('2');
    tree.wire();
    tree.hangUp('group');
    assert.deepEqual(tree.wire(), ['release 1 hang-up']);
    assert.equal(tree.group().status, 'hangingup');
    tree.end('1', { by: 'local' });
    assert.equal(tree.call('1').hangupReason, 'normal');
    assert.equal(tree.call('1').hangupBy, 'local');
    assert.equal(tree.call('1').why, 'answered, then ended: hung up on request');
    assert.equal(tree.group().hangupReason, 'normal');
  });

  test('rule 13: before anything is durable nobody is rung', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())), { durableAtOnce: false });
    tree.hangUp('group').prepared();
    assert.deepEqual(tree.wire(), ['finished']);
    assert.deepEqual(tree.events().slice(-3), ['call_hangup 1', 'call_hangup 2', 'groupcall_hangup root']);
    assert.equal(tree.call('1').why, 'not dialled: hung up on request');
    assert.equal(tree.call('1').tmRinging, undefined);
  });

  test('rule 13: of a nested group ends that one; the others ring on', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg()))));
    tree.wire();
    tree.hangUp('group-2');
    assert.deepEqual(tree.wire(), ['cancel 2.1 hang-up', 'cancel 2.2 hang-up']);
    assert.equal(tree.group('2').status, 'hangingup');
    assert.equal(tree.group().status, 'progressing');
    tree.end('2.1').end('2.2').answer('1');
    assert.deepEqual(tree.wire(), ['connect 1']);
    assert.equal(tree.group('2').hangupReason, 'cancel');
  });

  test('rule 13: of a nested group lets a linear group go on', () => {
    const tree = new TreeDriver(planOf(linear(ringAll(leg(), leg()), leg())));
    tree.hangUp('group-1').end('1.1');
    tree.wire();
    tree.end('1.2');
    assert.deepEqual(tree.wire(), ['place 2']);
  });

  test('rule 13: of one call ends that one; the others ring on', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.hangUp('call-1').end('1');
    assert.equal(tree.group().status, 'progressing');
    assert.equal(tree.call('1').hangupReason, 'cancel');
    tree.answer('2');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'cancel 1 hang-up', 'connect 2']);
  });

  test('rule 13: of the winner’s call, or of a nested group around it, ends the whole', () => {
    for (const id of ['call-2.1', 'group-2']) {
      const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg())), { caller: true }));
      tree.answer('2.1').end('1');
      tree.wire();
      tree.hangUp(id);
      assert.deepEqual(tree.wire(), ['release 2.1 hang-up', 'caller-release hang-up'], id);
      tree.end('2.1', { by: 'local' }).callerEnded('bye');
      assert.deepEqual(tree.wire(), ['finished']);
      assert.equal(tree.group().hangupReason, 'normal');
    }
  });

  test('rule 13: of the master call ends everything', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller: true }));
    tree.wire();
    tree.hangUp('caller');
    assert.deepEqual(tree.wire(), ['cancel 1 hang-up', 'caller-reject 480']);
  });

  test('rule 13: of a destination that waits for its delay calls it off, and nothing is left then', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 5000 }))));
    tree.busy('1').hangUp('call-2');
    assert.deepEqual(tree.wire(), ['place 1', 'finished']);
    assert.equal(tree.entry('2').why, 'not dialled: hung up on request');
  });

  test('rule 13: of an unknown id is ignored', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.hangUp('nobody').delete('nobody');
    assert.equal(tree.state.ignored, 2);
    assert.deepEqual(tree.wire(), ['place 1']);
  });
});

suite('rule 13: delete', () => {
  test('rule 13: hangs up first, groupcall_hangup before groupcall_deleted', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.events();
    tree.delete('group');
    assert.deepEqual(tree.events(), ['call_canceling 1', 'call_canceling 2']);
    assert.equal(tree.group().tmDelete, undefined);
    tree.end('1').end('2');
    assert.deepEqual(tree.events(), [
      'call_hangup 1',
      'call_hangup 2',
      'groupcall_hangup root',
      'groupcall_deleted root',
    ]);
    assert.equal(tree.group().tmDelete, tree.now);
    assert.equal(tree.group().status, 'hangup');
  });

  test('rule 13: it is idempotent', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.delete('group').delete('group').hangUp('group');
    tree.events();
    tree.end('1');
    assert.deepEqual(tree.events(), ['call_hangup 1', 'groupcall_hangup root', 'groupcall_deleted root']);
  });

  test('rule 13: of what is over while its tree lives marks it at once', () => {
    const tree = new TreeDriver(planOf(ringAll(ringAll(leg()), leg())));
    tree.busy('1.1');
    tree.events();
    tree.delete('group-1').delete('group-1').delete('call-1.1');
    assert.deepEqual(tree.events(), ['groupcall_deleted 1']);
    const deletedAt = tree.now;
    tree.advance(1000).delete('group-1').delete('call-1.1');
    assert.equal(tree.group('1').tmDelete, deletedAt);
    assert.equal(tree.call('1.1').tmDelete, deletedAt);
    assert.equal(tree.group().status, 'progressing');
  });

  test('rule 13: of one call hangs it up and marks it when it has ended', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.delete('call-1');
    assert.equal(tree.call('1').tmDelete, undefined);
    tree.end('1');
    assert.equal(tree.call('1').tmDelete, tree.now);
    assert.equal(tree.call('2').status, 'dialing');
  });

  test('rule 13: of the master call hangs everything up and marks it when it has ended', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), { caller: true }));
    tree.delete('caller').callerEnded('rejected');
    const deletedAt = tree.now;
    assert.equal(tree.call('caller').tmDelete, deletedAt);
    tree.advance(1000).delete('caller').end('1');
    assert.equal(tree.call('caller').tmDelete, deletedAt);
    assert.equal(tree.group().tmDelete, undefined);
  });
});
