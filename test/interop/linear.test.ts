import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { extension, NIL, Server } from './peers/server.ts';
import { Sipp } from './peers/sipp.ts';

const phone = (sipp: Sipp, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'sip',
  target: `sip:phone@127.0.0.1:${sipp.port}`,
  ...more,
});

describe('linear with SIPp phones', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
  });
  after(async () => {
    await server.stop();
  });

  test('busy-then-answer: the next is rung when the one before has ended, whatever the reason', async () => {
    const busy = await Sipp.start({ scenario: 'busy' });
    const unanswered = await Sipp.start({ scenario: 'cancelled' });
    const winner = await Sipp.start({ scenario: 'answer', pauseMs: 50 });
    const never = await Sipp.start({ scenario: 'answer' });
    const destinations = [phone(busy), phone(unanswered, { ring_timeout_ms: 500 }), phone(winner), phone(never)];
    const { id } = await server.ring(destinations, { ring_method: 'linear' });
    await busy.succeeded();
    await unanswered.succeeded();
    const talking = await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
    assert.equal(talking.answer_call_id, talking.call_ids[2]);
    assert.equal(talking.dial_index, 2);
    await server.ok('POST', `/groupcalls/${id}/hangup`);
    await winner.succeeded();
    const ended = await server.groupCallEnded(id);
    assert.deepEqual(ended.legs.map(({ hangup_reason, hangup_by }) => [hangup_reason, hangup_by]).slice(0, 2), [
      ['busy', 'remote'],
      ['noanswer', 'local'],
    ]);
    assert.equal(never.messages, '', 'the fourth phone never hears of the call');
    await never.stop();
  });

  test('decline: all refuse, and the group call ends with what each one said', async () => {
    const phones = [await Sipp.start({ scenario: 'decline', pauseMs: 20 }), await Sipp.start({ scenario: 'busy' })];
    const { id } = await server.ring([...phones.map((sipp) => phone(sipp)), extension('nobody')], {
      ring_method: 'linear',
    });
    await Promise.all(phones.map((sipp) => sipp.succeeded()));
    const ended = await server.groupCallEnded(id);
    assert.deepEqual(
      ended.legs.map(({ hangup_reason, sip_code }) => [hangup_reason, sip_code]),
      [
        ['busy', 603],
        ['busy', 486],
        ['failed', 0],
      ],
    );
    assert.equal(ended.answer_call_id, NIL);
  });
});
