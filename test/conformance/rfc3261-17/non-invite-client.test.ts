import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type NonInviteClientInput,
  type NonInviteClientState,
  nonInviteClientTransition,
} from '../../../packages/sip/src/transaction/non-invite-client-transition.ts';
import { checkTable } from './check-table.ts';
import { TransactionWorld } from './transaction-world.ts';

const STATES: readonly NonInviteClientState[] = ['trying', 'proceeding', 'completed', 'terminated'];
const INPUTS: readonly NonInviteClientInput[] = ['1xx', '200-699', 'timer-e', 'timer-f', 'timer-k', 'transport-error'];
const FINAL = ['stop-timers-e-f', 'start-timer-k', 'tell-response'];

suite('RFC 3261 §17.1.2: every input in every state', () => {
  checkTable(nonInviteClientTransition, STATES, INPUTS, [
    ['trying', '1xx', 'MUST pass a 1xx up (§17.1.2.2)', 'proceeding', ['tell-response']],
    ['trying', '200-699', 'MUST pass the final response up (§17.1.2.2)', 'completed', FINAL],
    ['trying', 'timer-e', 'MUST send again and wait min(2*E, T2) (§17.1.2.2)', 'trying', ['resend', 'start-timer-e']],
    ['trying', 'timer-f', 'MUST tell a timeout (§17.1.2.2)', 'terminated', ['tell-timeout']],
    ['trying', 'transport-error', 'MUST tell that it did not leave (§17.1.4)', 'terminated', ['tell-transport-error']],
    ['proceeding', '1xx', 'MUST pass further 1xx up (§17.1.2.2)', 'proceeding', ['tell-response']],
    ['proceeding', '200-699', 'MUST pass the final response up (§17.1.2.2)', 'completed', FINAL],
    ['proceeding', 'timer-e', 'MUST send again every T2 (§17.1.2.2)', 'proceeding', ['resend', 'slow-timer-e']],
    ['proceeding', 'timer-f', 'MUST tell a timeout (§17.1.2.2)', 'terminated', ['tell-timeout']],
    [
      'proceeding',
      'transport-error',
      'MUST tell that it did not leave (§17.1.4)',
      'terminated',
      ['tell-transport-error'],
    ],
    ['completed', 'timer-k', 'MUST end after timer K (§17.1.2.2)', 'terminated', []],
  ]);
});

test('MUST send again after T1, 2*T1, 4*T1, then every T2, and give up after 64*T1 over UDP (timers E, F)', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  world.request('OPTIONS');
  world.clock.advance(31_999);
  const expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(world.timesOf('OPTIONS'), expected);
  assert.deepEqual(world.told, []);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
  assert.equal(world.clock.pending, world.idle);
});

test('MUST wait T2 between sendings once a 1xx has come (timer E)', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  const client = world.request('OPTIONS');
  world.answer(client, 100);
  world.clock.advance(9_000);
  assert.deepEqual(world.timesOf('OPTIONS'), [0, 500, 4_500, 8_500]);
});

test('MUST NOT send again over TCP (timer E), and MUST give up after 64*T1 (timer F)', async () => {
  const world = await TransactionWorld.start('tcp', 'client');
  world.request('OPTIONS');
  world.clock.advance(31_999);
  assert.equal(world.timesOf('OPTIONS').length, 1);
  assert.deepEqual(world.told, []);
  world.clock.advance(1);
  assert.deepEqual(world.told, ['timeout', 'terminated']);
});

for (const [protocol, waitMs] of [
  ['udp', 5_000],
  ['tcp', 0],
] as const) {
  test(`MUST stay completed for ${waitMs} ms over ${protocol} (timer K)`, async () => {
    const world = await TransactionWorld.start(protocol, 'client');
    const client = world.request('OPTIONS');
    world.clock.advance(0);
    world.answer(client, 200);
    if (waitMs > 0) {
      world.answer(client, 200);
      world.clock.advance(waitMs - 1);
      assert.equal(client.state, 'completed');
      world.clock.advance(1);
    }
    assert.equal(client.state, 'terminated');
    assert.deepEqual(world.told, ['200', 'terminated']);
  });
}
