import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GroupCallWorld } from './world/group-call-world.ts';
import { ELSEWHERE, expectTalking, legLines } from './world/story.ts';

suite('groups of every shape', () => {
  test('a 100-leg group, one answer: one phone talks, 99 are told that the call was completed elsewhere', async () => {
    const world = await GroupCallWorld.open();
    const phones = await world.registered(...Array.from({ length: 100 }, (_value, index) => `phone${index}`));
    await world.ring(phones);
    await world.run(1000);
    assert.equal(world.engine.live.legs, 100);
    const winner = phones[41]!;
    winner.call.answer();
    await world.run(1000);
    expectTalking(phones, winner);
    for (const phone of phones) {
      const expected = phone === winner ? ['INVITE', 'ACK'] : ['INVITE', `CANCEL ${ELSEWHERE}`];
      assert.deepEqual(phone.events, expected, phone.name);
    }
    assert.equal(world.root.answerCallId, world.root.callIds[41]);
    winner.call.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('nested group: the answer inside an agent’s group ends its siblings within and outside', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert, cleo, dora] = await world.registered('anna', 'bert', 'cleo', 'dora');
    await world.ring([world.agentOf([anna!, bert!]), cleo!, world.agentOf([dora!])]);
    await world.run(100);
    bert!.call.answer();
    await world.run(100);
    expectTalking(world.phones, bert!);
    for (const loser of [anna!, cleo!, dora!]) assert.deepEqual(loser.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    const nested = world.store.allGroupCalls().find(({ id }) => id === world.root.answerGroupcallId);
    assert.equal(nested?.masterGroupcallId, world.root.id);
    assert.equal(nested.answerCallId, nested.callIds[1]);
    assert.equal(world.root.answerCallId, nested.answerCallId);
    bert!.call.hangUp();
    await world.run(100);
    assert.ok(world.store.allGroupCalls().every(({ status }) => status === 'hangup'));
    await world.close();
  });

  test('an answer within a linear agent and one outside of it in one tick: one winner in the whole tree', async () => {
    const world = await GroupCallWorld.open({ tick: 'together' });
    const [anna, bert, cleo] = await world.registered('anna', 'bert', 'cleo');
    await world.ring([world.agentOf([anna!, bert!], 'linear'), cleo!]);
    await world.run(100);
    cleo!.call.answer();
    anna!.call.answer();
    await world.run(1000);
    expectTalking(world.phones, cleo!);
    assert.deepEqual(anna!.events, ['INVITE', 'ACK', `BYE ${ELSEWHERE}`]);
    assert.equal(bert!.calls.length, 0, 'whose turn had not come');
    cleo!.call.hangUp();
    await world.close();
  });

  test('linear with an unregistered phone in the middle: it is passed over, in its place, with the reason', async () => {
    const world = await GroupCallWorld.open();
    const [anna, cleo] = await world.registered('anna', 'cleo');
    const bert = await world.unregistered('bert');
    await world.ring([anna!, bert, cleo!], { ringMethod: 'linear' });
    await world.run(100);
    assert.equal(cleo!.calls.length, 0);
    anna!.call.reject(486);
    await world.run(100);
    assert.equal(bert.calls.length, 0);
    cleo!.call.answer();
    await world.run(100);
    expectTalking(world.phones, cleo!);
    cleo!.call.hangUp();
    await world.run(100);
    assert.deepEqual(legLines(world.root), [
      'busy remote 486: busy: 486 Busy Here',
      'failed local 0: not dialled: no registered contact',
      'normal remote 200: answered, then hung up by the phone',
    ]);
    assert.equal(world.root.callIds.length, 3);
    await world.close();
  });

  test('linear, the first phone’s 200 crosses the CANCEL of its ring time: hung up first, and then the next one rings', async () => {
    const world = await GroupCallWorld.open({ conditions: { delayMs: 20 } });
    const [anna, bert] = await world.registered('anna', 'bert');
    const [began, talkers] = [world.clock.now(), new Set<number>()];
    world.onMoment = () => {
      talkers.add(world.phones.filter(({ calls }) => calls.some(({ isTalking }) => isTalking)).length);
    };
    await world.ring([anna!, bert!], { ringMethod: 'linear', options: { ringTimeoutMs: 5000 } });
    await world.run(began + 5010 - world.clock.now());
    assert.ok(anna!.call.isRinging);
    anna!.call.answer();
    await world.run(500);
    assert.equal(bert!.calls.length, 1);
    bert!.call.answer();
    await world.run(500);
    expectTalking(world.phones, bert!);
    assert.deepEqual([...talkers].toSorted(), [0, 1]);
    bert!.call.hangUp();
    await world.run(500);
    assert.deepEqual(legLines(world.root), [
      'noanswer local 200: answered too late: no answer within 5 s',
      'normal remote 200: answered, then hung up by the phone',
    ]);
    await world.close();
  });

  test('an endpoint with two contacts rings on both, and the answer of one ends the other', async () => {
    const world = await GroupCallWorld.open();
    const [desk] = await world.registered('anna');
    const mobile = await world.secondPhone(desk!);
    await world.ring([desk!]);
    await world.run(100);
    assert.deepEqual([desk!.calls.length, mobile.calls.length], [1, 1]);
    mobile.call.answer();
    await world.run(100);
    expectTalking(world.phones, mobile);
    assert.deepEqual(desk!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    mobile.call.hangUp();
    await world.run(100);
    assert.equal(world.root.status, 'hangup');
    assert.equal(world.store.allGroupCalls().length, 2);
    await world.close();
  });

  test('a phone that is named twice is rung once', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!, anna!]);
    await world.run(100);
    assert.equal(anna!.calls.length, 1);
    anna!.call.answer();
    await world.run(100);
    anna!.call.hangUp();
    await world.run(100);
    assert.equal(world.root.legs.length, 3);
    assert.match(legLines(world.root)[2]!, /^failed local 0: not dialled: /);
    await world.close();
  });
});
