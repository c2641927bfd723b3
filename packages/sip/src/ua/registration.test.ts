import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { silentLogger } from '@groupcall/kernel';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';
import { NameAddr } from '../message/name-addr.ts';
import { Params } from '../message/params.ts';
import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { DigestServer } from './digest-server.ts';
import { ha1 } from './digest.ts';
import { Registrar } from './registrar.ts';
import { Registration, type RegistrationOptions, type RegistrationResult } from './registration.ts';
import { UserAgent } from './user-agent.ts';

const AOR = 'sip:alice@local';
const SERVER = { address: '10.0.0.1', port: 5060 };
const CONTACT = SipUri.parse('sip:alice@10.0.0.2:5060');

type Answer = (transaction: ServerTransaction, request: SipRequest) => void;

/** A phone's user agent and a registrar's on a network in memory, with a Registration between them. */
async function setUp(options: Partial<RegistrationOptions> = {}, limits = {}) {
  const clock = new FakeClock();
  const network = new VirtualNetwork(clock, new SeededRandom(1));
  const common = { clock, logger: silentLogger, network, userAgent: 'test' };
  const server = new UserAgent({ ...common, ids: new SeededIdSource(1), listen: [{ protocol: 'udp', ...SERVER }] });
  const client = new UserAgent({
    ...common,
    ids: new SeededIdSource(2),
    listen: [{ protocol: 'udp', address: '10.0.0.2', port: 5060 }],
  });
  await Promise.all([server.start(), client.start()]);
  const registrar = new Registrar({ clock, ids: new SeededIdSource(3), logger: silentLogger, limits });
  const requests: SipRequest[] = [];
  let answer: Answer = (transaction) => registrar.register(transaction, AOR);
  server.handle('REGISTER', (transaction, request) => {
    requests.push(request);
    answer(transaction, request);
  });
  const registration = new Registration({
    clock,
    ids: new SeededIdSource(4),
    userAgent: client,
    aor: NameAddr.parse(`<${AOR}>`),
    registrar: SipUri.parse('sip:local'),
    target: { protocol: 'udp', ...SERVER },
    contact: CONTACT,
    ...options,
  });
  const results: RegistrationResult[] = [];
  registration.onResult = (result) => results.push(result);
  /** Lets `ms` pass, with every promise that comes due in between. */
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    for (;;) {
      await turn();
      const next = clock.nextAt;
      if (next === undefined || next > end) break;
      clock.step();
    }
    clock.advanceTo(end);
  };
  const close = async (): Promise<void> => {
    registration.close();
    registrar.close();
    await Promise.all([server.close(), client.close()]);
  };
  const answerWith = (next: Answer): void => {
    answer = next;
  };
  /** Answers every REGISTER with that status. */
  const refuseWith = (status: number, headers: [string, string][] = []): void => {
    answerWith((transaction, request) => {
      transaction.respond(SipResponse.replyTo(request, status, undefined, { toTag: 't', headers }));
    });
  };
  return { clock, network, registrar, registration, requests, results, pass, close, answerWith, refuseWith };
}

describe('registering', () => {
  test('MUST send what RFC 3261 §10.2 asks for, and be registered', async () => {
    const world = await setUp({ contactParams: Params.parse(';+sip.instance="<urn:uuid:1>"'), expiresS: 600 });
    const done = world.registration.register();
    await world.pass(100);
    assert.deepEqual(await done, { ok: true, status: 200, reason: 'OK', expiresS: 600, againInMs: 540_000 });
    assert.equal(world.registration.state, 'registered');
    const [request] = world.requests;
    assert.equal(request?.rawUri, 'sip:local');
    assert.equal(request.from.uri.toString(), AOR);
    assert.ok(request.from.tag);
    assert.equal(request.to.uri.toString(), AOR);
    assert.equal(request.to.tag, undefined);
    assert.equal(request.header('Contact'), '<sip:alice@10.0.0.2:5060>;+sip.instance="<urn:uuid:1>"');
    assert.equal(request.header('Expires'), '600');
    assert.equal(world.registrar.contacts(AOR)[0]?.uri.toString(), CONTACT.toString());
    await world.close();
  });

  test('MUST keep one Call-ID and raise the CSeq by one each time (§10.2)', async () => {
    const world = await setUp();
    for (let count = 0; count < 3; count++) {
      const done = world.registration.register();
      await world.pass(100);
      assert.equal((await done).ok, true);
    }
    assert.equal(new Set(world.requests.map(({ callId }) => callId)).size, 1);
    assert.deepEqual(
      world.requests.map(({ cseq }) => cseq.number),
      [1, 2, 3],
    );
    await world.close();
  });

  test('MUST NOT send a REGISTER before the one before it is answered (§10.2)', async () => {
    const world = await setUp();
    const open: ServerTransaction[] = [];
    world.answerWith((transaction) => open.push(transaction));
    const both = Promise.all([world.registration.register(), world.registration.register()]);
    await world.pass(5000);
    assert.equal(world.requests.length, 1);
    world.registrar.register(open[0]!, AOR);
    await world.pass(100);
    assert.equal(world.requests.length, 2);
    world.registrar.register(open[1]!, AOR);
    await world.pass(100);
    assert.equal(
      (await both).every(({ ok }) => ok),
      true,
    );
    await world.close();
  });

  test('MUST answer a challenge, and count on from the CSeq that this took', async () => {
    const world = await setUp({ credentials: { username: 'alice', password: 'secret' } });
    const digest = new DigestServer({ clock: world.clock, ids: new SeededIdSource(9) });
    const hashes = { md5: ha1('alice', 'local', 'secret', 'MD5'), sha256: ha1('alice', 'local', 'secret', 'SHA-256') };
    world.answerWith((transaction, request) => {
      void digest
        .verify(request, 'REGISTER', () => Promise.resolve(hashes), { realm: 'local' })
        .then((verdict) => {
          if (verdict.ok) return world.registrar.register(transaction, AOR);
          const headers = digest
            .challenge('local', verdict)
            .map((line): [string, string] => ['WWW-Authenticate', line]);
          transaction.respond(SipResponse.replyTo(request, 401, undefined, { toTag: 't', headers }));
          return 401;
        });
    });
    for (let count = 0; count < 2; count++) {
      const done = world.registration.register();
      await world.pass(100);
      assert.equal((await done).ok, true);
    }
    assert.deepEqual(
      world.requests.map(({ cseq }) => cseq.number),
      [1, 2, 3, 4],
    );
    await world.close();
  });

  test('MUST ask again with Min-Expires after a 423, once (§10.2.8)', async () => {
    const world = await setUp({ expiresS: 10 });
    const done = world.registration.register();
    await world.pass(100);
    assert.equal((await done).expiresS, 60);
    assert.deepEqual(
      world.requests.map((request) => request.header('Expires')),
      ['10', '60'],
    );
    world.refuseWith(423, [['Min-Expires', '7200']]);
    const again = world.registration.register();
    await world.pass(100);
    assert.equal((await again).status, 423);
    assert.equal(world.requests.length, 4);
    await world.close();
  });

  test('MUST believe the time that is granted, by parameter or header (§10.2.4)', async () => {
    const world = await setUp({ expiresS: 600 }, { maxExpiresS: 300, defaultExpiresS: 300 });
    const granted = world.registration.register();
    await world.pass(100);
    assert.equal((await granted).expiresS, 300);
    world.refuseWith(200, [['Expires', '120']]);
    const byHeader = world.registration.register();
    await world.pass(100);
    assert.equal((await byHeader).expiresS, 120);
    world.refuseWith(200, [['Contact', '<sip:someone@else>;expires=5']]);
    const unsaid = world.registration.register();
    await world.pass(100);
    assert.equal((await unsaid).expiresS, 600);
    await world.close();
  });
});

describe('staying registered', () => {
  test('MUST refresh before the time is over, again and again', async () => {
    const world = await setUp({ expiresS: 60 });
    void world.registration.register();
    for (let minute = 0; minute < 10; minute++) {
      await world.pass(60_000);
      assert.equal(world.registrar.contacts(AOR).length, 1);
    }
    // Half of a minute is left for a lost refresh to be repeated in.
    assert.equal(world.requests.length, 20);
    await world.close();
  });

  test('MUST stay registered although the first refresh gets no answer', async () => {
    const world = await setUp({ expiresS: 600, retryBaseMs: 2000 });
    void world.registration.register();
    await world.pass(100);
    world.network.filter = ({ data }) => !data.toString().startsWith('REGISTER');
    await world.pass(540_000 + 32_000);
    assert.equal(world.results.at(-1)?.status, 408);
    world.network.filter = () => true;
    await world.pass(3000);
    assert.equal(world.results.at(-1)?.ok, true);
    assert.equal(world.registration.state, 'registered');
    assert.equal(world.registrar.contacts(AOR).length, 1);
    await world.close();
  });

  for (const status of [500, 503, 504]) {
    test(`MUST try again after a ${status}, with waits that double up to a limit`, async () => {
      const world = await setUp({ retryBaseMs: 10_000, retryMaxMs: 40_000 });
      world.refuseWith(status);
      void world.registration.register();
      await world.pass(200_000);
      const waits = world.results.map(({ againInMs = 0 }) => againInMs);
      assert.ok(waits.length >= 5, String(waits));
      for (const [index, wait] of waits.entries()) {
        const longest = Math.min(40_000, 10_000 * 2 ** index);
        assert.ok(wait >= longest / 2 && wait <= longest, `${wait} in place ${index}`);
      }
      assert.equal(world.registration.state, 'failed');
      world.answerWith((transaction) => world.registrar.register(transaction, AOR));
      await world.pass(41_000);
      assert.equal(world.registration.state, 'registered');
      await world.close();
    });
  }

  test('MUST wait as long as Retry-After says', async () => {
    const world = await setUp({ retryBaseMs: 1000 });
    world.refuseWith(503, [['Retry-After', '120 (maintenance);duration=60']]);
    void world.registration.register();
    await world.pass(119_000);
    assert.equal(world.requests.length, 1);
    await world.pass(2000);
    assert.equal(world.requests.length, 2);
    await world.close();
  });

  for (const status of [302, 401, 403, 404, 603]) {
    test(`MUST stop at a ${status}`, async () => {
      const world = await setUp();
      world.refuseWith(status);
      const done = world.registration.register();
      await world.pass(100);
      assert.deepEqual(await done, { ...(await done), ok: false, status, expiresS: 0 });
      assert.equal((await done).againInMs, undefined);
      await world.pass(7_200_000);
      assert.equal(world.requests.length, 1);
      assert.equal(world.registration.state, 'failed');
      await world.close();
    });
  }
});

describe('leaving', () => {
  test('MUST remove its own contact with Expires 0, and refresh no more (§10.2.2)', async () => {
    const world = await setUp({ expiresS: 60 });
    void world.registration.register();
    await world.pass(100);
    const done = world.registration.unregister();
    await world.pass(100);
    assert.deepEqual(await done, { ok: true, status: 200, reason: 'OK', expiresS: 0 });
    assert.equal(world.registration.state, 'idle');
    assert.deepEqual(world.registrar.contacts(AOR), []);
    await world.pass(600_000);
    assert.equal(world.requests.length, 2);
    assert.equal(world.clock.pending, 0);
    await world.close();
  });

  test('MUST wait for a registration that is under way, and then undo it', async () => {
    const world = await setUp();
    void world.registration.register();
    void world.registration.unregister();
    await world.pass(40_000);
    assert.deepEqual(
      world.requests.map((request) => request.header('Expires')),
      ['3600', '0'],
    );
    assert.deepEqual(world.registrar.contacts(AOR), []);
    await world.pass(7_200_000);
    assert.equal(world.requests.length, 2);
    await world.close();
  });

  test('MUST be over although the registrar does not answer', async () => {
    const world = await setUp();
    void world.registration.register();
    await world.pass(100);
    world.refuseWith(503);
    const done = world.registration.unregister();
    await world.pass(100);
    assert.equal((await done).ok, false);
    assert.equal(world.registration.state, 'idle');
    await world.pass(7_200_000);
    assert.equal(world.requests.length, 2);
    await world.close();
  });

  test('MUST do nothing after close', async () => {
    const world = await setUp({ expiresS: 60 });
    void world.registration.register();
    await world.pass(100);
    world.registration.close();
    await world.pass(600_000);
    assert.equal(world.requests.length, 1);
    await world.close();
    assert.equal(world.clock.pending, 0);
  });

  test('MUST do nothing after close, also when that came before the answer', async () => {
    const world = await setUp({ expiresS: 60 });
    const done = world.registration.register();
    world.registration.close();
    await world.pass(600_000);
    assert.equal((await done).ok, true);
    assert.deepEqual(world.results, []);
    assert.equal(world.requests.length, 1);
    await world.close();
  });
});
