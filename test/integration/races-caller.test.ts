import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseMessage, SipRequest } from '@groupcall/sip';
import { GroupCallWorld, type WorldOptions } from './world/group-call-world.ts';
import { CALLER_GONE, ELSEWHERE, expectTalking, legLines, NORMAL, reasonsSent } from './world/story.ts';

/** A caller who hears it ring, and two phones that do. */
async function callTwo(options: WorldOptions = {}) {
  const world = await GroupCallWorld.open(options);
  const [caller, anna, bert] = await world.registered('caller', 'anna', 'bert');
  const dialled = world.callGroup(caller!, [anna!, bert!]);
  await world.run(200);
  assert.deepEqual(dialled.events, ['180']);
  return { world, caller: caller!, anna: anna!, bert: bert!, dialled };
}

suite('races of a caller', () => {
  for (const tick of ['together', 'apart'] as const) {
    test(`caller CANCEL, then the winner’s 200 in the same tick (handled ${tick}): nobody talks, nobody has won`, async () => {
      const { world, anna, bert, dialled } = await callTwo({ tick });
      dialled.giveUp();
      anna.call.answer();
      await world.run(100);
      expectTalking(world.phones);
      assert.ok(!dialled.isUp);
      assert.deepEqual(dialled.events, ['180', '487']);
      assert.deepEqual(anna.events, ['INVITE', 'ACK', `BYE ${CALLER_GONE}`]);
      assert.deepEqual(bert.events, ['INVITE', `CANCEL ${CALLER_GONE}`]);
      assert.equal(world.root.status, 'hangup');
      assert.equal(world.root.answerCallId, undefined);
      assert.deepEqual(legLines(world.root), [
        'cancel local 200: answered too late: the caller gave up',
        'cancel local 487: cancelled: the caller gave up',
      ]);
      await world.close();
    });

    test(`the winner’s 200, then caller CANCEL in the same tick (handled ${tick}): nobody is left in a dead call`, async () => {
      const { world, anna, bert, dialled } = await callTwo({ tick });
      anna.call.answer();
      dialled.giveUp();
      await world.run(100);
      expectTalking(world.phones);
      assert.ok(!dialled.isUp);
      // The 200 was first: somebody won, and it is the losers who are told so.
      assert.equal(world.root.answerCallId, world.root.callIds[0]);
      assert.deepEqual(bert.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
      // Handled apart, the caller has its own 200 by then, and hangs up; handled together, its CANCEL still gets through.
      const ended = tick === 'apart' ? NORMAL : CALLER_GONE;
      assert.deepEqual(anna.events, ['INVITE', 'ACK', `BYE ${ended}`]);
      assert.deepEqual(dialled.events, ['180', tick === 'apart' ? '200 SDP' : '487']);
      assert.equal(world.root.status, 'hangup');
      assert.deepEqual(reasonsSent(world.root), [ended, ELSEWHERE]);
      await world.close();
    });
  }

  test('caller CANCEL while everything rings: each phone is cancelled, and none is told "elsewhere"', async () => {
    const { world, anna, bert, dialled } = await callTwo();
    dialled.giveUp();
    await world.run(100);
    assert.deepEqual(dialled.events, ['180', '487']);
    assert.deepEqual(anna.events, ['INVITE', `CANCEL ${CALLER_GONE}`]);
    assert.deepEqual(bert.events, ['INVITE', `CANCEL ${CALLER_GONE}`]);
    assert.equal(world.root.status, 'hangup');
    assert.equal(world.root.hangupReason, 'cancel');
    await world.close();
  });

  test('caller CANCEL before any INVITE left: nobody is rung', async () => {
    const world = await GroupCallWorld.open();
    const [caller, anna, bert] = await world.registered('caller', 'anna', 'bert');
    world.store.hold();
    const dialled = world.callGroup(caller!, [anna!, bert!]);
    // The server's 100 comes after 200 ms (RFC 3261 §17.2.1); no CANCEL may leave before it.
    await world.run(300);
    dialled.giveUp();
    await world.run(100);
    world.store.release();
    await world.run(1000);
    assert.deepEqual(dialled.events, ['487']);
    assert.deepEqual([anna!.calls.length, bert!.calls.length], [0, 0]);
    assert.equal(world.root.status, 'hangup');
    assert.deepEqual(legLines(world.root), [
      'cancel local 0: not dialled: the caller gave up',
      'cancel local 0: not dialled: the caller gave up',
    ]);
    // The disk’s word came when there was nobody left to ring.
    await world.close({ ignored: 1 });
  });

  test('caller CANCEL before any phone has said a word: each CANCEL is held until the first 180', async () => {
    const world = await GroupCallWorld.open();
    const [caller] = await world.registered('caller');
    const quiet = await world.handMade('quiet');
    const dialled = world.callGroup(caller!, [quiet]);
    await world.run(100);
    dialled.giveUp();
    await world.run(3000);
    assert.deepEqual(dialled.events, ['487']);
    assert.deepEqual(quiet.events, ['INVITE']);
    quiet.call.respond(180);
    await world.run(100);
    assert.deepEqual(quiet.events, ['INVITE', `CANCEL ${CALLER_GONE}`]);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('the caller hangs up while the loser’s CANCEL is held: the late 180 still gets "elsewhere", as somebody won', async () => {
    const world = await GroupCallWorld.open();
    const [caller, anna] = await world.registered('caller', 'anna');
    const quiet = await world.handMade('quiet');
    const dialled = world.callGroup(caller!, [anna!, quiet]);
    await world.run(100);
    anna!.call.answer();
    await world.run(100);
    dialled.giveUp();
    await world.run(100);
    quiet.call.respond(180);
    await world.run(100);
    assert.deepEqual(quiet.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('lost ACK of the caller, for good: both sides are hung up, and nothing stays up for ever', async () => {
    const { world, caller, anna, bert, dialled } = await callTwo();
    world.network.filter = ({ from, data }) => {
      if (from.address !== caller.address) return true;
      const message = parseMessage(data);
      return !(message instanceof SipRequest && message.method === 'ACK');
    };
    anna.call.answer();
    await world.run(1000);
    expectTalking(world.phones, anna);
    await world.run(40_000);
    assert.ok(!dialled.isUp);
    expectTalking(world.phones);
    assert.deepEqual(anna.events, ['INVITE', 'ACK', `BYE ${CALLER_GONE}`]);
    assert.deepEqual(bert.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('the winner and the caller hang up in the same tick: one end, told once', async () => {
    const { world, anna, dialled } = await callTwo({ tick: 'together' });
    anna.call.answer();
    await world.run(100);
    assert.ok(dialled.isUp);
    dialled.giveUp();
    anna.call.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('caller CANCEL in the tick of a forking proxy’s first 200, then a second 200: neither is told "elsewhere"', async () => {
    const world = await GroupCallWorld.open({ tick: 'together' });
    const [caller] = await world.registered('caller');
    const proxy = await world.handMade('proxy');
    const dialled = world.callGroup(caller!, [proxy]);
    await world.run(100);
    proxy.call.respond(180);
    await world.run(100);
    dialled.giveUp();
    proxy.call.answer('one');
    await world.run(500);
    proxy.call.answer('two');
    await world.run(100);
    assert.deepEqual(proxy.events, ['INVITE', 'ACK', `BYE ${CALLER_GONE}`, 'ACK', `BYE ${CALLER_GONE}`]);
    assert.equal(world.root.answerCallId, undefined);
    await world.close();
  });

  test('the winner hangs up: the caller gets its BYE', async () => {
    const { world, anna, dialled } = await callTwo();
    anna.call.answer();
    await world.run(100);
    assert.ok(dialled.isUp);
    anna.call.hangUp();
    await world.run(100);
    assert.deepEqual(dialled.events, ['180', '200 SDP', `BYE ${NORMAL}`]);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('nobody answers: the caller gets the best code, once, when the last phone has refused', async () => {
    const { world, anna, bert, dialled } = await callTwo();
    anna.call.reject(486);
    await world.run(100);
    assert.deepEqual(dialled.events, ['180']);
    bert.call.reject(480);
    await world.run(100);
    assert.deepEqual(dialled.events, ['180', '486']);
    assert.deepEqual(legLines(world.root), [
      'busy remote 486: busy: 486 Busy Here',
      'noanswer remote 480: no answer: 480 Temporarily Unavailable',
    ]);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });
});
