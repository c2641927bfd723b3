import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Baresip, pitchOf } from './peers/baresip.ts';
import { extension, NIL, Server } from './peers/server.ts';

/** sox's rough estimate of a G.711 sine is some two per cent low. */
const PITCH_TOLERANCE = 0.03;

const isPitch = (heard: number, wanted: number): boolean => Math.abs(heard / wanted - 1) < PITCH_TOLERANCE;

describe('baresip as registered phones', () => {
  let server: Server;
  const phones = new Map<string, Baresip>();
  const phone = (name: string): Baresip => {
    const found = phones.get(name);
    assert.ok(found);
    return found;
  };
  before(async () => {
    server = await Server.start();
    await server.extensions('anna', 'bert', 'cara');
    for (const [user, toneHz, transport] of [
      ['anna', 440, 'udp'],
      ['bert', 600, 'tcp'],
      ['cara', 800, 'udp'],
    ] as const) {
      const registrar = server.sip(transport);
      phones.set(user, await Baresip.start({ user, password: `pw-${user}`, registrar, toneHz, transport }));
    }
  });
  after(async () => {
    for (const each of phones.values()) await each.stop();
    await server.stop();
  });

  test('ring_all rings registered phones; the one that picks up talks with the server, the others stop', async () => {
    const { id } = await server.ring([extension('anna'), extension('bert')]);
    await Promise.all([phone('anna').waitFor('CALL_INCOMING'), phone('bert').waitFor('CALL_INCOMING')]);
    phone('bert').command('accept');
    await phone('bert').waitFor('CALL_ESTABLISHED');
    await phone('anna').waitFor('CALL_CLOSED');
    const talking = await server.groupCallUntil(id, ({ call_count }) => call_count === 1, 'down to the winner');
    assert.equal(talking.answer_call_id, talking.call_ids[1]);
    await server.ok('POST', `/groupcalls/${id}/hangup`);
    await phone('bert').waitFor('CALL_CLOSED');
    const ended = await server.groupCallEnded(id);
    assert.match(ended.legs[0]?.reason_sent ?? '', /Call completed elsewhere/);
  });

  test('a phone calls another through the server: both hear each other, and hold and resume go through', async () => {
    for (const each of phones.values()) each.events.length = 0;
    phone('anna').command('dial', `sip:cara@${server.sip()}`);
    await phone('cara').waitFor('CALL_INCOMING');
    phone('cara').command('accept');
    await Promise.all([phone('anna').waitFor('CALL_ESTABLISHED'), phone('cara').waitFor('CALL_ESTABLISHED')]);
    await Promise.all([phone('anna').hasHeard(1.5), phone('cara').hasHeard(1.5)]);
    phone('cara').command('hold');
    await phone('anna').waitFor('CALL_REMOTE_SDP', { param: 'offer', count: 1 });
    await phone('cara').waitFor('CALL_REMOTE_SDP', { param: 'answer', count: 1 });
    phone('cara').command('resume');
    await phone('anna').waitFor('CALL_REMOTE_SDP', { param: 'offer', count: 2 });
    await phone('cara').waitFor('CALL_REMOTE_SDP', { param: 'answer', count: 2 });
    phone('anna').command('hangup');
    await Promise.all([phone('anna').waitFor('CALL_CLOSED'), phone('cara').waitFor('CALL_CLOSED')]);
    const heardBy = (name: string): number => pitchOf(phone(name).heard().at(-1) ?? '');
    const [byAnna, byCara] = [heardBy('anna'), heardBy('cara')];
    assert.ok(isPitch(byAnna, 800), `anna hears cara's 800 Hz, not ${byAnna}`);
    assert.ok(isPitch(byCara, 440), `cara hears anna's 440 Hz, not ${byCara}`);
    const groupCall = await server.groupCallEnded((await server.newestGroupCall()).id);
    assert.notEqual(groupCall.answer_call_id, NIL);
  });
});
