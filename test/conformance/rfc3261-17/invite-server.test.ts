import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SipResponse } from '@groupcall/sip';
import {
  type InviteServerInput,
  type InviteServerState,
  inviteServerTransition,
} from '../../../packages/sip/src/transaction/invite-server-transition.ts';
import { checkTable } from './check-table.ts';
import { TransactionWorld } from './transaction-world.ts';

const STATES: readonly InviteServerState[] = ['proceeding', 'accepted', 'completed', 'confirmed', 'terminated'];
const INPUTS: readonly InviteServerInput[] = [
  'invite',
  'ack',
  'respond-1xx',
  'respond-2xx',
  'respond-300-699',
  'timer-trying',
  'timer-g',
  'timer-h',
  'timer-i',
  'timer-l',
  'transport-error',
];

suite('RFC 3261 §17.2.1, RFC 6026 §7.1: every input in every state', () => {
  checkTable(inviteServerTransition, STATES, INPUTS, [
    ['proceeding', 'invite', 'MUST send the last provisional response again (§17.2.1)', 'proceeding', ['send-again']],
    ['proceeding', 'respond-1xx', 'MUST send a 1xx (§17.2.1)', 'proceeding', ['stop-timer-trying', 'send']],
    [
      'proceeding',
      'respond-2xx',
      'MUST send a 2xx and stay (6026 §7.1)',
      'accepted',
      ['stop-timer-trying', 'start-timer-l', 'send'],
    ],
    [
      'proceeding',
      'respond-300-699',
      'MUST send a failure and wait for its ACK (§17.2.1)',
      'completed',
      ['stop-timer-trying', 'start-timers-g-h', 'send'],
    ],
    ['proceeding', 'timer-trying', 'MUST send 100 after 200 ms (§17.2.1)', 'proceeding', ['send-trying']],
    [
      'proceeding',
      'transport-error',
      'MUST tell it and keep the state (6026 §7.1)',
      'proceeding',
      ['tell-transport-error'],
    ],
    ['accepted', 'ack', 'MUST pass the ACK up (6026 §7.1)', 'accepted', ['tell-ack']],
    ['accepted', 'respond-2xx', 'MUST send the 2xx of the user again (6026 §7.1)', 'accepted', ['send']],
    ['accepted', 'timer-l', 'MUST end after timer L (6026 §7.1)', 'terminated', []],
    [
      'accepted',
      'transport-error',
      'MUST tell it and keep the state (6026 §7.1)',
      'accepted',
      ['tell-transport-error'],
    ],
    ['completed', 'invite', 'MUST send the final response again (§17.2.1)', 'completed', ['send-again']],
    ['completed', 'ack', 'MUST stop sending at the ACK (§17.2.1)', 'confirmed', ['stop-timers-g-h', 'start-timer-i']],
    [
      'completed',
      'timer-g',
      'MUST send the final response again (§17.2.1)',
      'completed',
      ['send-again', 'start-timer-g'],
    ],
    ['completed', 'timer-h', 'MUST tell that no ACK came (§17.2.1)', 'terminated', ['tell-timeout']],
    [
      'completed',
      'transport-error',
      'MUST tell it and keep the state (6026 §7.1)',
      'completed',
      ['tell-transport-error'],
    ],
    ['confirmed', 'timer-i', 'MUST end after timer I (§17.2.1)', 'terminated', []],
  ]);
});

async function invited(protocol: 'udp' | 'tcp', status: number): Promise<TransactionWorld> {
  const world = await TransactionWorld.start(protocol, 'server');
  world.sendRequest('INVITE');
  const server = world.servers[0]!;
  server.respond(SipResponse.replyTo(server.request, status, undefined, { toTag: 'callee' }));
  world.clock.advance(0);
  return world;
}

test('MUST send a failure again after T1, 2*T1 … at most T2, and give up after 64*T1 over UDP (timers G, H)', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('INVITE');
  const server = world.servers[0]!;
  server.respond(SipResponse.replyTo(server.request, 486, undefined, { toTag: 'callee' }));
  // The Via of this peer names its port, so the answer reaches it.
  world.clock.advance(31_999);
  const expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(world.timesOf('SIP/2.0 486'), expected);
  assert.equal(new Set(world.textsOf('SIP/2.0 486')).size, 1);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
  assert.equal(world.clock.pending, world.idle);
});

test('MUST NOT send a failure again over TCP (timer G), and MUST give up after 64*T1 (timer H)', async () => {
  const world = await invited('tcp', 486);
  world.clock.advance(31_999);
  assert.equal(world.timesOf('SIP/2.0 486').length, 1);
  assert.deepEqual(world.told, []);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
});

for (const [protocol, waitMs] of [
  ['udp', 5_000],
  ['tcp', 0],
] as const) {
  test(`MUST absorb ACKs for ${waitMs} ms over ${protocol} (timer I)`, async () => {
    const world = await invited(protocol, 486);
    world.sendRequest('ACK', { toTag: 'callee' });
    if (waitMs > 0) {
      world.sendRequest('ACK', { toTag: 'callee' });
      world.clock.advance(waitMs - 1);
      assert.deepEqual(world.told, []);
      world.clock.advance(1);
    }
    assert.deepEqual(world.told, ['terminated']);
    assert.equal(world.acks.length, 0);
  });

  test(`MUST absorb INVITEs and pass ACKs up for 64*T1 after a 2xx over ${protocol} (timer L)`, async () => {
    const world = await invited(protocol, 200);
    world.sendRequest('INVITE');
    world.sendRequest('ACK', { toTag: 'callee' });
    world.clock.advance(31_999);
    assert.equal(world.timesOf('SIP/2.0 200').length, 1);
    assert.equal(world.servers.length, 1);
    assert.equal(world.acks.length, 1);
    assert.deepEqual(world.told, []);
    world.clock.advance(1);
    assert.deepEqual(world.told, ['terminated']);
  });

  test(`MUST send 100 after 200 ms over ${protocol}, unless the user has answered (§17.2.1)`, async () => {
    const world = await TransactionWorld.start(protocol, 'server');
    world.sendRequest('INVITE');
    world.clock.advance(199);
    assert.deepEqual(world.timesOf('SIP/2.0 100'), []);
    world.clock.advance(1);
    assert.equal(world.timesOf('SIP/2.0 100').length, 1);
    const answered = await invited(protocol, 180);
    answered.clock.advance(1_000);
    assert.deepEqual(answered.timesOf('SIP/2.0 100'), []);
  });
}
