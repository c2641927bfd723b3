import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Baresip } from './peers/baresip.ts';
import { PeerProcess } from './peers/process.ts';
import { extension, NIL, Server } from './peers/server.ts';
import { Sipp } from './peers/sipp.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'server', 'src', 'main.ts');

const phone = (sipp: Sipp): Record<string, unknown> => ({ type: 'sip', target: `sip:phone@127.0.0.1:${sipp.port}` });

describe('the life of the server', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'groupcall-lifecycle-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('SIGTERM drains: no new calls, those alive may end, then exit 0', async () => {
    const server = await Server.start({ folder, env: { GROUPCALL_DRAIN_TIMEOUT_MS: '20000' } });
    const winner = await Sipp.start({ scenario: 'answer-then-hang-up', pauseMs: 1_500 });
    const { id } = await server.ring([phone(winner)]);
    await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
    const stopped = server.stop();
    await server.process.waitFor(/"draining"/);
    const refused = await server.request('POST', '/groupcalls', {
      source: { type: 'tel', target: '+821028286521' },
      destinations: [extension('anybody')],
    });
    assert.equal(refused.status, 503);
    // The phone hangs up by itself after its pause; it was not cut off.
    await winner.succeeded();
    assert.deepEqual(await stopped, { code: 0, signal: null });
    const again = await Server.start({ folder });
    const record = await again.groupCall(id);
    assert.deepEqual([record.status, record.legs[0]?.hangup_by], ['hangup', 'remote']);
    await again.stop();
  });

  test('a talk that outlasts the drain is hung up, and the server leaves with 0', async () => {
    const server = await Server.start({ folder, env: { GROUPCALL_DRAIN_TIMEOUT_MS: '300' } });
    const winner = await Sipp.start({ scenario: 'answer', pauseMs: 10 });
    const { id } = await server.ring([phone(winner)]);
    await server.groupCallUntil(id, ({ answer_call_id }) => answer_call_id !== NIL, 'answered');
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
    await winner.succeeded();
  });

  test('after a kill -9 every record is found again, and what was unfinished is ended with its reason', async () => {
    const server = await Server.start({ folder });
    const finished = await server.ring([extension('nobody')]);
    const ringing = await Sipp.start({ scenario: 'no-response' });
    const cut = await server.ring([phone(ringing)]);
    await server.process.stop('SIGKILL');
    const again = await Server.start({ folder });
    assert.deepEqual(await again.groupCall(finished.id), await again.groupCallEnded(finished.id));
    const record = await again.groupCall(cut.id);
    assert.deepEqual([record.status, record.hangup_reason, record.call_count], ['hangup', 'failed', 0]);
    assert.match(record.legs[0]?.why ?? '', /server/);
    await again.stop();
    await ringing.stop();
  });

  test('a phone that registered before a restart is rung after it', async () => {
    const first = await Server.start({ folder });
    await first.extensions('dora');
    const dora = await Baresip.start({ user: 'dora', password: 'pw-dora', registrar: first.sip() });
    const port = first.udpPort;
    await first.stop();
    const again = await Server.start({ folder, env: { GROUPCALL_SIP_LISTEN: `udp:127.0.0.1:${port}` } });
    const { id } = await again.ring([extension('dora')]);
    await dora.waitFor('CALL_INCOMING');
    await again.ok('POST', `/groupcalls/${id}/hangup`);
    await again.groupCallEnded(id);
    await dora.stop();
    await again.stop();
  });

  test('a second server on the same database, or the same port, says what is wrong and leaves with 1', async () => {
    const server = await Server.start({ folder });
    const env = { ...process.env, GROUPCALL_ROOT_KEY: 'gc_root_key_of_the_interop_tests' };
    const database = new PeerProcess(process.execPath, [MAIN], {
      env: { ...env, GROUPCALL_DATABASE_URL: `sqlite:${join(folder, 'groupcall.db')}` },
    });
    assert.equal((await database.exited).code, 1);
    assert.match(database.output, /groupcall: .*database|groupcall: .*groupcall\.db/);
    const port = new PeerProcess(process.execPath, [MAIN], {
      env: {
        ...env,
        GROUPCALL_DATABASE_URL: `sqlite:${join(folder, 'other.db')}`,
        GROUPCALL_HTTP_LISTEN: '127.0.0.1:0',
        GROUPCALL_SIP_LISTEN: `udp:${server.sip()}`,
      },
    });
    assert.equal((await port.exited).code, 1);
    assert.match(port.output, /can't be opened/);
    await server.stop();
  });

  test('a root key is made and printed once, and is good after a restart', async () => {
    const own = join(folder, 'own');
    const start = () =>
      new PeerProcess(process.execPath, [MAIN], {
        env: {
          ...process.env,
          GROUPCALL_DATABASE_URL: `sqlite:${join(own, 'groupcall.db')}`,
          GROUPCALL_HTTP_LISTEN: '127.0.0.1:0',
          GROUPCALL_SIP_LISTEN: 'udp:127.0.0.1:0',
        },
      });
    const first = start();
    const [, key = ''] = await first.waitFor(/^root key: (gc_\w{32})$/m);
    await first.waitFor(/^ready$/m);
    await first.stop();
    const again = start();
    await again.waitFor(/^ready$/m);
    assert.doesNotMatch(again.output, /root key/);
    const [, http = ''] = /^listening (http:\S+)$/m.exec(again.output) ?? [];
    const reply = await fetch(`${http}/v1.0/customers`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(reply.status, 200);
    await again.stop();
  });
});
