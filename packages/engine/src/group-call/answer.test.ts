import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

/** A tree whose legs 1, 2.1, 2.2 and 3 ring, 2 being nested, with what has been told so far taken away. */
function ringing(): TreeDriver {
  const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), leg()), leg())));
  for (const path of ['1', '2.1', '2.2', '3']) tree.placed(path).ring(path);
  tree.wire();
  tree.events();
  return tree;
}

suite('rule 5: one winner', () => {
  test('rule 5: the first answer wins, in one step with everything that follows from it', () => {
    const tree = ringing();
    tree.answer('3');
    assert.deepEqual(tree.wire(), ['connect 3', 'cancel 1 elsewhere', 'cancel 2.1 elsewhere', 'cancel 2.2 elsewhere']);
    assert.deepEqual(tree.events(), [
      'call_progressing 3',
      'groupcall_progressing root',
      'call_canceling 1',
      'call_canceling 2.1',
      'call_canceling 2.2',
    ]);
    assert.equal(tree.call('3').status, 'progressing');
    assert.equal(tree.group().status, 'progressing');
  });

  test('rule 5: a second answer in the same instant does not win, whichever level it is on', () => {
    const tree = ringing();
    tree.answer('2.2').answer('1').answer('2.1');
    assert.deepEqual(
      tree.wire().filter((line) => line.startsWith('connect')),
      ['connect 2.2'],
    );
    assert.equal(tree.group().answerCallId, 'call-2.2');
    assert.equal(tree.call('1').status, 'terminating');
    assert.equal(tree.call('2.1').status, 'terminating');
  });

  test('rule 5: an answer without a 18x before it wins as well', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.answer('1');
    assert.equal(tree.group().answerCallId, 'call-1');
    assert.equal(tree.call('1').tmRinging, undefined);
  });

  test('rule 5: the winner of a linear group is the leg that was being tried', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg(), leg())));
    tree.busy('1').answer('2');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 2']);
    assert.equal(tree.entry('3').why, 'not dialled: leg 2 answered');
  });
});

suite('rule 6: hangup_others', () => {
  test('rule 6: an unanswered leg is cancelled once, with "elsewhere"', () => {
    const tree = ringing();
    tree.answer('1').answer('1').ring('3');
    assert.deepEqual(
      tree.wire().filter((line) => line.includes(' 3')),
      ['cancel 3 elsewhere'],
    );
  });

  test('rule 6: a leg that answers too late is released with "elsewhere"', () => {
    const tree = ringing();
    tree.answer('1');
    tree.wire();
    tree.advance(150).answer('3');
    assert.deepEqual(tree.wire(), ['release 3 elsewhere']);
    assert.equal(tree.call('3').status, 'terminating');
    assert.equal(tree.call('3').tmProgressing, undefined);
    tree.end('3', { by: 'local' });
    assert.equal(tree.call('3').hangupReason, 'cancel');
    assert.equal(tree.call('3').hangupBy, 'local');
    assert.equal(tree.call('3').why, 'answered too late: leg 1 had answered 150 ms earlier');
  });

  test('rule 6: a leg whose INVITE waits for the disk is never placed', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 100 }))), { durableAtOnce: false });
    tree.prepared().advance(100).answer('1').prepared();
    assert.deepEqual(tree.wire(), ['place 1', 'connect 1']);
    assert.equal(tree.call('2').status, 'hangup');
    assert.equal(tree.call('2').hangupReason, 'cancel');
    assert.equal(tree.call('2').why, 'not dialled: leg 1 answered');
  });

  test('rule 6: a delayed leg and one whose turn has not come are never placed', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 100 }), linear(leg(), leg()))));
    tree.answer('1').end('3.1').advance(1000);
    assert.deepEqual(tree.wire(), ['place 1', 'place 3.1', 'connect 1', 'cancel 3.1 elsewhere']);
    assert.equal(tree.entry('2').status, '');
    assert.equal(tree.entry('2').why, 'not dialled: leg 1 answered');
    assert.equal(tree.entry('3.2').why, 'not dialled: leg 1 answered');
    assert.equal(tree.hasCall('3.2'), false);
    assert.deepEqual(tree.group('3').callIds, ['call-3.1']);
  });

  test('rule 6: a nested group whose turn has not come gets no record', () => {
    const tree = new TreeDriver(planOf(linear(leg(), ringAll(leg(), leg()))));
    tree.answer('1');
    assert.equal(tree.hasGroup('2'), false);
    assert.equal(tree.entry('2').why, 'not dialled: leg 1 answered');
    assert.deepEqual(
      tree.events().filter((line) => line.endsWith(' 2')),
      [],
    );
  });

  test('rule 6: the record says what the phone was told, and how long before the winner had answered', () => {
    const tree = ringing();
    const reason = 'SIP;cause=200;text="Call completed elsewhere"';
    tree.answer('3').advance(212).released('1', reason).end('1');
    assert.equal(tree.entry('1').reasonSent, reason);
    assert.equal(tree.entry('1').why, 'cancelled: leg 3 answered 212 ms earlier');
    assert.equal(tree.entry('1').hangupReason, 'cancel');
    assert.equal(tree.entry('1').sipCode, 487);
  });

  test('rule 6: while it is being cancelled the record says why already', () => {
    const tree = ringing();
    tree.answer('3');
    assert.equal(tree.entry('1').why, 'cancelled: leg 3 answered');
    assert.equal(tree.entry('3').why, 'answered');
    tree.ring('1');
    assert.equal(tree.state.ignored, 0, 'a late 18x is nothing wrong');
    tree.hangUp('group');
    assert.equal(tree.entry('3').why, 'answered, then ended: hung up on request');
  });

  test('rule 6: who was never tried has an entry that says why, by whom and no more', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg(), ringAll(leg()))));
    tree.answer('1');
    const untried = { status: '', hangupBy: 'local', hangupReason: 'cancel', sipCode: 0, reasonSent: '' } as const;
    const why = 'not dialled: leg 1 answered';
    assert.deepEqual(tree.entry('2'), { destination: 1, ...untried, why });
    assert.deepEqual(tree.entry('3'), { destination: 2, ...untried, why });
    assert.equal(tree.state.legs[1]?.givenUp, 'elsewhere');
  });

  test('rule 6: a phone that refuses while it is being cancelled was cancelled all the same', () => {
    const tree = ringing();
    tree.answer('3').busy('1');
    assert.equal(tree.call('1').hangupReason, 'cancel');
    assert.equal(tree.call('1').hangupBy, 'local');
    assert.equal(tree.call('1').sipCode, 486);
  });
});

suite('rule 7: "elsewhere" only when somebody won', () => {
  const rows: readonly (readonly [string, (tree: TreeDriver) => unknown, string])[] = [
    ['the caller gives up', (tree) => tree.callerGone(), 'caller-gone'],
    ['the total time runs out', (tree) => tree.advance(20_000), 'total-timeout'],
    ['every leg rings too long', (tree) => tree.advance(10_000), 'ring-timeout'],
    ['the root is hung up', (tree) => tree.hangUp('group'), 'hang-up'],
    ['the root is deleted', (tree) => tree.delete('group'), 'hang-up'],
    ['the server is shut down', (tree) => tree.hangUp('group', 'shutdown'), 'shutdown'],
    ['the store is gone', (tree) => tree.hangUp('group', 'failed'), 'failed'],
  ];
  for (const [what, happen, reason] of rows) {
    test(`rule 7: ${what}: the phones are told the true reason, also those that answer too late`, () => {
      const ringTimeoutMs = reason === 'ring-timeout' ? 10_000 : 30_000;
      const group = ringAll(leg({ ringTimeoutMs }), leg({ ringTimeoutMs }));
      const tree = new TreeDriver(planOf(group, { caller: true, options: { timeoutMs: 20_000 } }));
      tree.wire();
      happen(tree);
      tree.answer('2');
      const lines = tree.wire().filter((line) => /^(cancel|release) /.test(line));
      assert.deepEqual(lines, [`cancel 1 ${reason}`, `cancel 2 ${reason}`, `release 2 ${reason}`]);
    });
  }

  test('rule 7: total time out while legs ring', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { options: { timeoutMs: 5000 } }));
    tree.ring('1').advance(5000).answer('1');
    assert.deepEqual(tree.wire(), [
      'place 1',
      'place 2',
      'cancel 1 total-timeout',
      'cancel 2 total-timeout',
      'release 1 total-timeout',
    ]);
    tree.end('1', { by: 'local' });
    assert.equal(tree.call('1').hangupReason, 'dialout');
    assert.equal(tree.call('1').why, 'answered too late: the total time of the group call was over');
  });

  test('rule 7: one ring timeout while another leg rings on', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ ringTimeoutMs: 1000 }), leg())));
    tree.advance(1000).answer('2');
    tree.answer('1');
    assert.deepEqual(tree.wire(), [
      'place 1',
      'place 2',
      'cancel 1 ring-timeout',
      'connect 2',
      'release 1 ring-timeout',
    ]);
    tree.end('1', { by: 'local' });
    assert.equal(tree.call('1').hangupReason, 'noanswer');
    assert.equal(tree.call('1').why, 'answered too late: no answer within 1 s');
  });
});

suite('rule 8: late and repeated answers', () => {
  test('rule 8: a 2xx after our cancel is released once and never wins', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.hangUp('group').answer('1').answer('1');
    assert.deepEqual(tree.wire(), ['place 1', 'cancel 1 hang-up', 'release 1 hang-up']);
    assert.equal(tree.state.winner, undefined);
    assert.equal(tree.group().answerCallId, undefined);
    assert.equal(tree.state.ignored, 1, 'the second report was none of its own');
  });

  test('rule 8: its call stays alive until its end is told', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())));
    tree.hangUp('group').answer('1');
    assert.equal(tree.group().status, 'hangingup');
    assert.equal(tree.group().callCount, 1);
    assert.deepEqual(tree.timers, ['end:call-1']);
    tree.end('1', { by: 'local' });
    assert.equal(tree.group().status, 'hangup');
  });

  test('rule 8: a repeated report of the winner’s answer is ignored', () => {
    const tree = ringing();
    tree.answer('1');
    tree.wire();
    tree.answer('1');
    assert.deepEqual(tree.wire(), []);
    assert.match(tree.ignored ?? '', /answered/);
  });
});

suite('rule 9: the ids of the answer', () => {
  test('rule 9: the call stands in its own group and in the root, the nested group in every ancestor', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), linear(leg(), leg())))));
    tree.answer('2.2.1');
    assert.equal(tree.entry('2').why, 'answered by leg 2.2.1');
    assert.equal(tree.entry('2.2').why, 'answered by leg 2.2.1');
    const ids = ['', '2', '2.2'].map((path) => {
      const { answerCallId, answerGroupcallId } = tree.group(path);
      return [answerCallId, answerGroupcallId];
    });
    assert.deepEqual(ids, [
      ['call-2.2.1', 'group-2'],
      [undefined, 'group-2.2'],
      ['call-2.2.1', undefined],
    ]);
  });

  test('rule 9: every group around the winner tells it, from the inside out', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), ringAll(leg(), linear(leg(), leg())))));
    tree.events();
    tree.answer('2.2.1');
    assert.deepEqual(tree.events().slice(0, 4), [
      'call_progressing 2.2.1',
      'groupcall_progressing 2.2',
      'groupcall_progressing 2',
      'groupcall_progressing root',
    ]);
  });

  test('rule 9: a nested group that lost has no answer, and hangs up', () => {
    const tree = ringing();
    tree.answer('1');
    assert.equal(tree.group('2').answerCallId, undefined);
    assert.equal(tree.group('2').status, 'hangingup');
    tree.end('2.1').end('2.2');
    assert.equal(tree.group('2').status, 'hangup');
    assert.equal(tree.group('2').hangupReason, 'cancel');
    assert.equal(tree.entry('2').why, 'cancelled: leg 1 answered');
  });
});

suite('rule 10: only the winner’s flow runs', () => {
  test('rule 10: only the winner is connected, whoever answers later', () => {
    const tree = ringing();
    tree.answer('2.1').answer('1').answer('3').answer('2.2');
    assert.deepEqual(
      tree.wire().filter((line) => line.startsWith('connect')),
      ['connect 2.1'],
    );
  });

  test('rule 10: nobody is connected when the answer came after a hang-up', () => {
    const tree = ringing();
    tree.hangUp('group').answer('1');
    assert.deepEqual(
      tree.wire().filter((line) => line.startsWith('connect')),
      [],
    );
  });

  test('rule 10: an empty list of actions ends the answered call right away', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { winner: 'hang-up' }));
    tree.answer('1');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 1', 'cancel 2 elsewhere', 'release 1 normal']);
    assert.equal(tree.group().answerCallId, 'call-1');
    tree.end('1', { by: 'local' }).end('2');
    assert.equal(tree.call('1').hangupReason, 'normal');
    assert.equal(tree.group().hangupReason, 'normal');
  });
});
