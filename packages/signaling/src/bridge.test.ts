import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeaderLine, type ReinviteResult, type SipRequest, SipResponse } from '@groupcall/sip';
import { phoneSdp } from './testing/test-phone.ts';
import { SERVER, SignalingWorld } from './testing/signaling-world.test.ts';

const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26';
const NORMAL = 'Q.850;cause=16;text="Normal call clearing"';

/** Alice calls, and bob is rung for her. */
async function ring(options: Parameters<SignalingWorld['incoming']>[1] = {}) {
  const world = await SignalingWorld.open();
  const [alice, bob] = [await world.phone('alice'), await world.phone('bob')];
  const { dialled, caller, callerId } = await world.incoming(alice, options);
  const { leg, callId } = world.place(bob, callerId);
  await world.run(10);
  return { world, alice, bob, dialled, caller, callerId, leg, callId, call: bob.call };
}

/** … and they talk. */
async function talk(options: Parameters<SignalingWorld['incoming']>[1] = {}) {
  const parts = await ring(options);
  const { world, call, callId } = parts;
  call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(100);
  return {
    ...parts,
    end: async () => {
      world.signaling.release(callId, 'normal');
      world.signaling.callerRelease(parts.callerId, 'normal');
      await world.close();
    },
  };
}

test('MUST pass the caller’s offer to the phone and the phone’s answer to the caller, unharmed, and ACK both', async () => {
  const { alice, bob, dialled, call, world, end } = await talk();
  assert.equal(call.request.body.toString(), alice.sdp);
  assert.deepEqual(dialled.events, ['200 SDP']);
  assert.equal(dialled.answer?.response.body.toString(), bob.sdp);
  assert.deepEqual(call.events, ['ACK']);
  assert.equal(world.media.size, 0);
  await end();
});

test('MUST pass a body of several parts byte by byte, with all that says what it is', async () => {
  const body = [
    '--b',
    'Content-Type: application/isup',
    '',
    '\u0001\u0002',
    '--b',
    'Content-Type: application/sdp',
    '',
    phoneSdp('10.0.0.11', 4000),
    '--b--',
    '',
  ].join('\r\n');
  const { call, end } = await talk({
    sdp: body,
    contentType: 'multipart/mixed;boundary=b',
    headers: [
      ['MIME-Version', '1.0'],
      ['Content-Disposition', 'session;handling=optional'],
    ],
  });
  assert.equal(call.request.body.toString(), body);
  assert.equal(call.request.header('Content-Type'), 'multipart/mixed;boundary=b');
  assert.equal(call.request.header('MIME-Version'), '1.0');
  assert.equal(call.request.header('Content-Disposition'), 'session;handling=optional');
  await end();
});

test('RFC 3261 §16.6: the phone MUST get the caller’s Max-Forwards less one', async () => {
  const { call, end } = await talk({ maxForwards: 7 });
  assert.equal(call.request.maxForwards, 6);
  await end();
});

type Said = '180' | '183 SDP' | '183';

const ORDERS: readonly (readonly [said: readonly Said[], heard: readonly string[]])[] = [
  [[], ['200 SDP']],
  [['180'], ['180', '200 SDP']],
  [['183 SDP'], ['183 SDP', '200 SDP']],
  [
    ['180', '183 SDP'],
    ['180', '183 SDP', '200 SDP'],
  ],
  [
    ['183 SDP', '180'],
    ['183 SDP', '180', '200 SDP'],
  ],
  [['183'], ['180', '200 SDP']],
];

for (const [said, heard] of ORDERS) {
  test(`rule 19: a caller whose engine passes on ${said.join(', ') || 'nothing'} MUST hear ${heard.join(', ')}`, async () => {
    const { world, bob, dialled, callerId, callId, call, leg } = await ring();
    leg.react = (event) => {
      if (event.endsWith('early')) world.signaling.callerProgress(callerId, callId);
      else if (event.startsWith('ringing')) world.signaling.callerRinging(callerId);
      else if (event === 'answered') world.signaling.connect(callId);
    };
    for (const status of said) {
      call.ring(status === '180' ? 180 : 183, status === '183 SDP' ? { body: bob.sdp } : {});
      await world.run(10);
    }
    call.answer();
    await world.run(100);
    assert.deepEqual(dialled.events, heard);
    const early = dialled.responses.find(({ status }) => status === 183);
    if (early !== undefined) assert.equal(early.body.toString(), bob.sdp);
    world.signaling.release(callId, 'normal');
    world.signaling.callerRelease(callerId, 'normal');
    await world.close();
  });
}

test('a 200 that does not repeat the answer of a 183 MUST bring it to the caller all the same', async () => {
  const { world, bob, dialled, callerId, callId, call } = await ring();
  call.ring(183, { body: bob.sdp });
  await world.run(10);
  call.answer({});
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(10);
  assert.deepEqual(dialled.events, ['200 SDP']);
  world.signaling.release(callId, 'normal');
  world.signaling.callerRelease(callerId, 'normal');
  await world.close();
});

test('early media of a phone that has none MUST be heard as ringing', async () => {
  const { world, dialled, callerId, callId } = await ring();
  world.signaling.callerProgress(callerId, callId);
  await world.run(10);
  assert.deepEqual(dialled.events, ['180']);
  world.signaling.callerReject(callerId, 480);
  world.signaling.cancel(callId, 'hang-up');
  await world.close();
});

test('RFC 3261 §13.2.1: a caller that makes no offer MUST get the phone’s, and the phone the answer of its ACK', async () => {
  const { world, alice, bob, dialled, callerId, callId, call } = await ring({ sdp: undefined });
  assert.equal(call.request.body.length, 0);
  dialled.holdsAck = true;
  call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(100);
  assert.deepEqual(dialled.events, ['200 SDP']);
  assert.equal(dialled.answer?.response.body.toString(), bob.sdp);
  assert.deepEqual(call.events, [], 'the ACK has to wait for the answer');
  dialled.answer.acknowledge(alice.sdp);
  await world.run(100);
  assert.deepEqual(call.events, ['ACK']);
  assert.equal(call.acks[0]?.body.toString(), alice.sdp);
  assert.equal(call.acks[0].contentType, 'application/sdp');
  world.signaling.release(callId, 'normal');
  world.signaling.callerRelease(callerId, 'normal');
  await world.close();
});

test('early media MUST NOT reach a caller that made no offer', async () => {
  const { world, bob, dialled, callerId, callId, call } = await ring({ sdp: undefined });
  call.ring(183, { body: bob.sdp });
  await world.run(10);
  world.signaling.callerProgress(callerId, callId);
  await world.run(10);
  assert.deepEqual(dialled.events, ['180']);
  world.signaling.callerReject(callerId, 480);
  world.signaling.cancel(callId, 'hang-up');
  await world.close();
});

test('a caller that made no offer and never ACKs MUST be told as gone, and the phone be hung up', async () => {
  const { world, dialled, caller, callId, call, leg } = await ring({ sdp: undefined });
  caller.react = (event) => {
    if (event.startsWith('gone')) world.signaling.release(callId, 'caller-gone');
  };
  dialled.holdsAck = true;
  call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(40_000);
  assert.deepEqual(caller.events, ['gone no-ack by remote', 'ended no-ack by remote']);
  // The phone has waited for its ACK as long, and may hang up first.
  assert.match(leg.events.at(-1) ?? '', /^ended/);
  assert.equal(call.dialog?.state, 'terminated');
  await world.close();
});

for (const side of ['caller', 'phone'] as const) {
  test(`a re-INVITE of the ${side} MUST go to the other side, and its answer back`, async () => {
    const { world, alice, bob, dialled, call, end } = await talk();
    const [from, to] =
      side === 'caller' ? [dialled.answer?.dialog, call.dialog] : [call.dialog, dialled.answer?.dialog];
    assert.ok(from && to);
    const [offer, answer] = [phoneSdp(alice.address, 4444, 'sendonly'), phoneSdp(bob.address, 5555, 'recvonly')];
    let received = '';
    to.onReinvite = (invite) => {
      received = invite.request.body.toString();
      invite.respond(200, { body: answer });
    };
    const result = await passed(world, from.reinvite({ body: offer }));
    assert.equal(received, offer);
    assert.equal(result.response.status, 200);
    assert.equal(result.response.body.toString(), answer);
    await end();
  });

  for (const [status, expected] of [
    [488, 488],
    [491, 491],
    [500, 500],
    [603, 603],
    [401, 488],
    [302, 488],
  ] as const) {
    test(`a re-INVITE of the ${side} that the other side refuses with ${status} MUST fail with ${expected}, and the call go on`, async () => {
      const { world, bob, dialled, call, caller, leg, end } = await talk();
      const [from, to] =
        side === 'caller' ? [dialled.answer?.dialog, call.dialog] : [call.dialog, dialled.answer?.dialog];
      assert.ok(from && to);
      to.onReinvite = (invite) => {
        invite.respond(status, { headers: [['Retry-After', '7']] });
      };
      const result = await passed(world, from.reinvite({ body: phoneSdp(bob.address, 5555) }));
      assert.equal(result.response.status, expected);
      assert.equal(result.response.header('Retry-After'), '7');
      assert.deepEqual(caller.events, []);
      assert.equal(leg.events.at(-1), 'answered');
      await end();
    });
  }
}

function reply(request: SipRequest, status: number, headers: readonly HeaderLine[] = []): SipResponse {
  return SipResponse.replyTo(request, status, undefined, { headers });
}

/** Awaits a re-INVITE through the server, and ACKs it. */
async function passed(world: SignalingWorld, sent: Promise<ReinviteResult>): Promise<ReinviteResult> {
  const waiting = sent.then((result) => {
    result.acknowledge();
    return result;
  });
  await world.run(200);
  return waiting;
}

test('RFC 3261 §14.2: a re-INVITE without an offer MUST bring what the other side last said, and disturb nobody', async () => {
  const { world, alice, bob, dialled, call, end } = await talk();
  const [one, other] = [dialled.answer?.dialog, call.dialog];
  assert.ok(one && other);
  assert.equal((await passed(world, one.reinvite())).response.body.toString(), bob.sdp);
  assert.equal((await passed(world, other.reinvite())).response.body.toString(), alice.sdp);
  const held = phoneSdp(bob.address, 4000, 'recvonly');
  other.onReinvite = (invite) => {
    invite.respond(200, { body: held });
  };
  await passed(world, one.reinvite({ body: phoneSdp(alice.address, 4000, 'sendonly') }));
  assert.equal((await passed(world, one.reinvite())).response.body.toString(), held);
  assert.equal(world.requests('INVITE').length, 2);
  await end();
});

test('RFC 3261 §14.1: re-INVITEs of both sides that meet MUST both fail with 491, and work when tried again', async () => {
  const { world, alice, bob, dialled, call, end } = await talk();
  const [one, other] = [dialled.answer?.dialog, call.dialog];
  assert.ok(one && other);
  for (const dialog of [one, other]) {
    dialog.onReinvite = (invite) => {
      invite.respond(200, { body: phoneSdp(bob.address, 5555) });
    };
  }
  const both = Promise.all([
    passed(world, one.reinvite({ body: phoneSdp(alice.address, 4444) })),
    passed(world, other.reinvite({ body: phoneSdp(bob.address, 5555) })),
  ]);
  await world.run(1000);
  assert.deepEqual(
    (await both).map(({ response }) => response.status),
    [491, 491],
  );
  const again = await passed(world, one.reinvite({ body: phoneSdp(alice.address, 4444) }));
  assert.equal(again.response.status, 200);
  await end();
});

test('INFO of either side MUST go to the other with its body, and the reply back', async () => {
  const { world, dialled, call, end } = await talk();
  const [one, other] = [dialled.answer?.dialog, call.dialog];
  assert.ok(one && other);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    let received = '';
    to.onRequest = (transaction, request) => {
      received = `${request.header('Content-Type') ?? ''} ${request.header('Info-Package') ?? ''} ${request.body.toString()}`;
      transaction.respond(reply(request, 200));
    };
    const sent = from.request('INFO', {
      body: 'Signal=5',
      contentType: 'application/dtmf-relay',
      headers: [['Info-Package', 'dtmf']],
    });
    await world.run(100);
    assert.equal((await sent).status, 200);
    assert.equal(received, 'application/dtmf-relay dtmf Signal=5');
  }
  await end();
});

test('the refusal of an INFO MUST go back too, and other methods get 405', async () => {
  const { world, dialled, call, end } = await talk();
  assert.ok(dialled.answer && call.dialog);
  call.dialog.onRequest = (transaction, request) => {
    transaction.respond(reply(request, 415, [['Accept', 'text/plain']]));
  };
  const sent = dialled.answer.dialog.request('INFO', { body: 'x', contentType: 'application/x' });
  const other = dialled.answer.dialog.request('NOTIFY');
  await world.run(100);
  const response = await sent;
  assert.deepEqual([response.status, response.header('Accept')], [415, 'text/plain']);
  assert.equal((await other).status, 405);
  await end();
});

test('rule 14: the caller’s BYE MUST be told, and the engine’s release reach the phone', async () => {
  const { world, dialled, caller, callId, call, leg } = await talk();
  caller.react = (event) => {
    if (event.startsWith('gone')) world.signaling.release(callId, 'normal');
  };
  dialled.answer?.dialog.bye();
  await world.run(100);
  assert.deepEqual(caller.events, ['gone bye by remote', 'ended bye by remote']);
  assert.deepEqual(call.events, ['ACK', `BYE ${NORMAL}`, 'ended bye-received']);
  assert.equal(leg.events.at(-1), 'ended normal by local 200');
  await world.close();
});

test('the phone’s BYE MUST be told, and the engine’s release reach the caller', async () => {
  const { world, dialled, caller, callerId, call, leg } = await talk();
  leg.react = (event) => {
    if (event.startsWith('ended')) world.signaling.callerRelease(callerId, 'normal');
  };
  call.dialog?.bye();
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended normal by remote 200');
  assert.deepEqual(dialled.events, ['200 SDP', `BYE ${NORMAL}`, 'ended bye-received']);
  assert.deepEqual(caller.events, ['ended bye by local']);
  await world.close();
});

test('BYEs of both sides that cross MUST end both, once', async () => {
  const { world, dialled, caller, callerId, callId, call, leg } = await talk();
  caller.react = (event) => {
    if (event.startsWith('gone')) world.signaling.release(callId, 'normal');
  };
  leg.react = (event) => {
    if (event.startsWith('ended')) world.signaling.callerRelease(callerId, 'normal');
  };
  dialled.answer?.dialog.bye();
  call.dialog?.bye();
  await world.run(1000);
  assert.deepEqual(caller.events, ['gone bye by remote', 'ended bye by remote']);
  assert.equal(leg.events.filter((event) => event.startsWith('ended')).length, 1);
  await world.close();
});

test('rule 21: a caller’s CANCEL in the tick of the winner’s 200 MUST leave no phone in a dead call', async () => {
  for (const first of ['CANCEL', '200'] as const) {
    const { world, dialled, caller, callId, call, leg } = await ring();
    call.ring();
    await world.run(10);
    world.signaling.callerRinging(caller.call.callId);
    await world.run(10);
    leg.react = (event) => {
      if (event === 'answered') world.signaling.connect(callId);
    };
    caller.react = (event) => {
      if (event.startsWith('gone')) world.signaling.release(callId, 'caller-gone');
    };
    const acts = [
      () => {
        dialled.invite.cancel();
      },
      () => {
        call.answer();
      },
    ];
    for (const act of first === 'CANCEL' ? acts : acts.toReversed()) act();
    world.clock.advance(1);
    await world.run(5000);
    assert.match(caller.events[0] ?? '', /^gone/, first);
    assert.match(caller.events.at(-1) ?? '', /^ended/, first);
    assert.equal(call.events[0], 'ACK', first);
    assert.match(call.events[1] ?? '', /^BYE/, first);
    assert.match(leg.events.at(-1) ?? '', /^ended/, first);
    await world.close();
  }
});

test('the losers MUST be told "elsewhere", the winner nothing', async () => {
  const { world, callerId, call, callId } = await ring();
  const carol = await world.phone('carol');
  const loser = world.place(carol, callerId);
  await world.run(10);
  call.ring();
  carol.call.ring();
  await world.run(10);
  call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  world.signaling.cancel(loser.callId, 'elsewhere');
  await world.run(100);
  assert.deepEqual(carol.call.events, [`CANCEL ${ELSEWHERE}`]);
  assert.deepEqual(call.events, ['ACK']);
  world.signaling.release(callId, 'normal');
  world.signaling.callerRelease(callerId, 'normal');
  await world.close();
});

test('a phone that answers a caller’s offer without a session description MUST be hung up and never win', async () => {
  const { world, callerId, call, leg } = await ring();
  call.answer({});
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended failed by local 200');
  assert.equal(call.events[0], 'ACK');
  world.signaling.callerReject(callerId, 480);
  await world.close();
});

test('a leg for a caller that is gone MUST end at once', async () => {
  const { world, bob, callerId, callId } = await ring();
  world.signaling.cancel(callId, 'hang-up');
  bob.call.ring();
  world.signaling.callerReject(callerId, 480);
  const { leg } = world.place(bob, callerId);
  assert.deepEqual(leg.events, []);
  await world.run(10);
  assert.deepEqual(leg.events, ['ended failed by local 0']);
  await world.close();
});

test('the server MUST stay out of the audio of a call with a caller', async () => {
  const { world, end } = await talk();
  await world.run(1000);
  assert.ok(world.network.sent.every(({ from, to }) => from.address !== SERVER || to.port === 5060));
  await end();
});
