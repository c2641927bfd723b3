import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

suite('rule 11: the winner drops right after the answer', () => {
  test('rule 11: by default there is no window: the others were cancelled, and the group call ends', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1').end('1').end('2');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 1', 'cancel 2 elsewhere', 'finished']);
  });

  test('rule 11: within the window the others ring on, and one of them may win', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1');
    assert.deepEqual(tree.wire().slice(3), ['connect 1']);
    tree.advance(100).end('1');
    assert.equal(tree.group().status, 'progressing');
    assert.equal(tree.group().answerCallId, undefined);
    tree.answer('2');
    assert.deepEqual(tree.wire(), ['connect 2']);
    assert.equal(tree.group().answerCallId, 'call-2');
  });

  test('rule 11: when the window closes the others are told "elsewhere"', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1').advance(499);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 1']);
    tree.advance(1);
    assert.deepEqual(tree.wire(), ['cancel 2 elsewhere']);
  });

  test('rule 11: a second answer within the window is too late', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1').answer('2');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 1', 'release 2 elsewhere']);
  });

  test('rule 11: nobody but the legs that ring already is rung, neither within the window nor afterwards', () => {
    const group = ringAll(leg(), linear(leg(), leg()), leg({ delayMs: 100 }), linear(leg(), ringAll(leg())));
    const tree = new TreeDriver(planOf(group, { resumeWindowMs: 500 }));
    tree.busy('4.1').answer('1').busy('2.1').advance(200);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2.1', 'place 4.1', 'place 4.2.1', 'connect 1']);
    assert.equal(tree.entry('3').why, 'not dialled: leg 1 answered');
    assert.equal(tree.group('2').status, 'hangup');
    tree.end('1').advance(200).busy('4.2.1');
    assert.deepEqual(tree.wire(), ['finished']);
  });

  test('rule 11: a nested group whose turn has not come never begins', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), linear(leg(), ringAll(leg()))), { resumeWindowMs: 500 }));
    tree.answer('1').busy('2.1');
    assert.equal(tree.hasGroup('2.2'), false);
    assert.equal(tree.group('2').status, 'hangup');
  });

  test('rule 11: a group that loses its winner says nothing of an answer any more', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg())), { resumeWindowMs: 500 }));
    tree.answer('2.1').end('2.1');
    assert.equal(tree.entry('2').why, '');
    assert.equal(tree.entry('2').tmAnswer, undefined);
    assert.equal(tree.group('2').answerCallId, undefined);
    assert.equal(tree.group().answerGroupcallId, undefined);
    assert.deepEqual(tree.timers, ['ring:call-1', 'ring:call-2.2', 'total:group']);
  });

  test('rule 11: a leg that needs another trunk within the window is over', () => {
    const routes = [
      { kind: 'trunk', trunkId: 'a', number: '+31612345678' },
      { kind: 'trunk', trunkId: 'b', number: '+31612345678' },
    ] as const;
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ routes })), { resumeWindowMs: 500 }));
    tree.answer('1').refuse('2', 503, { tryNextRoute: true });
    assert.equal(tree.call('2').hangupReason, 'failed');
  });

  test('rule 11: without anybody who rings there is no window', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1');
    assert.deepEqual(tree.timers, ['talk:call-1']);
    tree.end('1');
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1', 'finished']);
  });

  test('rule 11: the total time goes on from where it was', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500, options: { timeoutMs: 9000 } }));
    tree.advance(2000).answer('1').advance(400).end('1');
    assert.equal(tree.due('total:group'), 6600);
  });

  test('rule 11: a winner that we end ourselves is not replaced', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500 }));
    tree.answer('1').hangUp('call-1');
    assert.deepEqual(tree.wire().slice(2), ['connect 1', 'release 1 hang-up', 'cancel 2 elsewhere']);
  });

  test('rule 11: a caller who was connected is released when nobody takes over', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { resumeWindowMs: 500, caller: true }));
    tree.answer('1').end('1');
    tree.wire();
    tree.busy('2');
    assert.deepEqual(tree.wire(), ['caller-release normal']);
  });
});
