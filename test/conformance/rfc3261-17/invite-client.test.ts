import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type InviteClientInput,
  type InviteClientState,
  inviteClientTransition,
} from '../../../packages/sip/src/transaction/invite-client-transition.ts';
import { checkTable } from './check-table.ts';
import { TransactionWorld } from './transaction-world.ts';

const STATES: readonly InviteClientState[] = ['calling', 'proceeding', 'accepted', 'completed', 'terminated'];
const INPUTS: readonly InviteClientInput[] = [
  '1xx',
  '2xx',
  '300-699',
  'timer-a',
  'timer-b',
  'timer-d',
  'timer-m',
  'transport-error',
];

suite('RFC 3261 §17.1.1, RFC 6026 §7.2: every input in every state', () => {
  checkTable(inviteClientTransition, STATES, INPUTS, [
    [
      'calling',
      '1xx',
      'MUST pass a 1xx up and stop sending again (§17.1.1.2)',
      'proceeding',
      ['stop-timers-a-b', 'tell-response'],
    ],
    [
      'calling',
      '2xx',
      'MUST pass a 2xx up and wait for more (6026 §8.4)',
      'accepted',
      ['stop-timers-a-b', 'start-timer-m', 'tell-response'],
    ],
    [
      'calling',
      '300-699',
      'MUST acknowledge a failure and pass it up (§17.1.1.2)',
      'completed',
      ['stop-timers-a-b', 'start-timer-d', 'send-ack', 'tell-response'],
    ],
    [
      'calling',
      'timer-a',
      'MUST send again and wait twice as long (§17.1.1.2)',
      'calling',
      ['resend', 'start-timer-a'],
    ],
    ['calling', 'timer-b', 'MUST tell a timeout and not ACK (§17.1.1.2)', 'terminated', ['tell-timeout']],
    ['calling', 'transport-error', 'MUST tell that it did not leave (§17.1.4)', 'terminated', ['tell-transport-error']],
    ['proceeding', '1xx', 'MUST pass further 1xx up (§17.1.1.2)', 'proceeding', ['tell-response']],
    [
      'proceeding',
      '2xx',
      'MUST pass a 2xx up and wait for more (6026 §8.4)',
      'accepted',
      ['start-timer-m', 'tell-response'],
    ],
    [
      'proceeding',
      '300-699',
      'MUST acknowledge a failure and pass it up (§17.1.1.2)',
      'completed',
      ['start-timer-d', 'send-ack', 'tell-response'],
    ],
    ['accepted', '2xx', 'MUST pass every 2xx up (6026 §7.2)', 'accepted', ['tell-response']],
    ['accepted', 'timer-m', 'MUST end after timer M (6026 §7.2)', 'terminated', []],
    ['completed', '2xx', 'MUST pass a 2xx of another fork up (§16.7)', 'completed', ['tell-response']],
    ['completed', '300-699', 'MUST acknowledge again and pass nothing up (§17.1.1.2)', 'completed', ['send-ack']],
    ['completed', 'timer-d', 'MUST end after timer D (§17.1.1.2)', 'terminated', []],
    [
      'completed',
      'transport-error',
      'MUST tell that the ACK did not leave (§17.1.1.2)',
      'terminated',
      ['tell-transport-error'],
    ],
  ]);
});

test('MUST send again after T1, 2*T1, 4*T1 … and give up after 64*T1 over UDP (timers A, B)', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  world.request('INVITE');
  world.clock.advance(31_999);
  assert.deepEqual(world.timesOf('INVITE'), [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
  assert.deepEqual(world.told, []);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
  assert.equal(world.clock.pending, world.idle);
});

test('MUST NOT send again over TCP (timer A), and MUST give up after 64*T1 (timer B)', async () => {
  const world = await TransactionWorld.start('tcp', 'client');
  world.request('INVITE');
  world.clock.advance(31_999);
  assert.deepEqual(world.timesOf('INVITE').length, 1);
  assert.deepEqual(world.told, []);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
});

for (const [protocol, waitMs] of [
  ['udp', 32_000],
  ['tcp', 0],
] as const) {
  test(`MUST stay completed for ${waitMs} ms over ${protocol} (timer D)`, async () => {
    const world = await TransactionWorld.start(protocol, 'client');
    const client = world.request('INVITE');
    world.clock.advance(0);
    world.answer(client, 180);
    world.answer(client, 486);
    if (waitMs > 0) {
      world.clock.advance(waitMs - 1);
      assert.equal(client.state, 'completed');
      world.clock.advance(1);
    }
    assert.equal(client.state, 'terminated');
    assert.deepEqual(world.told, ['180', '486', 'terminated']);
  });

  test(`MUST pass every 2xx up for 64*T1 over ${protocol} (timer M)`, async () => {
    const world = await TransactionWorld.start(protocol, 'client');
    const client = world.request('INVITE');
    world.clock.advance(0);
    world.answer(client, 200);
    world.clock.advance(31_998);
    world.answer(client, 200, 'other');
    assert.equal(client.state, 'accepted');
    world.clock.advance(2);
    assert.equal(client.state, 'terminated');
    assert.deepEqual(world.told, ['200', '200', 'terminated']);
    world.answer(client, 200);
    assert.equal(world.strays.length, 1);
  });
}
