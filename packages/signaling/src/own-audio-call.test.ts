import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PhoneCall, TestPhone } from './testing/test-phone.ts';
import { phoneSdp } from './testing/test-phone.ts';
import { type RecordedLeg, SERVER, SignalingWorld } from './testing/signaling-world.test.ts';

interface Talk {
  readonly world: SignalingWorld;
  readonly bob: TestPhone;
  readonly call: PhoneCall;
  readonly leg: RecordedLeg;
  readonly end: () => Promise<void>;
}

/** A phone that talks to the server itself. */
async function talk(): Promise<Talk> {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(10);
  const end = async () => {
    world.signaling.release(callId, 'hang-up');
    await world.close();
  };
  return { world, bob, call: bob.call, leg, end };
}

const rtpTo = (world: SignalingWorld, port: number) =>
  world.network.sent.filter(({ from, to }) => from.address === SERVER && from.port !== 5060 && to.port === port).length;

test('MUST offer the server’s own audio, and send it to the phone once it answered', async () => {
  const { world, call, end } = await talk();
  const offer = call.request.body.toString();
  assert.equal(call.request.contentType, 'application/sdp');
  assert.match(offer, new RegExp(`^c=IN IP4 ${SERVER}\\r$`, 'm'));
  assert.match(offer, /^m=audio \d+ RTP\/AVP 0 8 101\r$/m);
  await world.run(1000);
  assert.ok(rtpTo(world, 4000) >= 49);
  await end();
});

test('an answer with nothing in common MUST be ACKed and hung up, and never count as an answer', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg } = world.place(bob);
  await world.run(10);
  bob.call.answer({ body: bob.sdp.replace('8 0', '18') });
  await world.run(1000);
  assert.deepEqual(leg.events, [
    'placed',
    'released Q.850;cause=41;text="Temporary failure"',
    'ended failed by local 200',
  ]);
  assert.match(leg.end?.detail ?? '', /PCMU/);
  assert.equal(leg.end?.tryNextRoute, false);
  assert.deepEqual(bob.call.events, ['ACK', 'BYE Q.850;cause=41;text="Temporary failure"', 'ended bye-received']);
  await world.close();
});

test('an answer without a session description MUST be hung up too, unless a 18x brought it', async () => {
  const world = await SignalingWorld.open();
  const [bob, carol] = [await world.phone('bob'), await world.phone('carol')];
  const without = world.place(bob);
  const early = world.place(carol);
  await world.run(10);
  bob.call.answer({});
  carol.call.ring(183, { body: carol.sdp });
  await world.run(10);
  carol.call.answer({});
  await world.run(100);
  assert.equal(without.leg.events.at(-1), 'ended failed by local 200');
  assert.deepEqual(early.leg.events, ['placed', 'ringing 183 early', 'answered']);
  world.signaling.release(early.callId, 'hang-up');
  await world.close();
});

test('a late 200 of a leg that is cancelled MUST be told whatever it holds', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  leg.react = (event) => {
    if (event === 'answered') world.signaling.release(callId, 'hang-up');
  };
  await world.run(10);
  bob.call.ring();
  await world.run(10);
  world.signaling.cancel(callId, 'hang-up');
  bob.call.answer({});
  await world.run(100);
  assert.ok(leg.events.includes('answered'));
  assert.equal(leg.events.at(-1), 'ended normal by local 200');
  await world.close();
});

test('RFC 3264 §8: MUST answer hold and resume of the phone, and stop and go on with them', async () => {
  const { world, bob, call, end } = await talk();
  const reinvite = async (direction: string) => {
    const sent = call.dialog?.reinvite({ body: phoneSdp(bob.address, 4000, direction) });
    await world.run(50);
    const result = await sent;
    result?.acknowledge();
    await world.run(50);
    return result?.response;
  };
  const held = await reinvite('sendonly');
  assert.equal(held?.status, 200);
  assert.match(held.body.toString(), /^a=recvonly\r$/m);
  const before = rtpTo(world, 4000);
  await world.run(500);
  assert.equal(rtpTo(world, 4000), before);
  const resumed = await reinvite('sendrecv');
  assert.match(resumed?.body.toString() ?? '', /^a=sendrecv\r$/m);
  await world.run(500);
  assert.ok(rtpTo(world, 4000) > before + 20);
  await end();
});

test('RFC 3261 §14.2: a re-INVITE that can not be met MUST get 488 with a warning, and the call goes on', async () => {
  const { world, bob, call, end } = await talk();
  const refused = call.dialog?.reinvite({ body: bob.sdp.replace('8 0', '18') });
  await world.run(100);
  const { response } = (await refused) ?? {};
  assert.equal(response?.status, 488);
  assert.match(response.header('Warning') ?? '', /^399 groupcall ".*PCMU.*"$/);
  const before = rtpTo(world, 4000);
  await world.run(100);
  assert.ok(rtpTo(world, 4000) > before);
  await end();
});

const INFOS = [
  ['digits', { body: 'Signal=1\r\nDuration=160', contentType: 'application/dtmf-relay' }, 200],
  ['nothing', {}, 200],
  ['a body that nobody understands', { body: 'x', contentType: 'application/x-unknown' }, 415],
  ['an info package', { headers: [['Info-Package', 'foo']] }, 469],
] as const;

for (const [title, content, status] of INFOS) {
  test(`RFC 6086: MUST answer INFO with ${title} by ${status}`, async () => {
    const { world, call, end } = await talk();
    const reply = call.dialog?.request('INFO', content);
    await world.run(100);
    assert.equal((await reply)?.status, status);
    await end();
  });
}

test('MUST refuse other methods within the call with 405 and Allow', async () => {
  const { world, call, end } = await talk();
  const reply = call.dialog?.request('NOTIFY');
  await world.run(100);
  const response = await reply;
  assert.equal(response?.status, 405);
  assert.equal(response.header('Allow'), 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO');
  await end();
});

test('rule 3: MUST end the leg as failed when no RTP port is free', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const sessions = [];
  for (;;) {
    try {
      sessions.push(await world.media.open(world.place(bob).callId));
    } catch {
      break;
    }
  }
  await world.run(10);
  const { leg } = world.place(bob);
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended failed by local 0');
  assert.match(leg.end?.detail ?? '', /ports/);
  assert.equal(leg.end?.tryNextRoute, false);
  for (const session of sessions) session.close();
  for (const { invite } of bob.calls) invite.reject(486);
  await world.close();
});
