import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GroupCallWorld } from './world/group-call-world.ts';
import { ELSEWHERE, expectTalking, legLines, NORMAL, reasonsSent, RING_TIMEOUT } from './world/story.ts';

/** A phone that can answer, and one made by hand that has got its INVITE and said nothing. */
async function ringTwo() {
  const world = await GroupCallWorld.open();
  const [anna] = await world.registered('anna');
  const quiet = await world.handMade('quiet');
  await world.ring([anna!, quiet]);
  await world.run(100);
  return { world, anna: anna!, quiet };
}

suite('races of a CANCEL', () => {
  test('CANCEL wanted before any 1xx, then a late 180: it is held until then, and the phone stops ringing', async () => {
    const { world, anna, quiet } = await ringTwo();
    anna.call.answer();
    await world.run(3000);
    assert.deepEqual(quiet.events, ['INVITE']);
    assert.equal(world.root.legs[1]?.status, 'canceling');
    quiet.call.respond(180);
    await world.run(100);
    assert.deepEqual(quiet.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.legs[1].reasonSent, ELSEWHERE);
    expectTalking(world.phones, anna);
    anna.call.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    assert.equal(legLines(world.root)[1], 'cancel local 487: cancelled: leg 1 answered 3002 ms earlier');
    assert.deepEqual(reasonsSent(world.root), ['', ELSEWHERE]);
    await world.close();
  });

  test('CANCEL wanted before any 1xx, then a late 200: acknowledged and hung up', async () => {
    const { world, anna, quiet } = await ringTwo();
    anna.call.answer();
    await world.run(3000);
    quiet.call.answer();
    await world.run(100);
    assert.deepEqual(quiet.events, ['INVITE', 'ACK', `BYE ${ELSEWHERE}`]);
    expectTalking(world.phones, anna);
    anna.call.hangUp();
    await world.close();
    assert.deepEqual(reasonsSent(world.root), ['', ELSEWHERE]);
  });

  test('no 1xx ever, and another answers: no CANCEL leaves, and the group call ends all the same', async () => {
    const { world, anna, quiet } = await ringTwo();
    anna.call.answer();
    await world.run(1000);
    anna.call.hangUp();
    await world.run(1000);
    assert.equal(world.root.status, 'hangingup');
    await world.run(32_000);
    assert.equal(world.root.status, 'hangup');
    assert.deepEqual(quiet.events, ['INVITE']);
    assert.deepEqual(reasonsSent(world.root), ['', '']);
    assert.match(legLines(world.root)[1]!, /^cancel local 0: cancelled: leg 1 answered \d+ ms earlier$/);
    await world.close();
  });

  test('no 1xx ever, and nobody answers: Timer B ends the leg as failed, and nobody is told "elsewhere"', async () => {
    const world = await GroupCallWorld.open();
    const quiet = await world.handMade('quiet');
    await world.ring([quiet], { options: { ringTimeoutMs: 60_000 } });
    await world.run(33_000);
    assert.equal(world.root.status, 'hangup');
    assert.deepEqual(legLines(world.root), ['failed remote 0: failed: no reply to the INVITE']);
    assert.equal(world.root.answerCallId, undefined);
    assert.deepEqual(quiet.events, ['INVITE']);
    quiet.call.answer();
    await world.run(1000);
    assert.deepEqual(quiet.events, ['INVITE', 'ACK', 'BYE'], 'an answer after all that is hung up');
    await world.close();
  });

  for (const cancelManners of ['only 200', 'deaf'] as const) {
    test(`no 487 after CANCEL (${cancelManners}): the leg ends by itself, 64*T1 later`, async () => {
      const { world, anna, quiet } = await ringTwo();
      quiet.cancelManners = cancelManners;
      quiet.call.respond(180);
      await world.run(100);
      anna.call.answer();
      await world.run(100);
      anna.call.hangUp();
      await world.run(100);
      assert.deepEqual(quiet.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
      assert.equal(world.root.status, 'hangingup');
      await world.run(33_000);
      assert.equal(world.root.status, 'hangup');
      assert.match(legLines(world.root)[1]!, /^cancel local 0: cancelled: leg 1 answered \d+ ms earlier$/);
      await world.close();
    });
  }

  test('a 200 long after the CANCEL was given up: the phone is hung up though nobody knows its call any more', async () => {
    const { world, anna, quiet } = await ringTwo();
    quiet.cancelManners = 'only 200';
    quiet.call.respond(180);
    await world.run(100);
    anna.call.answer();
    await world.run(100);
    anna.call.hangUp();
    await world.run(33_000);
    assert.equal(world.root.status, 'hangup');
    quiet.call.answer();
    await world.run(1000);
    assert.deepEqual(quiet.events, ['INVITE', `CANCEL ${ELSEWHERE}`, 'ACK', `BYE ${ELSEWHERE}`]);
    await world.close();
  });

  test('the ring time is over in the tick of a 200: one of the two counts, and the phone is not left in a dead call', async () => {
    const world = await GroupCallWorld.open({ tick: 'together' });
    const [anna] = await world.registered('anna');
    const started = world.clock.now();
    await world.ring([anna!], { options: { ringTimeoutMs: 5000 } });
    const ringing = world.clock.now() - started;
    await world.run(4999 - ringing);
    anna!.call.answer();
    await world.run(500);
    expectTalking(world.phones);
    assert.deepEqual(anna!.events, ['INVITE', 'ACK', `BYE ${RING_TIMEOUT}`]);
    assert.equal(world.root.answerCallId, undefined);
    assert.deepEqual(legLines(world.root), ['noanswer local 200: answered too late: no answer within 5 s']);
    await world.close();
  });

  test('hang-up on request while all ring: CANCEL to each, and none is told "elsewhere"', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!]);
    await world.run(100);
    await world.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    assert.deepEqual(anna!.events, ['INVITE', `CANCEL ${NORMAL}`]);
    assert.deepEqual(bert!.events, ['INVITE', `CANCEL ${NORMAL}`]);
    assert.deepEqual(legLines(world.root), [
      'cancel local 487: cancelled: hung up on request',
      'cancel local 487: cancelled: hung up on request',
    ]);
    await world.close();
  });
});
