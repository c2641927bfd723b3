import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { messageOf, reasonOf, TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(async () => {
  await server.stop();
});

/** A body that is right, and one that changes it, of each kind of resource. */
const KINDS: Record<string, { body: () => Promise<object> | object; change: object; shows: Record<string, unknown> }> =
  {
    customers: {
      body: () => ({ domain: 'pbx.example', allowed_prefixes: ['+82'] }),
      change: { status: 'suspended', cps: 5 },
      shows: { domain: 'pbx.example', status: 'suspended', cps: 5, allowed_prefixes: ['+82'] },
    },
    accesskeys: {
      body: () => ({ role: 'read' }),
      change: { detail: 'laptop' },
      shows: { role: 'read', detail: 'laptop' },
    },
    extensions: {
      body: () => ({ extension: 'anna', password: 'pw-anna', ring_timeout_ms: 5_000 }),
      change: { ring_timeout_ms: 7_000, name: 'Anna' },
      shows: { extension: 'anna', domain: 'local', username: 'anna', ring_timeout_ms: 7_000, name: 'Anna' },
    },
    agents: {
      body: () => ({ addresses: [{ type: 'extension', target: 'anna' }] }),
      change: { ring_method: 'linear' },
      shows: {
        ring_method: 'linear',
        addresses: [{ type: 'extension', target: 'anna', target_name: '', name: '', detail: '' }],
      },
    },
    groups: {
      body: () => ({ destinations: [{ type: 'extension', target: 'anna', delay_ms: 100 }], early_media: 'single' }),
      change: { ring_method: 'linear', fail_on: [603] },
      shows: {
        ring_method: 'linear',
        answer_method: 'hangup_others',
        early_media: 'single',
        fail_on: [603],
        ring_timeout_ms: 30_000,
      },
    },
    numbers: {
      body: async () => {
        const destinations = [{ type: 'extension', target: 'anna' }];
        const { id } = await server.ok('POST', '/groups', { body: { destinations } });
        return { number: '+15551234567', group_id: id };
      },
      change: { name: 'Support' },
      shows: { number: '+15551234567', name: 'Support', flow_id: '00000000-0000-0000-0000-000000000000' },
    },
    trunks: {
      body: () => ({ host: 'carrier.example', password: 'secret', prefixes: ['+1'] }),
      change: { priority: 1, source_addresses: ['192.0.2.1:5060'] },
      shows: {
        host: 'carrier.example',
        port: 5060,
        transport: 'udp',
        priority: 1,
        source_addresses: ['192.0.2.1:5060'],
      },
    },
  };

for (const [path, { body, change, shows }] of Object.entries(KINDS)) {
  describe(path, () => {
    let made: Record<string, unknown>;

    test('POST MUST make it and show every member, none of them null, no password', async () => {
      made = await server.ok('POST', `/${path}`, { body: await body() });
      assert.match(String(made['id']), /^[0-9a-f-]{36}$/);
      assert.match(String(made['tm_create']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      assert.equal(made['tm_delete'], '9999-01-01 00:00:00.000000');
      assert.ok(Object.values(made).every((value) => value !== null && value !== undefined));
      assert.equal('password' in made, false);
      assert.equal('token' in made, path === 'accesskeys');
    });

    test('GET MUST show it, by id in either case, and in the list; a token is not shown again', async () => {
      const got = await server.ok('GET', `/${path}/${String(made['id']).toUpperCase()}`);
      delete made['token'];
      assert.deepEqual(got, made);
      const { result, next_page_token } = await server.ok('GET', `/${path}`);
      assert.ok((result as { id: string }[]).some(({ id }) => id === made['id']));
      assert.equal(next_page_token, '');
    });

    test('PUT MUST change what was sent and leave the rest', async () => {
      const changed = await server.ok('PUT', `/${path}/${String(made['id'])}`, { body: change });
      for (const [member, value] of Object.entries(shows)) assert.deepEqual(changed[member], value, member);
      assert.notEqual(changed['tm_update'], '9999-01-01 00:00:00.000000');
    });

    test('an unknown member MUST be refused by its name, and change nothing', async () => {
      const reply = await server.request('PUT', `/${path}/${String(made['id'])}`, { body: { nonsense: 1 } });
      assert.deepEqual([reply.status, reasonOf(reply)], [400, 'INVALID_ARGUMENT']);
      assert.match(messageOf(reply), /nonsense/);
    });

    test('DELETE MUST be idempotent; what was deleted is shown by id, not listed, not changed', async () => {
      const id = String(made['id']);
      const deleted = await server.ok('DELETE', `/${path}/${id}`);
      assert.notEqual(deleted['tm_delete'], '9999-01-01 00:00:00.000000');
      assert.deepEqual(await server.ok('DELETE', `/${path}/${id}`), deleted);
      assert.deepEqual(await server.ok('GET', `/${path}/${id}`), deleted);
      const { result } = await server.ok('GET', `/${path}`);
      assert.ok(!(result as { id: string }[]).some((item) => item.id === id));
      assert.equal((await server.request('PUT', `/${path}/${id}`, { body: change })).status, 404);
    });
  });
}

test('a name that is taken MUST be 409 ALREADY_EXISTS, and free again once it is deleted', async () => {
  const body = { extension: 'unique', password: 'pw-unique' };
  const { id } = await server.ok('POST', '/extensions', { body });
  const second = await server.request('POST', '/extensions', { body });
  assert.deepEqual([second.status, reasonOf(second)], [409, 'ALREADY_EXISTS']);
  await server.ok('DELETE', `/extensions/${String(id)}`);
  await server.ok('POST', '/extensions', { body });
});

test('GET /extensions/{id}/contacts MUST list what is registered: nothing yet', async () => {
  const { id } = await server.ok('POST', '/extensions', { body: { extension: 'silent', password: 'pw-silent' } });
  assert.deepEqual(await server.ok('GET', `/extensions/${String(id)}/contacts`), { result: [] });
});

test('the default customer MUST NOT be deleted', async () => {
  const { result } = await server.ok('GET', '/customers?domain=local');
  const reply = await server.request('DELETE', `/customers/${(result as { id: string }[])[0]?.id ?? ''}`);
  assert.deepEqual([reply.status, reasonOf(reply)], [409, 'STATE_INVALID']);
});

test('lists MUST page without losing or doubling a row, and filter by member', async () => {
  for (let count = 0; count < 7; count++) {
    await server.ok('POST', '/agents', {
      body: { addresses: [{ type: 'extension', target: 'x' }], ring_method: count < 3 ? 'linear' : 'ring_all' },
    });
  }
  const seen: string[] = [];
  for (let token = ''; ;) {
    const page = await server.ok('GET', `/agents?page_size=3&page_token=${token}`);
    seen.push(...(page['result'] as { id: string }[]).map(({ id }) => id));
    token = String(page['next_page_token']);
    if (token === '') break;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(seen.length, 7);
  const { result } = await server.ok('GET', '/agents?ring_method=linear');
  assert.equal((result as unknown[]).length, 3);
  for (const query of ['page_token=garbage', 'nonsense=1', 'tm_create>=yesterday']) {
    const reply = await server.request('GET', `/agents?${query}`);
    assert.deepEqual([reply.status, reasonOf(reply)], [400, 'INVALID_REQUEST_PARAMETER'], query);
  }
});
