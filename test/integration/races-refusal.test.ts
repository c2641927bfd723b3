import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GroupCallWorld } from './world/group-call-world.ts';
import { testAddress } from '@groupcall/testkit';
import { ELSEWHERE, expectTalking, FAILED, legLines } from './world/story.ts';

const NUMBER = testAddress({ type: 'tel', target: '+15550123' });

suite('refusals beside an answer', () => {
  test('one leg 6xx: the others ring on, and one of them answers', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert, cleo] = await world.registered('anna', 'bert', 'cleo');
    await world.ring([anna!, bert!, cleo!]);
    await world.run(100);
    anna!.call.reject(603);
    await world.run(100);
    assert.ok(bert!.call.isRinging && cleo!.call.isRinging);
    bert!.call.answer();
    await world.run(100);
    expectTalking(world.phones, bert!);
    bert!.call.hangUp();
    await world.run(100);
    assert.deepEqual(legLines(world.root), [
      'busy remote 603: busy: 603 Decline',
      'normal remote 200: answered, then hung up by the phone',
      'cancel local 487: cancelled: leg 2 answered 2 ms earlier',
    ]);
    await world.close();
  });

  test('one leg 6xx that fail_on lists: the others are cancelled, and none is told "elsewhere"', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!], { options: { failOn: [603] } });
    await world.run(100);
    anna!.call.reject(603);
    await world.run(100);
    assert.deepEqual(bert!.events, ['INVITE', `CANCEL ${FAILED}`]);
    assert.equal(world.root.status, 'hangup');
    assert.equal(world.root.answerCallId, undefined);
    await world.close();
  });

  test('a 6xx that fail_on lists and a 200 in one tick, the 6xx first: the answer is hung up, nobody has won', async () => {
    const world = await GroupCallWorld.open({ tick: 'together' });
    const [anna, bert] = await world.registered('anna', 'bert');
    await world.ring([anna!, bert!], { options: { failOn: [603] } });
    await world.run(100);
    anna!.call.reject(603);
    bert!.call.answer();
    await world.run(100);
    expectTalking(world.phones);
    assert.deepEqual(bert!.events, ['INVITE', 'ACK', `BYE ${FAILED}`]);
    assert.equal(world.root.answerCallId, undefined);
    assert.equal(world.root.status, 'hangup');
    await world.close();
  });

  test('one leg 302, ignored: it ends, and the others ring on', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    const elsewhere = await world.handMade('elsewhere');
    await world.ring([anna!, bert!]);
    await world.run(100);
    anna!.call.reject(302, [['Contact', `<${elsewhere.uri}>`]]);
    await world.run(100);
    assert.equal(elsewhere.calls.length, 0);
    assert.match(legLines(world.root)[0]!, /^failed remote 302: failed: 302 .*redirections are not followed$/);
    bert!.call.answer();
    await world.run(100);
    expectTalking(world.phones, bert!);
    bert!.call.hangUp();
    await world.close();
  });

  test('one leg 302, followed: the phone it points to rings in its place and may win', async () => {
    const world = await GroupCallWorld.open();
    const [anna, bert] = await world.registered('anna', 'bert');
    const other = await world.handMade('other');
    await world.ring([anna!, bert!], { options: { redirects: 'follow' } });
    await world.run(100);
    anna!.call.reject(302, [['Contact', `<${other.uri}>`]]);
    await world.run(100);
    assert.deepEqual(other.events, ['INVITE']);
    other.call.answer();
    await world.run(100);
    expectTalking(world.phones, other);
    assert.deepEqual(bert!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.answerCallId, world.root.callIds[0]);
    await world.hangUp();
    await world.close();
  });

  test('one leg 302, followed, in the tick in which another answers: its target is not rung any more', async () => {
    const world = await GroupCallWorld.open({ tick: 'together' });
    const [anna, bert] = await world.registered('anna', 'bert');
    const other = await world.handMade('other');
    await world.ring([anna!, bert!], { options: { redirects: 'follow' } });
    await world.run(100);
    anna!.call.reject(302, [['Contact', `<${other.uri}>`]]);
    bert!.call.answer();
    await world.run(1000);
    assert.equal(other.calls.length, 0);
    expectTalking(world.phones, bert!);
    bert!.call.hangUp();
    // The target was looked up in vain.
    await world.close({ ignored: 1 });
  });

  test('next trunk on 5xx: the second one is tried for the same leg, and its answer counts', async () => {
    const world = await GroupCallWorld.open();
    const [anna] = await world.registered('anna');
    const [broken, good] = [await world.handMade('broken'), await world.handMade('good')];
    world.trunk(broken, { priority: 1 });
    world.trunk(good, { priority: 2 });
    await world.ring([NUMBER, anna!]);
    await world.run(50);
    broken.call.respond(503);
    await world.run(50);
    good.call.respond(180);
    await world.run(50);
    assert.equal(good.call.request.uri.user, '+15550123');
    good.call.answer();
    await world.run(100);
    expectTalking(world.phones, good);
    assert.deepEqual(anna!.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    assert.equal(world.root.legs.length, 2);
    assert.equal(world.root.answerCallId, world.root.callIds[0]);
    await world.hangUp();
    await world.close();
  });

  test('next trunk when another phone has answered meanwhile: it is not tried', async () => {
    const world = await GroupCallWorld.open();
    const [anna] = await world.registered('anna');
    const [broken, good] = [await world.handMade('broken'), await world.handMade('good')];
    broken.cancelManners = 'only 200';
    world.trunk(broken, { priority: 1 });
    world.trunk(good, { priority: 2 });
    await world.ring([NUMBER, anna!]);
    await world.run(50);
    broken.call.respond(180);
    await world.run(50);
    anna!.call.answer();
    await world.run(50);
    broken.call.respond(503);
    await world.run(1000);
    assert.equal(good.calls.length, 0);
    assert.deepEqual(broken.events, ['INVITE', `CANCEL ${ELSEWHERE}`]);
    expectTalking(world.phones, anna!);
    anna!.call.hangUp();
    await world.close();
  });
});
