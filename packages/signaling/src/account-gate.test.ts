import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { DigestClient, DigestServer, ha1, type HeaderLine, SipRequest } from '@groupcall/sip';
import { FakeClock, SeededIdSource, testCustomer, testExtension } from '@groupcall/testkit';
import { AccountGate } from './account-gate.ts';
import { ServedDomains } from './served-domains.ts';

const URI = 'sip:test';
const BOB = testExtension({
  extension: 'bob',
  ha1Md5: ha1('bob', 'test', 'secret', 'MD5'),
  ha1Sha256: ha1('bob', 'test', 'secret', 'SHA-256'),
});

function openGate() {
  const clock = new FakeClock();
  const ids = new SeededIdSource();
  const accounts = {
    customerByDomain: (domain: string) => Promise.resolve(domain === 'test' ? testCustomer() : undefined),
    defaultCustomer: () => Promise.resolve(testCustomer()),
    extension: (_customerId: string, username: string) => Promise.resolve(username === 'bob' ? BOB : undefined),
  };
  const gate = new AccountGate({
    clock,
    logger: silentLogger,
    digest: new DigestServer({ clock, ids }),
    accounts,
    domains: new ServedDomains(accounts, []),
    limits: { failures: 3, firstMuteMs: 60_000 },
  });
  const client = new DigestClient({ ids });
  const send = (headers: readonly HeaderLine[] = [], { host = 'test', from = '198.51.100.1' } = {}) => {
    const request = SipRequest.create({ method: 'REGISTER', uri: URI, headers });
    const flow = {
      protocol: 'udp',
      local: { address: '10.0.0.1', port: 5060 },
      remote: { address: from, port: 5060 },
    } as const;
    return gate.check(request, flow, [host]);
  };
  const signed = async (username: string, password: string, options?: { host?: string; from?: string }) => {
    const challenge = await send([], options);
    assert.ok(!challenge.ok);
    const lines = challenge.headers.map(([, value]) => value);
    const authorization = client.authorization(lines, { username, password }, 'REGISTER', URI);
    return { authorization, verdict: await send([['Authorization', authorization]], options) };
  };
  return { clock, gate, send, signed };
}

test('MUST challenge a request without credentials, SHA-256 first, and count nothing', async () => {
  const { gate, send } = openGate();
  const verdict = await send();
  assert.ok(!verdict.ok);
  assert.equal(verdict.status, 401);
  assert.deepEqual(
    verdict.headers.map(([name, value]) => [
      name,
      /algorithm=([^,]+)/.exec(value)?.[1],
      /realm="([^"]+)"/.exec(value)?.[1],
    ]),
    [
      ['WWW-Authenticate', 'SHA-256', 'test'],
      ['WWW-Authenticate', 'MD5', 'test'],
    ],
  );
  assert.deepEqual(gate.counters, { failed: 0, scanners: 0, muted: 0 });
});

test('MUST let in who proves an account', async () => {
  const { signed } = openGate();
  const { verdict } = await signed('bob', 'secret');
  assert.ok(verdict.ok);
  assert.equal(verdict.extension, BOB);
  assert.equal(verdict.customer.domain, 'test');
});

for (const host of ['192.0.2.1', 'localhost']) {
  test(`MUST take a phone that names this server ${host} for one of the default customer`, async () => {
    const { signed } = openGate();
    assert.ok((await signed('bob', 'secret', { host })).verdict.ok);
  });
}

test('MUST answer a wrong password, an unknown user and a domain that is not served alike', async () => {
  const { signed } = openGate();
  const answers = [
    await signed('bob', 'wrong', { from: '198.51.100.1' }),
    await signed('nobody', 'secret', { from: '198.51.100.2' }),
    await signed('bob', 'secret', { host: 'elsewhere.example', from: '198.51.100.3' }),
  ];
  for (const { verdict } of answers) {
    assert.ok(!verdict.ok);
    assert.equal(verdict.status, 401);
    assert.equal(verdict.headers.length, 2);
    assert.ok(verdict.headers.every(([, value]) => !value.includes('stale')));
  }
});

test('MUST mute a source that keeps guessing, for that source alone, and listen again later', async () => {
  const { clock, gate, signed, send } = openGate();
  for (let guess = 0; guess < 3; guess++) await signed('bob', `guess ${guess}`);
  assert.equal(gate.counters.failed, 3);
  const muted = await send();
  assert.deepEqual(muted, { ok: false, status: 403, headers: [] });
  assert.equal(gate.counters.muted, 1);
  assert.ok((await signed('bob', 'secret', { from: '198.51.100.9' })).verdict.ok);
  clock.advance(60_000);
  assert.ok((await signed('bob', 'secret')).verdict.ok);
});

test('MUST NOT count phones that have to be asked again: stale nonces, replays, another realm', async () => {
  const { clock, gate, signed, send } = openGate();
  const { authorization } = await signed('bob', 'secret');
  const replayed = await send([['Authorization', authorization]]);
  assert.ok(!replayed.ok);
  assert.ok(replayed.headers.every(([, value]) => value.includes('stale=true')));
  clock.advance(3_600_000);
  await send([['Authorization', authorization]]);
  await send([['Authorization', authorization.replace('realm="test"', 'realm="other"')]]);
  await send([['Authorization', authorization]]);
  assert.equal(gate.counters.failed, 0);
  assert.ok((await signed('bob', 'secret')).verdict.ok);
});

test('MUST mute a scanner at its first request', async () => {
  const { gate, send } = openGate();
  const headers: HeaderLine[] = [['User-Agent', 'Friendly-Scanner']];
  assert.deepEqual(await send(headers), { ok: false, status: 403, headers: [] });
  assert.deepEqual(await send(), { ok: false, status: 403, headers: [] });
  assert.deepEqual(gate.counters, { failed: 0, scanners: 1, muted: 1 });
});
