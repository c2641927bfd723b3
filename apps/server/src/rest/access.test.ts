import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { reasonOf, ROOT_KEY, TestServer } from '../testing/test-server.ts';

let server: TestServer;
let mine: { id: string; key: string };
let other: { id: string; key: string };
let reader: string;
before(async () => {
  server = await TestServer.start();
  mine = await server.customer('mine.example');
  other = await server.customer('other.example');
  reader = String((await server.ok('POST', '/accesskeys', { key: mine.key, body: { role: 'read' } }))['token']);
});
after(async () => {
  await server.stop();
});

const NOBODY = '5e4a0680-804e-11ec-8477-2fea5968d85b';
const RESOURCES = ['accesskeys', 'extensions', 'agents', 'groups', 'numbers', 'trunks', 'groupcalls', 'calls'];

/** Every route of the API, with an id that nobody has. */
const ROUTES: (readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string])[] = [
  ...['customers', ...RESOURCES].flatMap((path): (readonly ['GET' | 'POST' | 'DELETE', string])[] => [
    ['GET', `/${path}`],
    ['POST', `/${path}`],
    ['GET', `/${path}/${NOBODY}`],
    ['DELETE', `/${path}/${NOBODY}`],
  ]),
  ...['customers', 'accesskeys', 'extensions', 'agents', 'groups', 'numbers', 'trunks'].map(
    (path) => ['PUT', `/${path}/${NOBODY}`] as const,
  ),
  ['POST', `/groupcalls/${NOBODY}/hangup`],
  ['POST', `/calls/${NOBODY}/hangup`],
  ['GET', `/extensions/${NOBODY}/contacts`],
];

for (const [method, path] of ROUTES) {
  const body = method === 'POST' || method === 'PUT' ? {} : undefined;
  const ask = (key: string) => server.request(method, path, { key, ...(body === undefined ? {} : { body }) });
  describe(`${method} ${path.replace(NOBODY, '{id}')}`, () => {
    test('MUST be 401 AUTHENTICATION_REQUIRED without a key', async () => {
      const reply = await ask('');
      assert.deepEqual([reply.status, reasonOf(reply)], [401, 'AUTHENTICATION_REQUIRED']);
      assert.equal(reply.headers['www-authenticate'], 'Bearer');
    });

    test('MUST be 401 INVALID_CREDENTIALS with a wrong key', async () => {
      for (const key of ['gc_wrong', 'x'.repeat(4_000)]) {
        const reply = await ask(key);
        assert.deepEqual([reply.status, reasonOf(reply)], [401, 'INVALID_CREDENTIALS']);
      }
    });

    test('a key that may only read MUST NOT change anything', async () => {
      const reply = await ask(reader);
      if (method !== 'GET') assert.deepEqual([reply.status, reasonOf(reply)], [403, 'PERMISSION_DENIED']);
      else assert.ok([200, 403, 404].includes(reply.status), String(reply.status));
    });

    test('MUST let the root key through to the request itself', async () => {
      assert.ok(![401, 403].includes((await ask(ROOT_KEY)).status));
    });
  });
}

test('customers MUST be for the root key only', async () => {
  for (const path of ['/customers', `/customers/${mine.id}`]) {
    const reply = await server.request('GET', path, { key: mine.key });
    assert.deepEqual([reply.status, reasonOf(reply)], [403, 'PERMISSION_DENIED']);
  }
});

test("another customer's resources MUST be 404, and never listed", async () => {
  const { id } = await server.ok('POST', '/extensions', {
    key: other.key,
    body: { extension: 'theirs', password: 'pw-theirs' },
  });
  for (const method of ['GET', 'DELETE'] as const) {
    const reply = await server.request(method, `/extensions/${String(id)}`, { key: mine.key });
    assert.deepEqual([reply.status, reasonOf(reply)], [404, 'RESOURCE_NOT_FOUND']);
  }
  const changed = await server.request('PUT', `/extensions/${String(id)}`, { key: mine.key, body: { name: 'mine' } });
  assert.equal(changed.status, 404);
  assert.deepEqual((await server.ok('GET', '/extensions', { key: mine.key }))['result'], []);
  const asked = await server.request('GET', `/extensions?customer_id=${other.id}`, { key: mine.key });
  assert.deepEqual([asked.status, reasonOf(asked)], [404, 'RESOURCE_NOT_FOUND']);
});

test('the root key MUST act for the default customer, or for the one that customer_id names', async () => {
  const made = await server.ok('POST', '/extensions', {
    body: { customer_id: mine.id, extension: 'by-root', password: 'pw-by-root' },
  });
  assert.equal(made['customer_id'], mine.id);
  assert.equal(made['domain'], 'mine.example');
  const { result } = await server.ok('GET', `/extensions?customer_id=${mine.id}`);
  assert.ok((result as { id: string }[]).some(({ id }) => id === made['id']));
  const wrong = await server.request('GET', `/extensions?customer_id=${NOBODY}`);
  assert.deepEqual([wrong.status, reasonOf(wrong)], [400, 'INVALID_REQUEST_PARAMETER']);
});

test('a key MUST be taken as a parameter and as a cookie too', async () => {
  assert.equal((await server.request('GET', `/extensions?accesskey=${mine.key}`, { key: '' })).status, 200);
  const headers = { cookie: `theme=dark; accesskey=${mine.key}` };
  assert.equal((await server.request('GET', '/extensions', { key: '', headers })).status, 200);
});

test('an expired or deleted key, and one of a suspended customer, MUST be refused', async () => {
  const expired = await server.ok('POST', '/accesskeys', { body: { tm_expire: '2020-01-01 00:00:00.000000' } });
  const deleted = await server.ok('POST', '/accesskeys', { body: {} });
  await server.ok('DELETE', `/accesskeys/${String(deleted['id'])}`);
  const suspended = await server.customer('suspended.example');
  await server.ok('PUT', `/customers/${suspended.id}`, { body: { status: 'suspended' } });
  for (const key of [String(expired['token']), String(deleted['token']), suspended.key]) {
    const reply = await server.request('GET', '/extensions', { key });
    assert.deepEqual([reply.status, reasonOf(reply)], [401, 'INVALID_CREDENTIALS']);
  }
});
