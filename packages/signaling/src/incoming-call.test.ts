import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseReason } from '@groupcall/engine';
import { testCustomer, testCustomerId, testTrunk } from '@groupcall/testkit';
import { PASSWORD, RecordedCaller, SERVER, SignalingWorld } from './testing/signaling-world.test.ts';

test('MUST challenge a caller, and let in who proves an account', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  const { dialled, caller, callerId } = await world.incoming(alice);
  const { call } = caller;
  assert.equal(world.requests('INVITE', alice.address).length, 2);
  assert.deepEqual(
    [call.from, call.customerId, call.dialled, call.dialledDomain, call.sipCallId],
    ['extension', testCustomerId(), '100', 'test', dialled.invite.callId],
  );
  assert.deepEqual(call.source, {
    type: 'extension',
    target: 'alice@test',
    targetName: 'alice',
    name: 'Phone of alice',
    detail: '',
  });
  world.signaling.callerReject(callerId, 404);
  await world.run(100);
  assert.deepEqual(dialled.events, ['404']);
  assert.deepEqual(caller.events, ['ended rejected by local']);
  await world.close();
});

test('MUST show the account and not what the phone claims to be', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  const { caller, callerId } = await world.incoming(alice, { from: '"Boss" <sip:boss@test>' });
  assert.equal(caller.call.source.target, 'alice@test');
  world.signaling.callerReject(callerId, 404);
  await world.close();
});

for (const [title, options] of [
  ['by From', { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' }],
  ['by Privacy', { headers: [['Privacy', 'id;critical']] }],
] as const) {
  test(`RFC 3323: a caller that asks to stay unknown ${title} MUST be so, but in the record`, async () => {
    const world = await SignalingWorld.open();
    const alice = await world.phone('alice');
    const { caller, callerId } = await world.incoming(alice, options);
    assert.deepEqual(caller.call.source, {
      type: 'sip',
      target: 'sip:anonymous@anonymous.invalid',
      targetName: '',
      name: 'Anonymous',
      detail: 'alice@test',
    });
    world.signaling.callerReject(callerId, 404);
    await world.close();
  });
}

for (const host of [SERVER, 'localhost']) {
  test(`a caller that names this server ${host} MUST be one of the default customer`, async () => {
    const world = await SignalingWorld.open();
    const alice = await world.phone('alice');
    const { caller, callerId } = await world.incoming(alice, { host });
    assert.equal(caller.call.customerId, world.customer.customerId);
    assert.equal(caller.call.dialledDomain, host);
    world.signaling.callerReject(callerId, 404);
    await world.close();
  });
}

test('MUST NOT let in a wrong password, nobody’s account, or the account of another customer', async () => {
  const world = await SignalingWorld.open();
  world.customers.push(testCustomer({ customerId: testCustomerId(2), domain: 'other' }));
  const alice = await world.phone('alice');
  const calls = [
    alice.dial('100', { credentials: { username: 'alice', password: 'wrong' } }),
    alice.dial('100', { credentials: { username: 'nobody', password: PASSWORD } }),
    alice.dial('100', { credentials: { username: 'alice', password: PASSWORD }, host: 'other' }),
    alice.dial('100'),
  ];
  await world.run(1000);
  for (const { events } of calls) assert.deepEqual(events, ['401']);
  assert.deepEqual(world.callers, []);
  assert.equal(world.signaling.counters.failed, 3);
  await world.close();
});

test('MUST mute a source that keeps guessing, also for a right password, for a while', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  for (let guess = 0; guess < 3; guess++) {
    alice.dial('100', { credentials: { username: 'alice', password: `guess ${guess}` } });
    await world.run(100);
  }
  const muted = alice.dial('100', { credentials: { username: 'alice', password: PASSWORD } });
  await world.run(100);
  assert.deepEqual(muted.events, ['403']);
  assert.equal(world.signaling.counters.muted, 1);
  await world.run(60_000);
  const { callerId } = await world.incoming(alice);
  world.signaling.callerReject(callerId, 404);
  await world.close();
});

for (const source of ['10.0.0.11', '10.0.0.11:5060']) {
  test(`a trunk that sends from ${source} MUST need no digest`, async () => {
    const world = await SignalingWorld.open();
    const carrier = await world.phone('carrier');
    world.trunks.push(testTrunk({ customerId: testCustomerId(3), sourceAddresses: [source] }));
    carrier.dial('+15550100', { from: '"Eve" <sip:+1-555-0199@carrier.example>', host: SERVER });
    await world.run(100);
    const { call } = world.caller;
    assert.deepEqual([call.from, call.customerId, call.dialled], ['trunk', testCustomerId(3), '+15550100']);
    assert.deepEqual(call.source, { type: 'tel', target: '+15550199', targetName: '', name: 'Eve', detail: '' });
    world.signaling.callerReject(call.callId, 404);
    await world.close();
  });
}

test('another port of a trunk’s address MUST be challenged', async () => {
  const world = await SignalingWorld.open();
  const carrier = await world.phone('carrier');
  world.trunks.push(testTrunk({ sourceAddresses: [`${carrier.address}:5099`] }));
  const dialled = carrier.dial('+15550100');
  await world.run(100);
  assert.deepEqual(dialled.events, ['401']);
  await world.close();
});

const TRUNK_SOURCES = [
  ['a number without +', { from: '<sip:0301234@carrier.example;user=phone>' }, 'sip', 'sip:0301234@carrier.example'],
  [
    'the identity it asserts',
    {
      from: '<sip:x@carrier.example>',
      headers: [['P-Asserted-Identity', '"Eve" <sip:+15550199@carrier.example>, <tel:+15550199>']],
    },
    'tel',
    '+15550199',
  ],
  [
    'a tel URI that it asserts',
    { from: '<sip:x@carrier.example>', headers: [['P-Asserted-Identity', '<tel:+1-555-0199;x=y>']] },
    'tel',
    '+15550199',
  ],
  [
    'nobody, when privacy is asked for',
    {
      from: '<sip:x@carrier.example>',
      headers: [
        ['P-Asserted-Identity', '<sip:+15550199@carrier.example>'],
        ['Privacy', 'id'],
      ],
    },
    'sip',
    'sip:anonymous@anonymous.invalid',
  ],
] as const;

for (const [title, options, type, target] of TRUNK_SOURCES) {
  test(`RFC 3325: a trunk’s caller MUST be ${title}`, async () => {
    const world = await SignalingWorld.open();
    const carrier = await world.phone('carrier');
    world.trunks.push(testTrunk({ sourceAddresses: [carrier.address] }));
    carrier.dial('+15550100', options);
    await world.run(100);
    const { call } = world.caller;
    assert.deepEqual([call.source.type, call.source.target], [type, target]);
    world.signaling.callerReject(call.callId, 404);
    await world.close();
  });
}

test('RFC 3261 §8.1.1.6: Max-Forwards 0 MUST get 483, and nobody hears of it', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  const dialled = alice.dial('100', { maxForwards: 0 });
  await world.run(100);
  assert.deepEqual(dialled.events, ['483']);
  assert.deepEqual(world.callers, []);
  await world.close();
});

test('MUST tell the caller 180, and a refusal that the engine chose', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  for (const [sipCode, heard] of [
    [486, '486'],
    [503, '503'],
    [0, '480'],
    [200, '480'],
  ] as const) {
    const { dialled, callerId } = await world.incoming(alice);
    world.signaling.callerRinging(callerId);
    await world.run(10);
    world.signaling.callerReject(callerId, sipCode);
    world.signaling.callerReject(callerId, 404);
    world.signaling.callerRinging(callerId);
    await world.run(100);
    assert.deepEqual(dialled.events, ['180', heard]);
    if (sipCode === 503) assert.equal(dialled.responses.at(-1)?.header('Retry-After'), '10');
  }
  await world.close();
});

const REFUSALS: readonly (readonly [reason: ReleaseReason, status: number])[] = [
  ['hang-up', 480],
  ['total-timeout', 480],
  ['failed', 500],
  ['shutdown', 503],
];

for (const [reason, status] of REFUSALS) {
  test(`a caller that was never answered and is released for "${reason}" MUST be refused with ${status}`, async () => {
    const world = await SignalingWorld.open();
    const alice = await world.phone('alice');
    const { dialled, callerId, caller } = await world.incoming(alice);
    world.signaling.callerRelease(callerId, reason);
    await world.run(100);
    assert.deepEqual(dialled.events, [`${status}`]);
    assert.deepEqual(caller.events, ['ended rejected by local']);
    await world.close();
  });
}

test('rule 14: the caller’s CANCEL MUST be told as gone, then ended', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  const { dialled, callerId, caller } = await world.incoming(alice);
  world.signaling.callerRinging(callerId);
  await world.run(10);
  dialled.invite.cancel([['Reason', 'SIP;cause=487;text="Changed my mind"']]);
  await world.run(100);
  assert.deepEqual(dialled.events, ['180', '487']);
  assert.deepEqual(caller.events, ['gone cancel by remote', 'ended cancel by remote']);
  await world.close();
});

test('what happens before the engine listens MUST be told once it does, after attach() has returned', async () => {
  const world = await SignalingWorld.open();
  world.holdIncoming();
  const alice = await world.phone('alice');
  const { dialled, caller } = await world.incoming(alice);
  dialled.invite.cancel();
  await world.run(1000);
  const late = new RecordedCaller(caller.call);
  caller.call.attach(late);
  assert.deepEqual(late.events, []);
  await world.run(10);
  assert.deepEqual(late.events, ['gone cancel by remote', 'ended cancel by remote']);
  await world.close();
});

test('a CANCEL while the caller is being authenticated MUST end it, and nobody hears of it', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice');
  world.trunks.push(testTrunk({ sourceAddresses: [alice.address] }));
  let letIn: (() => void) | undefined;
  const trunk = world.trunks[0];
  const held = new Promise<typeof trunk>((resolve) => {
    letIn = () => {
      resolve(trunk);
    };
  });
  world.trunkOf = () => held;
  const dialled = alice.dial('100');
  await world.run(500);
  dialled.invite.cancel();
  await world.run(500);
  assert.deepEqual(dialled.events, ['487']);
  letIn?.();
  await world.run(100);
  assert.deepEqual(world.callers, []);
  await world.close();
});

test('RFC 3261 §13.3.1.4: a caller that never ACKs MUST be told as gone, and get BYE', async () => {
  const world = await SignalingWorld.open();
  const [alice, bob] = [await world.phone('alice'), await world.phone('bob')];
  const { dialled, callerId, caller } = await world.incoming(alice);
  dialled.holdsAck = true;
  const { callId } = world.place(bob, callerId);
  caller.react = (event) => {
    if (event.startsWith('gone')) world.signaling.release(callId, 'caller-gone');
  };
  await world.run(10);
  bob.call.answer();
  await world.run(10);
  world.signaling.connect(callId);
  await world.run(31_000);
  assert.deepEqual(caller.events, []);
  await world.run(2000);
  assert.deepEqual(caller.events, ['gone no-ack by remote', 'ended no-ack by remote']);
  assert.equal(world.requests('BYE').filter((bye) => bye.callId === caller.call.sipCallId).length, 1);
  await world.close();
});

test('a caller that can not be reached any more MUST be told as gone', async () => {
  const world = await SignalingWorld.open();
  const alice = await world.phone('alice', 'tcp');
  const { callerId, caller } = await world.incoming(alice);
  await alice.userAgent.close();
  await world.run(1000);
  world.signaling.callerRinging(callerId);
  await world.run(1000);
  assert.deepEqual(caller.events, ['gone failed by remote', 'ended failed by remote']);
  await world.close();
});
