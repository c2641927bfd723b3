import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(async () => {
  await server.stop();
});

/** The members of the seed document, in its order. */
const SEED = ['id', 'customer_id', 'source', 'destinations', 'ring_method', 'answer_method', 'answer_call_id'].concat([
  'call_ids',
  'tm_create',
  'tm_update',
  'tm_delete',
]);
const NIL = '00000000-0000-0000-0000-000000000000';
const SOURCE = { type: 'tel', target: '+821028286521' };

/** A loopback port where nobody answers: the phone stays `dialing` until it is hung up. */
const SILENT = { type: 'sip', target: 'sip:nobody@127.0.0.1:9' };

test('a group call MUST show the eleven members of the seed document first, and no member null', async () => {
  const body = { source: SOURCE, destinations: [{ type: 'extension', target: 'nobody' }] };
  const made = await server.ok('POST', '/groupcalls', { body });
  assert.deepEqual(Object.keys(made).slice(0, SEED.length), SEED);
  assert.deepEqual(made['source'], { ...SOURCE, target_name: '', name: '', detail: '' });
  assert.equal(made['ring_method'], 'ring_all');
  assert.equal(made['answer_method'], 'hangup_others');
  assert.equal(made['answer_call_id'], NIL);
  assert.equal(made['master_call_id'], NIL);
  assert.ok(Object.values(made).every((value) => value !== null));
});

test('rule 3: a phone that is not there ends `failed` at once, and its id is in call_ids', async () => {
  const body = { source: SOURCE, destinations: [{ type: 'extension', target: 'nobody' }] };
  const { id } = await server.ok('POST', '/groupcalls', { body });
  const ended = await server.ok('GET', `/groupcalls/${String(id)}`);
  assert.equal(ended['status'], 'hangup');
  const [leg] = ended['legs'] as Record<string, unknown>[];
  assert.equal(leg?.['hangup_reason'], 'failed');
  assert.match(String(leg['why']), /^not dialled: /);
  assert.deepEqual(ended['call_ids'], [leg['call_id']]);
  const call = await server.ok('GET', `/calls/${String(leg['call_id'])}`);
  assert.deepEqual([call['groupcall_id'], call['status'], call['direction']], [id, 'hangup', 'outgoing']);
});

test('rule 13: hang-up and delete MUST be idempotent, and a deleted one is shown by id, not listed', async () => {
  const { id } = await server.ok('POST', '/groupcalls', { body: { source: SOURCE, destinations: [SILENT] } });
  const path = `/groupcalls/${String(id)}`;
  assert.equal((await server.ok('GET', path))['status'], 'progressing');
  assert.notEqual((await server.ok('POST', `${path}/hangup`))['status'], 'progressing');
  await server.ok('POST', `${path}/hangup`);
  await server.ok('DELETE', path);
  await server.ok('DELETE', path);
  assert.equal((await server.ok('GET', path))['id'], id);
});

test('POST /calls MUST make a call of its own for a SIP URI, and a group call for an extension', async () => {
  const destinations = [SILENT, { type: 'extension', target: 'nobody' }];
  const { calls, groupcalls } = await server.ok('POST', '/calls', { body: { source: SOURCE, destinations } });
  const [call] = calls as Record<string, unknown>[];
  assert.equal((calls as unknown[]).length, 1);
  assert.equal((groupcalls as unknown[]).length, 1);
  assert.equal(call?.['groupcall_id'], NIL);
  const ended = await server.ok('POST', `/calls/${String(call['id'])}/hangup`);
  assert.ok(['canceling', 'hangup'].includes(String(ended['status'])), String(ended['status']));
  await server.ok('DELETE', `/calls/${String(call['id'])}`);
});

test('lists MUST filter group calls by status and ring method', async () => {
  const body = { source: SOURCE, destinations: [{ type: 'extension', target: 'x' }], ring_method: 'linear' };
  const { id } = await server.ok('POST', '/groupcalls', { body });
  const { result } = await server.ok('GET', '/groupcalls?ring_method=linear&status=hangup&page_size=1');
  assert.deepEqual(
    (result as { id: string }[]).map((item) => item.id),
    [id],
  );
});
