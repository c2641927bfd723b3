import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SipResponse } from '@groupcall/sip';
import {
  type NonInviteServerInput,
  type NonInviteServerState,
  nonInviteServerTransition,
} from '../../../packages/sip/src/transaction/non-invite-server-transition.ts';
import { checkTable } from './check-table.ts';
import { TransactionWorld } from './transaction-world.ts';

const STATES: readonly NonInviteServerState[] = ['trying', 'proceeding', 'completed', 'terminated'];
const INPUTS: readonly NonInviteServerInput[] = [
  'request',
  'respond-100',
  'respond-100-unreliably',
  'respond-101-199',
  'respond-408',
  'respond-200-699',
  'timer-trying',
  'timer-unanswered',
  'timer-j',
  'transport-error',
];

const FINAL = ['stop-timers', 'start-timer-j', 'send'];
const SILENT = ['stop-timers', 'start-timer-j'];

suite('RFC 3261 §17.2.2, RFC 4320, RFC 6026 §8.8: every input in every state', () => {
  checkTable(nonInviteServerTransition, STATES, INPUTS, [
    ['trying', 'request', 'MUST absorb a retransmission (§17.2.2)', 'trying', []],
    ['trying', 'respond-100', 'MUST send a 100 (§17.2.2)', 'proceeding', ['stop-timer-trying', 'send']],
    ['trying', 'respond-200-699', 'MUST send the final response (§17.2.2)', 'completed', FINAL],
    ['trying', 'respond-408', 'MUST NOT send a 408 (4320 §4.2)', 'completed', SILENT],
    ['trying', 'timer-trying', 'MUST send 100 when timer E is at T2 (4320 §4.1)', 'proceeding', ['send-trying']],
    ['trying', 'timer-unanswered', 'MUST end unanswered after 64*T1 (4320 §4.2)', 'terminated', ['tell-timeout']],
    ['proceeding', 'request', 'MUST send the last provisional response again (§17.2.2)', 'proceeding', ['send-again']],
    ['proceeding', 'respond-100', 'MUST send a further 100 (§17.2.2)', 'proceeding', ['send']],
    ['proceeding', 'respond-100-unreliably', 'MUST send a further 100 (§17.2.2)', 'proceeding', ['send']],
    ['proceeding', 'respond-200-699', 'MUST send the final response (§17.2.2)', 'completed', FINAL],
    ['proceeding', 'respond-408', 'MUST NOT send a 408 (4320 §4.2)', 'completed', SILENT],
    ['proceeding', 'timer-unanswered', 'MUST end unanswered after 64*T1 (4320 §4.2)', 'terminated', ['tell-timeout']],
    ['proceeding', 'transport-error', 'MUST tell it and stay (6026 §8.8)', 'proceeding', ['tell-transport-error']],
    ['completed', 'request', 'MUST send the final response again (§17.2.2)', 'completed', ['send-again']],
    ['completed', 'timer-j', 'MUST end after timer J (§17.2.2)', 'terminated', []],
    ['completed', 'transport-error', 'MUST tell it and stay (6026 §8.8)', 'completed', ['tell-transport-error']],
  ]);
});

for (const [protocol, waitMs] of [
  ['udp', 32_000],
  ['tcp', 0],
] as const) {
  test(`MUST answer retransmissions for ${waitMs} ms over ${protocol} (timer J)`, async () => {
    const world = await TransactionWorld.start(protocol, 'server');
    world.sendRequest('OPTIONS');
    const server = world.servers[0]!;
    server.respond(SipResponse.replyTo(server.request, 200, undefined, { toTag: 'callee' }));
    world.clock.advance(0);
    if (waitMs > 0) {
      world.clock.advance(waitMs - 1);
      world.sendRequest('OPTIONS');
      assert.equal(world.timesOf('SIP/2.0 200').length, 2);
      assert.equal(new Set(world.textsOf('SIP/2.0 200')).size, 1);
      world.clock.advance(1);
    }
    assert.deepEqual(world.told, ['terminated']);
    assert.equal(world.servers.length, 1);
  });
}

test('MUST send 100 after 3.5 s if the user has not answered, and not before (RFC 4320 §4.1)', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('OPTIONS');
  world.clock.advance(3_499);
  world.sendRequest('OPTIONS');
  assert.equal(world.received.length, 0);
  world.clock.advance(1);
  assert.deepEqual(world.timesOf('SIP/2.0 100'), [3_500]);
});
