import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { NIL, Server } from './peers/server.ts';
import { Sipp, type SippOptions } from './peers/sipp.ts';

/** The number that callers dial in these tests. */
const NUMBER = 'support';

for (const transport of ['udp', 'tcp'] as const) {
  describe(`an incoming call with digest rings the group, over ${transport.toUpperCase()}`, () => {
    let server: Server;
    let group = '';
    before(async () => {
      server = await Server.start();
      await server.extensions('caller');
      const placeholder = [{ type: 'extension', target: 'caller' }];
      const created = await server.ok<{ id: string }>('POST', '/groups', { name: NUMBER, destinations: placeholder });
      group = created.id;
      await server.ok('POST', '/numbers', { number: NUMBER, group_id: group });
    });
    after(async () => {
      await server.stop();
    });

    const rings = (...phones: Sipp[]): Promise<unknown> =>
      server.ok('PUT', `/groups/${group}`, {
        destinations: phones.map(({ port }) => ({
          type: 'sip',
          target: `sip:phone@127.0.0.1:${port};transport=${transport}`,
        })),
      });
    const caller = (options: Pick<SippOptions, 'scenario' | 'pauseMs'>): Promise<Sipp> =>
      Sipp.start({
        ...options,
        transport,
        remote: server.sip(transport),
        service: NUMBER,
        fields: ['caller', '[authentication username=caller password=pw-caller]'],
      });
    let before_ = '';
    beforeEach(async () => {
      const { result } = await server.ok<{ result: { id: string }[] }>('GET', '/groupcalls?page_size=1');
      before_ = result[0]?.id ?? '';
    });
    const newGroupCall = async () => {
      const groupCall = await server.newestGroupCall();
      assert.notEqual(groupCall.id, before_, 'the call made a group call');
      return server.groupCallEnded(groupCall.id);
    };

    test('hangup-from-either-side: the caller hangs up, the winner gets BYE', async () => {
      const winner = await Sipp.start({ scenario: 'answer', transport, pauseMs: 100 });
      const loser = await Sipp.start({ scenario: 'cancelled-elsewhere', transport });
      await rings(winner, loser);
      const calling = await caller({ scenario: 'caller-hangs-up', pauseMs: 200 });
      await Promise.all([calling, winner, loser].map((sipp) => sipp.succeeded()));
      const ended = await newGroupCall();
      assert.notEqual(ended.master_call_id, NIL);
      assert.equal(ended.answer_call_id, ended.call_ids[0]);
    });

    test('hangup-from-either-side: the winner hangs up, the caller gets BYE', async () => {
      const winner = await Sipp.start({ scenario: 'answer-then-hang-up', transport, pauseMs: 100 });
      await rings(winner);
      const calling = await caller({ scenario: 'caller-is-hung-up' });
      await Promise.all([calling, winner].map((sipp) => sipp.succeeded()));
      const ended = await newGroupCall();
      assert.deepEqual([ended.legs[0]?.hangup_reason, ended.legs[0]?.hangup_by], ['normal', 'remote']);
    });

    test('caller-cancels: every phone stops, and none is told that another answered', async () => {
      const phones = [
        await Sipp.start({ scenario: 'cancelled', transport }),
        await Sipp.start({ scenario: 'cancelled', transport }),
      ];
      await rings(...phones);
      const calling = await caller({ scenario: 'caller-cancels', pauseMs: 100 });
      await Promise.all([calling, ...phones].map((sipp) => sipp.succeeded()));
      const ended = await newGroupCall();
      assert.equal(ended.answer_call_id, NIL);
      assert.deepEqual(
        ended.legs.map(({ hangup_reason }) => hangup_reason),
        ['cancel', 'cancel'],
      );
    });

    test('busy beats silence: the caller hears busy when one is busy and the others decline or do not answer', async () => {
      const phones = [
        await Sipp.start({ scenario: 'busy', transport }),
        await Sipp.start({ scenario: 'busy', transport }),
      ];
      await rings(...phones);
      const calling = await caller({ scenario: 'caller-gets-busy' });
      await Promise.all([calling, ...phones].map((sipp) => sipp.succeeded()));
    });

    test('early media of one phone does not disturb the answer that the caller gets', async () => {
      const winner = await Sipp.start({ scenario: 'early-media-then-answer', transport, pauseMs: 100 });
      await rings(winner);
      const calling = await caller({ scenario: 'caller-hangs-up', pauseMs: 50 });
      await Promise.all([calling, winner].map((sipp) => sipp.succeeded()));
    });
  });
}
