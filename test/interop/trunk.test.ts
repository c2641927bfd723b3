import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort } from './peers/ports.ts';
import { extension, NIL, Server } from './peers/server.ts';
import { Sipp } from './peers/sipp.ts';

describe('telephone numbers through trunks', () => {
  let server: Server;
  before(async () => {
    server = await Server.start();
    const { result } = await server.ok<{ result: { id: string }[] }>('GET', '/customers?domain=local');
    await server.ok('PUT', `/customers/${result[0]?.id ?? ''}`, { allowed_prefixes: ['+1'] });
  });
  after(async () => {
    await server.stop();
  });

  test('a number that is not allowed is refused, and nobody is rung', async () => {
    const reply = await server.request('POST', '/groupcalls', {
      source: { type: 'tel', target: '+821028286521' },
      destinations: [{ type: 'tel', target: '+44 20 7946 0000' }],
    });
    assert.equal(reply.status, 403);
  });

  test('busy-trunk-then-next: the next trunk is tried when the first is at fault, by priority and prefix', async () => {
    const faulty = await Sipp.start({ scenario: 'service-unavailable' });
    const good = await Sipp.start({ scenario: 'answer', pauseMs: 20 });
    const wrongPrefix = await Sipp.start({ scenario: 'answer' });
    for (const [sipp, priority, prefixes] of [
      [faulty, 1, ['+1']],
      [good, 2, ['+1555']],
      [wrongPrefix, 0, ['+1900']],
    ] as const) {
      await server.ok('POST', '/trunks', { host: '127.0.0.1', port: sipp.port, priority, prefixes });
    }
    // The longer prefix comes first whatever the priority, so the faulty one is given the whole number.
    const { result } = await server.ok<{ result: { id: string; port: number }[] }>('GET', '/trunks');
    const first = result.find(({ port }) => port === faulty.port);
    await server.ok('PUT', `/trunks/${first?.id ?? ''}`, { prefixes: ['+15551'] });
    const { id } = await server.ring([{ type: 'tel', target: '+1 (555) 123-4567' }]);
    await faulty.succeeded();
    const talking = await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
    assert.match(good.messages, /INVITE sip:\+15551234567@127\.0\.0\.1/);
    await server.ok('POST', `/groupcalls/${id}/hangup`);
    await good.succeeded();
    assert.equal(talking.legs.length, 1);
    assert.equal(wrongPrefix.messages, '');
    await wrongPrefix.stop();
  });

  test('a call from a trunk needs no digest, and reaches numbers only', async () => {
    const phone = await Sipp.start({ scenario: 'answer', pauseMs: 20 });
    const port = await freePort();
    const destinations = [{ type: 'sip', target: `sip:phone@127.0.0.1:${phone.port}` }];
    const group = await server.ok<{ id: string }>('POST', '/groups', { destinations });
    await server.ok('POST', '/numbers', { number: '+15550001111', group_id: group.id });
    await server.ok('POST', '/trunks', { host: '192.0.2.1', source_addresses: [`127.0.0.1:${port}`] });
    const dial = (service: string, scenario: string) =>
      Sipp.start({ scenario, service, remote: server.sip(), localPort: port, fields: ['+15559876543'], pauseMs: 50 });
    const calling = await dial('+15550001111', 'trunk-caller-hangs-up');
    await Promise.all([calling.succeeded(), phone.succeeded()]);
    await server.extensions('secret');
    const refused = await dial('secret', 'trunk-caller-gets-404');
    await refused.succeeded();
    const { id } = await server.newestGroupCall();
    const ended = await server.groupCallEnded(id);
    assert.equal(ended.answer_call_id, ended.call_ids[0]);
    assert.equal((await server.ring([extension('secret')])).legs[0]?.hangup_reason, 'failed');
  });
});
