import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseMessage, SipRequest } from '@groupcall/sip';
import type { DatagramInFlight } from '@groupcall/testkit';
import { GroupCallWorld, SERVER } from './world/group-call-world.ts';
import { ELSEWHERE, expectTalking, FAILED, legLines, reasonsSent } from './world/story.ts';

function isFromServer({ from, data }: DatagramInFlight, method: string): boolean {
  if (from.address !== SERVER.address || from.port !== SERVER.port) return false;
  const message = parseMessage(data);
  return message instanceof SipRequest && message.method === method;
}

suite('races of answers', () => {
  for (const tick of ['together', 'apart'] as const) {
    test(`two 200s in one tick (handled ${tick}): one phone talks, the other is acknowledged and hung up`, async () => {
      const world = await GroupCallWorld.open({ tick });
      const [anna, bert, cleo] = await world.registered('anna', 'bert', 'cleo');
      await world.ring([anna!, bert!, cleo!]);
      await world.run(100);
      anna!.call.answer();
      bert!.call.answer();
      await world.run(100);
      expectTalking(world.phones, anna!);
      assert.deepEqual(anna!.events, ['INVITE', 'ACK']);
      assert.deepEqual(bert!.events, ['INVITE', 'ACK', `BYE ${ELSEWHERE}`]);
      assert.deepEqual(cleo!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
      assert.equal(world.media.size, 1);
      anna!.call.hangUp();
      await world.run(100);
      assert.equal(world.root.status, 'hangup');
      assert.deepEqual(legLines(world.root), [
        'normal remote 200: answered, then hung up by the phone',
        'cancel local 200: answered too late: leg 1 had answered 0 ms earlier',
        'cancel local 487: cancelled: leg 1 answered 2 ms earlier',
      ]);
      assert.deepEqual(reasonsSent(world.root), ['', ELSEWHERE, ELSEWHERE]);
      assert.equal(world.root.answerCallId, world.root.callIds[0]);
      await world.close();
    });
  }

  test('200 crosses CANCEL: the one who picked up a moment too late is hung up, not left in a dead call', async () => {
    const world = await GroupCallWorld.open({ conditions: { delayMs: 20 } });
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!]);
    await world.run(100);
    anna!.call.answer();
    await world.run(30);
    assert.ok(bert!.call.isRinging, 'the CANCEL has to be on its way still');
    bert!.call.answer();
    await world.run(100);
    expectTalking(world.phones, anna!);
    assert.deepEqual(bert!.events, ['INVITE', 'ACK', `BYE ${ELSEWHERE}`]);
    anna!.call.hangUp();
    await world.run(100);
    assert.deepEqual(legLines(world.root), [
      'normal remote 200: answered, then hung up by the phone',
      'cancel local 200: answered too late: leg 1 had answered 30 ms earlier',
    ]);
    await world.close();
  });

  test('200 after our CANCEL got its 200: acknowledged and hung up, and told that the call was completed elsewhere', async () => {
    const world = await GroupCallWorld.open();
    const [anna] = await world.registered('anna');
    const stubborn = await world.handMade('stubborn');
    stubborn.cancelManners = 'only 200';
    await world.ring([anna!, stubborn]);
    await world.run(10);
    stubborn.call.respond(180);
    await world.run(100);
    anna!.call.answer();
    await world.run(1000);
    assert.deepEqual(stubborn.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    stubborn.call.answer();
    await world.run(100);
    assert.deepEqual(stubborn.events, ['INVITE', `CANCEL ${ELSEWHERE}`, 'ACK', `BYE ${ELSEWHERE}`]);
    expectTalking(world.phones, anna!);
    anna!.call.hangUp();
    await world.run(100);
    assert.equal(legLines(world.root)[1], 'cancel local 200: answered too late: leg 1 had answered 1000 ms earlier');
    await world.close();
  });

  test('downstream fork, two To-tags both 200: one phone behind the winner talks, the other gets ACK and BYE', async () => {
    const world = await GroupCallWorld.open();
    const [anna] = await world.registered('anna');
    const proxy = await world.handMade('proxy');
    await world.ring([anna!, proxy]);
    await world.run(10);
    proxy.call.respond(180, 'one');
    proxy.call.respond(180, 'two');
    await world.run(100);
    proxy.call.answer('one');
    proxy.call.answer('two');
    await world.run(100);
    expectTalking(world.phones, proxy);
    assert.deepEqual(proxy.events.toSorted(), ['ACK', 'ACK', `BYE ${ELSEWHERE}`, 'INVITE']);
    assert.deepEqual(anna!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    await world.hangUp();
    await world.run(100);
    expectTalking(world.phones);
    assert.equal(legLines(world.root)[1], 'normal local 200: answered, then ended: hung up on request');
    await world.close();
  });

  test('downstream fork of a loser, two To-tags both 200: both get ACK and BYE', async () => {
    const world = await GroupCallWorld.open();
    const [anna] = await world.registered('anna');
    const proxy = await world.handMade('proxy');
    proxy.cancelManners = 'only 200';
    await world.ring([anna!, proxy]);
    await world.run(10);
    proxy.call.respond(180, 'one');
    await world.run(100);
    anna!.call.answer();
    await world.run(50);
    proxy.call.answer('one');
    proxy.call.answer('two');
    await world.run(1000);
    expectTalking(world.phones, anna!);
    assert.deepEqual(proxy.events.slice(2).toSorted(), ['ACK', 'ACK', `BYE ${ELSEWHERE}`, `BYE ${ELSEWHERE}`]);
    anna!.call.hangUp();
    await world.close();
  });

  test('downstream fork, of two 200s the first has no SDP: both are hung up, and nobody is told "elsewhere"', async () => {
    const world = await GroupCallWorld.open();
    const proxy = await world.handMade('proxy');
    await world.ring([proxy]);
    await world.run(100);
    proxy.call.answer('one', '');
    await world.run(100);
    proxy.call.answer('two');
    await world.run(100);
    assert.deepEqual(proxy.events, ['INVITE', 'ACK', `BYE ${FAILED}`, 'ACK', `BYE ${FAILED}`]);
    assert.equal(world.root.answerCallId, undefined);
    await world.close();
  });

  test('a phone hangs up before our ACK has reached it: the call is over on both sides, once', async () => {
    const world = await GroupCallWorld.open({ conditions: { delayMs: 50 } });
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!]);
    await world.run(200);
    anna!.call.answer();
    await world.run(60);
    anna!.call.hangUp();
    await world.run(500);
    expectTalking(world.phones);
    assert.deepEqual(bert!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.status, 'hangup');
    assert.equal(legLines(world.root)[0], 'normal remote 200: answered, then hung up by the phone');
    await world.close();
  });

  test('lost ACK: the winner’s 200 comes again and is acknowledged again, and nobody else is let in', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!]);
    await world.run(100);
    let lost = 0;
    world.network.filter = (datagram) => lost >= 2 || !isFromServer(datagram, 'ACK') || ++lost > 2;
    anna!.call.answer();
    await world.run(10);
    assert.deepEqual(anna!.events, ['INVITE']);
    assert.equal(world.root.answerCallId, world.root.callIds[0]);
    await world.run(5000);
    assert.equal(lost, 2);
    assert.deepEqual(anna!.events, ['INVITE', 'ACK']);
    expectTalking(world.phones, anna!);
    anna!.call.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('183 with SDP from one phone, then 200 from another: the caller hears ringing and gets the winner’s SDP', async () => {
    const world = await GroupCallWorld.open();
    const [caller, anna, bert] = await world.registered('caller', 'anna', 'bert');
    const dialled = world.callGroup(caller!, [anna!, bert!], { options: { earlyMedia: 'single' } });
    anna!.onCall = (call) => {
      call.earlyMedia();
    };
    await world.run(100);
    assert.deepEqual(dialled.events, ['180']);
    bert!.call.answer();
    await world.run(100);
    assert.deepEqual(dialled.events, ['180', '200 SDP']);
    assert.equal(dialled.answer, bert!.sdp);
    assert.equal(bert!.call.request.body.toString(), caller!.sdp);
    expectTalking(world.phones, bert!);
    assert.deepEqual(anna!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    dialled.giveUp();
    await world.run(100);
    expectTalking(world.phones);
    assert.equal(world.root.status, 'hangup');
    assert.equal(legLines(world.root)[1], 'normal local 200: answered, then ended: the caller hung up');
    await world.close();
  });
});
