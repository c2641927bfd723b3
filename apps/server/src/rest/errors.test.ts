import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SeededRandom } from '@groupcall/testkit';
import { messageOf, reasonOf, TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(async () => {
  await server.stop();
});

const GOOD = {
  source: { type: 'tel', target: '+821028286521' },
  destinations: [{ type: 'extension', target: 'nobody' }],
};

describe('a body that is wrong MUST be refused with the member named', () => {
  for (const [name, change, status, reason, pattern] of [
    ['no destinations', { destinations: [] }, 400, 'INVALID_ARGUMENT', /destinations/],
    ['no list', { destinations: 'all' }, 400, 'INVALID_ARGUMENT', /destinations/],
    ['an unknown method', { ring_method: 'all' }, 400, 'INVALID_ARGUMENT', /ring_method.*linear/],
    ['an unknown answer method', { answer_method: 'x' }, 400, 'INVALID_ARGUMENT', /answer_method/],
    [
      'an unknown type',
      { destinations: [{ type: 'fax', target: '1' }] },
      400,
      'INVALID_ARGUMENT',
      /destinations\[0\]\.type/,
    ],
    ['no target', { destinations: [{ type: 'tel' }] }, 400, 'INVALID_ARGUMENT', /destinations\[0\]\.target/],
    [
      'no SIP URI',
      { destinations: [{ type: 'sip', target: 'a b' }] },
      400,
      'INVALID_ARGUMENT',
      /destinations\[0\]\.target/,
    ],
    [
      'no number',
      { destinations: [{ type: 'tel', target: 'x' }] },
      400,
      'INVALID_ARGUMENT',
      /destinations\[0\]\.target/,
    ],
    [
      'a number that is not allowed',
      { destinations: [{ type: 'tel', target: '+15551234567' }] },
      403,
      'DESTINATION_NOT_ALLOWED',
      /\+15551234567/,
    ],
    [
      'a foreign agent',
      { destinations: [{ type: 'agent', target: '5e4a0680-804e-11ec-8477-2fea5968d85b' }] },
      404,
      'RESOURCE_NOT_FOUND',
      /agent/,
    ],
    [
      'a flow that is not there',
      { flow_id: '5e4a0680-804e-11ec-8477-2fea5968d85b' },
      404,
      'RESOURCE_NOT_FOUND',
      /flow_id/,
    ],
    ['an action that is not known', { actions: [{ type: 'dance' }] }, 400, 'INVALID_ACTION_TYPE', /actions\[0\]\.type/],
    ['a time of no length', { ring_timeout_ms: 0 }, 400, 'INVALID_ARGUMENT', /ring_timeout_ms/],
    ['a header that adds another', { headers: { 'X-A': 'a\r\nVia: b' } }, 400, 'INVALID_ARGUMENT', /headers/],
    ['an unknown member', { colour: 'red' }, 400, 'INVALID_ARGUMENT', /colour/],
  ] as const) {
    test(name, async () => {
      const reply = await server.request('POST', '/groupcalls', { body: { ...GOOD, ...change } });
      assert.deepEqual([reply.status, reasonOf(reply)], [status, reason], JSON.stringify(reply.body));
      assert.match(messageOf(reply), pattern);
      const { result } = await server.ok('GET', '/groupcalls');
      assert.deepEqual(result, [], 'nothing was rung');
    });
  }

  test('101 destinations', async () => {
    const destinations = Array.from({ length: 101 }, () => GOOD.destinations[0]);
    const reply = await server.request('POST', '/groupcalls', { body: { ...GOOD, destinations } });
    assert.deepEqual([reply.status, reasonOf(reply)], [400, 'INVALID_ARGUMENT']);
  });
});

describe('what is no request MUST get its own error', () => {
  for (const [name, options, status, reason] of [
    ['no JSON', { body: '{"source":' }, 400, 'INVALID_JSON_BODY'],
    ['an empty body', { body: '' }, 400, 'INVALID_JSON_BODY'],
    ['an array', { body: [] }, 400, 'INVALID_ARGUMENT'],
    ['null', { body: 'null' }, 400, 'INVALID_ARGUMENT'],
    [
      'another media type',
      { body: 'a=b', headers: { 'content-type': 'application/xml' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body without an end', { body: `"${'x'.repeat(1_100_000)}"` }, 413, 'BODY_TOO_LARGE'],
  ] as const) {
    test(name, async () => {
      const reply = await server.request('POST', '/groupcalls', options);
      assert.deepEqual([reply.status, reasonOf(reply)], [status, reason], JSON.stringify(reply.body).slice(0, 300));
    });
  }

  test('an id that is none', async () => {
    const reply = await server.request('GET', '/groupcalls/nope');
    assert.deepEqual([reply.status, reasonOf(reply)], [400, 'INVALID_ID']);
  });

  test('an id that nobody has', async () => {
    const id = '5e4a0680-804e-11ec-8477-2fea5968d85b';
    for (const [path, reason] of [
      [`/groupcalls/${id}`, 'GROUPCALL_NOT_FOUND'],
      [`/calls/${id}`, 'CALL_NOT_FOUND'],
      [`/agents/${id}`, 'RESOURCE_NOT_FOUND'],
    ] as const) {
      const reply = await server.request('GET', path);
      assert.deepEqual([reply.status, reasonOf(reply)], [404, reason]);
    }
  });

  test('a route that is not there', async () => {
    const reply = await server.request('GET', '/nothing');
    assert.deepEqual([reply.status, reasonOf(reply)], [404, 'ROUTE_NOT_FOUND']);
  });
});

describe('the request id', () => {
  test('MUST be the one that was sent, in the header and in the envelope', async () => {
    const reply = await server.request('GET', '/groupcalls/nope', { headers: { 'x-request-id': 'my-request_1' } });
    assert.equal(reply.headers['x-request-id'], 'my-request_1');
    assert.equal((reply.body['error'] as { request_id: string }).request_id, 'my-request_1');
  });

  test('MUST be made when none that is right was sent', async () => {
    for (const given of ['', 'a b', 'x'.repeat(65)]) {
      const reply = await server.request('GET', '/groupcalls', { headers: { 'x-request-id': given } });
      assert.match(String(reply.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    }
  });
});

test('random bodies MUST get 4xx, never 5xx, and make nothing', async () => {
  const random = new SeededRandom(42);
  const value = (depth: number): unknown => {
    const kind = random.integer(0, depth > 2 ? 5 : 7);
    if (kind === 6) return Array.from({ length: random.integer(0, 3) }, () => value(depth + 1));
    if (kind === 7) {
      const members = [
        'source',
        'destinations',
        'type',
        'target',
        'ring_method',
        'number',
        'extension',
        'x',
        '__proto__',
      ];
      return Object.fromEntries(
        Array.from({ length: random.integer(0, 4) }, () => [random.pick(members), value(depth + 1)]),
      );
    }
    return [null, true, random.integer(-5, 5), '', 'sip:a@b', 1e308][kind];
  };
  for (const path of [
    '/groupcalls',
    '/calls',
    '/customers',
    '/extensions',
    '/agents',
    '/groups',
    '/numbers',
    '/trunks',
  ]) {
    for (let count = 0; count < 100; count++) {
      const body = JSON.stringify(value(0));
      const { status } = await server.request('POST', path, { body });
      assert.ok(status >= 400 && status < 500, `${path} ${body}: ${status}`);
    }
  }
});

test('/healthz and /readyz MUST answer without a key', async () => {
  for (const url of ['/healthz', '/readyz']) {
    assert.equal((await server.server.app.inject({ method: 'GET', url })).statusCode, 200);
  }
});
