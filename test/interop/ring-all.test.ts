import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NIL, Server } from './peers/server.ts';
import { Sipp } from './peers/sipp.ts';

/** A destination that rings a SIPp phone straight at its port. */
const phone = (sipp: Sipp, transport = 'udp'): Record<string, unknown> => ({
  type: 'sip',
  target: `sip:phone@127.0.0.1:${sipp.port};transport=${transport}`,
});

for (const transport of ['udp', 'tcp'] as const) {
  describe(`ring_all with SIPp phones over ${transport.toUpperCase()}`, () => {
    let server: Server;
    before(async () => {
      server = await Server.start();
    });
    after(async () => {
      await server.stop();
    });

    test('ring-all-one-answers: the first to answer wins, the others are told that the call was completed elsewhere', async () => {
      const winner = await Sipp.start({ scenario: 'answer', transport, pauseMs: 300 });
      const losers = [
        await Sipp.start({ scenario: 'cancelled-elsewhere', transport }),
        await Sipp.start({ scenario: 'cancelled-elsewhere', transport }),
      ];
      const { id } = await server.ring([...losers, winner].map((sipp) => phone(sipp, transport)));
      await Promise.all(losers.map((sipp) => sipp.succeeded()));
      const talking = await server.groupCallUntil(id, ({ call_count }) => call_count === 1, 'down to one leg');
      assert.equal(talking.status, 'progressing');
      assert.equal(talking.answer_call_id, talking.call_ids[2]);
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await winner.succeeded();
      const ended = await server.groupCallEnded(id);
      assert.deepEqual(
        ended.legs.map(({ hangup_reason }) => hangup_reason),
        ['cancel', 'cancel', 'normal'],
      );
      assert.match(ended.legs[0]?.reason_sent ?? '', /SIP;cause=200;text="Call completed elsewhere"/);
      assert.match(ended.legs[0]?.why ?? '', /leg 3 answered \d+ ms earlier/);
    });

    test('glare-two-200: two answers at once connect exactly one, the other gets ACK and BYE', async () => {
      const phones = [
        await Sipp.start({ scenario: 'answer-at-once', transport }),
        await Sipp.start({ scenario: 'answer-at-once', transport }),
      ];
      const { id } = await server.ring(phones.map((sipp) => phone(sipp, transport)));
      const talking = await server.groupCallUntil(
        id,
        ({ call_count, answer_call_id }) => call_count === 1 && answer_call_id !== NIL,
        'down to the winner',
      );
      const winners = talking.legs.filter(({ call_id }) => call_id === talking.answer_call_id);
      assert.equal(winners.length, 1);
      assert.equal(winners[0]?.status, 'progressing');
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await Promise.all(phones.map((sipp) => sipp.succeeded()));
      const ended = await server.groupCallEnded(id);
      const loser = ended.legs.find(({ call_id }) => call_id !== talking.answer_call_id);
      assert.match(loser?.reason_sent ?? '', /Call completed elsewhere/);
    });

    test('late-200-after-cancel: a phone that answers as it is cancelled gets ACK and BYE, and the winner talks on', async () => {
      const late = await Sipp.start({ scenario: 'late-200-after-cancel', transport });
      const winner = await Sipp.start({ scenario: 'answer', transport, pauseMs: 200 });
      const { id } = await server.ring([late, winner].map((sipp) => phone(sipp, transport)));
      await late.succeeded();
      const talking = await server.groupCallUntil(id, ({ call_count }) => call_count === 1, 'down to one leg');
      assert.equal(talking.answer_call_id, talking.call_ids[1]);
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await winner.succeeded();
    });

    test('downstream-fork-two-200: each 200 of a forking proxy is ACKed, the second dialog is ended', async () => {
      const proxy = await Sipp.start({ scenario: 'downstream-fork-two-200', transport });
      const { id } = await server.ring([phone(proxy, transport)]);
      await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
      // The second dialog's BYE has been sent by the time the record shows the answer; the first is still up.
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await proxy.succeeded();
    });

    test('a CANCEL is held until the first 1xx: a phone that rings late is cancelled then', async () => {
      const late = await Sipp.start({ scenario: 'late-180-then-cancelled', transport, pauseMs: 700 });
      const winner = await Sipp.start({ scenario: 'answer', transport, pauseMs: 50 });
      const { id } = await server.ring([late, winner].map((sipp) => phone(sipp, transport)));
      await late.succeeded();
      assert.doesNotMatch(late.messages.slice(0, late.messages.indexOf('180 Ringing')), /CANCEL sip/);
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await winner.succeeded();
    });

    test('one leg that declines does not stop the others', async () => {
      const decliner = await Sipp.start({ scenario: 'decline', transport, pauseMs: 50 });
      const winner = await Sipp.start({ scenario: 'answer', transport, pauseMs: 400 });
      const { id } = await server.ring([decliner, winner].map((sipp) => phone(sipp, transport)));
      await decliner.succeeded();
      await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
      await server.ok('POST', `/groupcalls/${id}/hangup`);
      await winner.succeeded();
      const ended = await server.groupCallEnded(id);
      assert.deepEqual(
        ended.legs.map(({ hangup_reason, sip_code }) => [hangup_reason, sip_code]),
        [
          ['busy', 603],
          ['normal', 200],
        ],
      );
    });
  });
}

describe('ring_all with a phone that is not there', () => {
  test('no-response: a silent phone ends by Timer B, and then the group call has ended', async () => {
    const server = await Server.start();
    const silent = await Sipp.start({ scenario: 'no-response' });
    try {
      const { id } = await server.ring([{ ...phone(silent), ring_timeout_ms: 60_000 }]);
      const ended = await server.groupCallEnded(id);
      assert.equal(ended.legs[0]?.hangup_reason, 'failed');
      assert.equal(ended.legs[0].sip_code, 0);
    } finally {
      await silent.stop();
      await server.stop();
    }
  });
});
