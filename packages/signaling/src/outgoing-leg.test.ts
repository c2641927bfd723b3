import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DigestServer, ha1, SipUri } from '@groupcall/sip';
import { testAddress, testCallId, testTrunk } from '@groupcall/testkit';
import { SERVER, SignalingWorld } from './testing/signaling-world.test.ts';

const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26';
const HANG_UP = 'Q.850;cause=16;text="Normal call clearing"';

type Said = '180' | '183' | '183 SDP' | '200';

const ORDERS: readonly (readonly Said[])[] = [
  ['200'],
  ['180', '200'],
  ['183', '200'],
  ['183 SDP', '200'],
  ['180', '183 SDP', '200'],
  ['183 SDP', '180', '200'],
  ['180', '180', '200'],
  ['183', '183 SDP', '180', '200'],
];

for (const order of ORDERS) {
  test(`MUST report ${order.join(', ')} in its order, ACK on connect and BYE on release`, async () => {
    const world = await SignalingWorld.open();
    const bob = await world.phone('bob');
    const { leg, callId } = world.place(bob);
    await world.run(10);
    for (const said of order) {
      if (said === '200') bob.call.answer();
      else bob.call.ring(said === '180' ? 180 : 183, said === '183 SDP' ? { body: bob.sdp } : {});
      await world.run(10);
    }
    const expected = order.map((said) => {
      if (said === '200') return 'answered';
      return said === '183 SDP' ? 'ringing 183 early' : `ringing ${said}`;
    });
    assert.deepEqual(leg.events, ['placed', ...expected]);
    assert.deepEqual(bob.call.events, [], 'the ACK MUST wait for the engine');
    world.signaling.connect(callId);
    await world.run(100);
    assert.deepEqual(bob.call.events, ['ACK']);
    world.signaling.release(callId, 'hang-up');
    await world.run(100);
    assert.deepEqual(bob.call.events, ['ACK', `BYE ${HANG_UP}`, 'ended bye-received']);
    assert.deepEqual(leg.events.slice(-2), [`released ${HANG_UP}`, 'ended normal by local 200']);
    await world.close();
  });
}

test('MUST report nothing from within an order, and the end once and last', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  assert.equal(leg.events.length, 0);
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  let within = true;
  leg.react = () => {
    assert.equal(within, false);
  };
  world.signaling.release(callId, 'normal');
  world.signaling.release(callId, 'normal');
  world.signaling.cancel(callId, 'normal');
  world.signaling.connect(callId);
  within = false;
  await world.run(1000);
  world.signaling.release(callId, 'normal');
  world.signaling.cancel(callId, 'normal');
  await world.close();
  assert.deepEqual(leg.events.slice(-2), [
    'released Q.850;cause=16;text="Normal call clearing"',
    'ended normal by local 200',
  ]);
  assert.equal(new Set(leg.events).size, leg.events.length);
});

const REFUSALS: readonly (readonly [status: number, expected: string])[] = [
  [486, 'ended busy by remote 486'],
  [603, 'ended busy by remote 603'],
  [480, 'ended noanswer by remote 480'],
  [404, 'ended failed by remote 404'],
  [503, 'ended failed by remote 503'],
];

for (const [status, expected] of REFUSALS) {
  test(`MUST report a leg that is refused with ${status}`, async () => {
    const world = await SignalingWorld.open();
    const bob = await world.phone('bob');
    const { leg } = world.place(bob);
    await world.run(10);
    bob.call.ring();
    await world.run(10);
    bob.call.invite.reject(status);
    await world.run(10);
    assert.deepEqual(leg.events, ['placed', 'ringing 180', expected]);
    assert.equal(leg.end?.tryNextRoute, status === 503);
    await world.close();
  });
}

test('rule 22: MUST report a 302 with its Contacts and end the leg', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg } = world.place(bob);
  await world.run(10);
  bob.call.invite.reject(302, { headers: [['Contact', '<sip:a@10.0.0.8>;q=0.1, <sip:b@10.0.0.9>']] });
  await world.run(10);
  assert.deepEqual(leg.events, ['placed', 'ended redirected by remote 302']);
  assert.deepEqual(leg.end?.redirectTo, ['sip:b@10.0.0.9', 'sip:a@10.0.0.8']);
  await world.close();
});

test('RFC 3261 §9.1: MUST hold the CANCEL until the first 1xx, and send one, with the reason', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  await world.run(10);
  world.signaling.cancel(callId, 'elsewhere');
  world.signaling.cancel(callId, 'hang-up');
  await world.run(100);
  assert.deepEqual(world.requests('CANCEL'), []);
  bob.call.ring();
  await world.run(10);
  assert.equal(world.requests('CANCEL').length, 1);
  assert.deepEqual(bob.call.events, [`CANCEL ${ELSEWHERE}`]);
  assert.deepEqual(leg.events, ['placed', `released ${ELSEWHERE}`, 'ringing 180', 'ended cancelled by local 487']);
  await world.close();
});

test('MUST NOT send an INVITE for a leg that is cancelled while it is prepared', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  world.signaling.cancel(callId, 'hang-up');
  await world.run(100);
  assert.deepEqual(leg.events, ['ended cancelled by local 0']);
  assert.deepEqual(bob.calls, []);
  await world.close();
});

test('rule 8: a 200 that crosses our CANCEL MUST be told, ACKed and ended by BYE with the reason', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  leg.react = (event) => {
    if (event === 'answered') world.signaling.release(callId, 'elsewhere');
  };
  await world.run(10);
  bob.call.ring();
  await world.run(10);
  world.signaling.cancel(callId, 'elsewhere');
  bob.call.answer();
  await world.run(1000);
  assert.deepEqual(bob.call.events, ['ACK', `BYE ${ELSEWHERE}`, 'ended bye-received']);
  assert.deepEqual(leg.events, [
    'placed',
    'ringing 180',
    `released ${ELSEWHERE}`,
    'answered',
    `released ${ELSEWHERE}`,
    'ended normal by local 200',
  ]);
  await world.close();
});

test('rule 6: a phone that answered too late MUST get ACK, then BYE, also before any connect', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { callId } = world.place(bob);
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  world.signaling.release(callId, 'elsewhere');
  await world.run(100);
  assert.deepEqual(bob.call.events, ['ACK', `BYE ${ELSEWHERE}`, 'ended bye-received']);
  await world.close();
});

test('two phones that answer in one tick MUST both be told, in the order in which they arrived', async () => {
  const world = await SignalingWorld.open();
  const [bob, carol] = [await world.phone('bob'), await world.phone('carol')];
  const first = world.place(bob);
  const second = world.place(carol);
  const order: string[] = [];
  for (const [name, { leg, callId }] of Object.entries({ bob: first, carol: second })) {
    leg.react = (event) => {
      if (event !== 'answered') return;
      order.push(name);
      if (order.length === 1) world.signaling.connect(callId);
      else world.signaling.release(callId, 'elsewhere');
    };
  }
  await world.run(10);
  carol.call.answer();
  bob.call.answer();
  // Both datagrams arrive before anything that waits for a promise goes on.
  world.clock.advance(1);
  await world.run(100);
  assert.deepEqual(order, ['carol', 'bob']);
  assert.deepEqual(carol.call.events, ['ACK']);
  assert.deepEqual(bob.call.events, ['ACK', `BYE ${ELSEWHERE}`, 'ended bye-received']);
  world.signaling.release(second.callId, 'hang-up');
  await world.close();
});

test('MUST report the phone’s BYE as the end, by the phone', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(10);
  bob.call.dialog?.bye([['Reason', 'Q.850;cause=16;text="Bye now"']]);
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended normal by remote 200');
  assert.equal(leg.end?.detail, 'BYE (Q.850 16: Bye now)');
  await world.close();
});

test('a second attempt with the same call id MUST be one of its own', async () => {
  const world = await SignalingWorld.open();
  const [bob, carol] = [await world.phone('bob'), await world.phone('carol')];
  const first = world.place(bob, undefined, { callId: testCallId(7) });
  await world.run(10);
  bob.call.invite.reject(503);
  await world.run(10);
  const second = world.place(carol, undefined, { callId: testCallId(7) });
  await world.run(10);
  carol.call.ring();
  await world.run(10);
  world.signaling.cancel(testCallId(7), 'hang-up');
  await world.run(100);
  assert.deepEqual(first.leg.events, ['placed', 'ended failed by remote 503']);
  assert.deepEqual(second.leg.events.at(-1), 'ended cancelled by local 487');
  assert.notEqual(bob.call.request.callId, carol.call.request.callId);
  await world.close();
});

test('rule 15: a phone that never replies MUST end as failed after Timer B, at the fault of the way', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  world.network.filter = ({ to }) => to.address !== bob.address;
  const { leg } = world.place(bob);
  await world.run(31_000);
  assert.deepEqual(leg.events, ['placed']);
  await world.run(2000);
  assert.deepEqual(leg.events, ['placed', 'ended failed by remote 0']);
  assert.equal(leg.end?.tryNextRoute, true);
  await world.close();
});

test('a phone that never replies, given up meanwhile, MUST end as cancelled', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  world.network.filter = ({ to }) => to.address !== bob.address;
  const { leg, callId } = world.place(bob);
  await world.run(1000);
  world.signaling.cancel(callId, 'elsewhere');
  await world.run(40_000);
  assert.deepEqual(leg.events, ['placed', 'ended cancelled by local 0']);
  assert.deepEqual(world.requests('CANCEL'), []);
  await world.close();
});

test('no final reply after our CANCEL MUST end the leg as cancelled within 64*T1', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  await world.run(10);
  bob.call.ring();
  await world.run(10);
  world.network.filter = ({ to }) => to.address !== bob.address;
  world.signaling.cancel(callId, 'caller-gone');
  await world.run(33_000);
  assert.equal(leg.events.at(-1), 'ended cancelled by local 0');
  await world.close();
});

const UNPLACED = [
  ['a host that can not be resolved', { route: { kind: 'uri', uri: 'sip:bob@no.such.host' } }, true],
  ['no SIP URI', { route: { kind: 'uri', uri: 'sip:' } }, true],
  ['a trunk that is gone', { route: { kind: 'trunk', trunkId: 'x', number: '+1555' } }, true],
  ['a contact that is gone', { route: { kind: 'contact', aor: 'bob@test', contactId: 'x', uri: '' } }, true],
  ['a header that may not be set', { headers: { Via: 'x' } }, false],
  ['a header with a line end', { headers: { 'X-A': 'a\r\nVia: x' } }, false],
] as const;

for (const [title, members, tryNextRoute] of UNPLACED) {
  test(`rule 3: ${title} MUST end the leg as failed at once, and say why`, async () => {
    const world = await SignalingWorld.open();
    const bob = await world.phone('bob');
    const { leg } = world.place(bob, undefined, members);
    await world.run(100);
    assert.match(leg.events.at(-1) ?? '', /^ended failed by (local|remote) 0$/);
    assert.notEqual(leg.end?.detail, '');
    assert.equal(leg.end?.tryNextRoute, tryNextRoute);
    assert.deepEqual(bob.calls, []);
    await world.close();
  });
}

test('the INVITE MUST say who calls and what the destination adds, and have hops of its own', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { callId } = world.place(bob, undefined, {
    source: testAddress({ type: 'tel', target: '+15550100', name: 'Alice "A"' }),
    headers: { 'X-Queue': 'sales', 'Alert-Info': '<urn:alert:service:normal>' },
  });
  await world.run(10);
  const { request } = bob.call;
  assert.equal(request.uri.toString(), bob.uri);
  assert.equal(request.from.displayName, 'Alice "A"');
  assert.equal(request.from.uri.toString(), 'sip:+15550100@test');
  assert.equal(request.header('X-Queue'), 'sales');
  assert.equal(request.header('Alert-Info'), '<urn:alert:service:normal>');
  assert.equal(request.header('P-Asserted-Identity'), undefined);
  assert.equal(request.header('Privacy'), undefined);
  assert.equal(request.maxForwards, 70);
  bob.call.ring();
  world.signaling.cancel(callId, 'hang-up');
  await world.close();
});

test('RFC 3323: the INVITE of a caller who is to stay unknown MUST NOT name him anywhere', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { callId } = world.place(bob, undefined, { anonymous: true, callerId: '+15550100' });
  await world.run(10);
  const { request } = bob.call;
  assert.equal(request.header('Privacy'), 'id');
  assert.equal(request.from.uri.toString(), 'sip:anonymous@anonymous.invalid');
  assert.doesNotMatch(request.toBuffer().toString(), /5550100|Alice/);
  bob.call.ring();
  world.signaling.cancel(callId, 'hang-up');
  await world.close();
});

test('MUST call a number through a trunk: its host, its credentials, the asserted identity', async () => {
  const world = await SignalingWorld.open();
  const carrier = await world.phone('carrier');
  const trunk = testTrunk({ host: carrier.address, username: 'us', password: 'pw' });
  world.trunks.push(trunk);
  const digest = new DigestServer({ clock: world.clock, ids: world.ids });
  const { leg, callId } = world.place(carrier, undefined, {
    route: { kind: 'trunk', trunkId: trunk.id, number: '+15550199' },
  });
  await world.run(10);
  const challenge = digest.challenge('carrier').map((value) => ['WWW-Authenticate', value] as const);
  carrier.call.invite.reject(401, { headers: challenge });
  await world.run(10);
  const { request } = carrier.call;
  assert.equal(carrier.calls.length, 2);
  assert.ok(request.uri.equals(SipUri.parse(`sip:+15550199@${carrier.address}:5060;user=phone`)));
  assert.equal(request.header('P-Asserted-Identity'), `"Alice" <sip:+15550100@${carrier.address}>`);
  const verdict = await digest.verify(request, 'INVITE', () =>
    Promise.resolve({
      md5: ha1('us', 'carrier', 'pw', 'MD5'),
      sha256: ha1('us', 'carrier', 'pw', 'SHA-256'),
    }),
  );
  assert.deepEqual(verdict, { ok: true, username: 'us' });
  assert.deepEqual(leg.events, ['placed']);
  carrier.call.ring();
  world.signaling.cancel(callId, 'hang-up');
  await world.close();
});

test('a further 200 of a downstream fork MUST get ACK and BYE, and end nothing', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const { leg, callId } = world.place(bob);
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(10);
  const answer = world.sentBy(bob.address).find((message) => 'status' in message && message.status === 200);
  assert.ok(answer);
  answer.setHeader('To', `${answer.header('To')?.split(';tag=')[0] ?? ''};tag=another`);
  const socket = await world.network.bindDatagram(
    { address: bob.address, port: 5070 },
    { onDatagram: () => undefined, onError: assert.ifError },
  );
  socket.send(answer.toBuffer(), { address: SERVER, port: 5060 });
  await world.run(100);
  const byes = world.requests('BYE');
  assert.deepEqual(
    byes.map((bye) => [bye.to.tag, bye.headerValues('Reason').join(', ')]),
    [['another', ELSEWHERE]],
  );
  assert.ok(world.requests('ACK').some((ack) => ack.to.tag === 'another'));
  assert.equal(leg.events.at(-1), 'answered');
  world.signaling.release(callId, 'hang-up');
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended normal by local 200');
  await world.close();
});
