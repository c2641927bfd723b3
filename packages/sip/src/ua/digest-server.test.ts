import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock, SeededIdSource } from '@groupcall/testkit';
import { SipRequest } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import {
  type DigestAlgorithm,
  type DigestHash,
  digestHash,
  formatCredentials,
  ha1,
  parseChallenge,
  parseCredentials,
} from './digest.ts';
import { DigestClient } from './digest-client.ts';
import { type DigestHa1, type DigestLookup, DigestServer } from './digest-server.ts';

const REALM = 'local';
const URI = 'sip:local';
const SECRET = { username: 'alice', password: 'secret' };
const LIFETIME_MS = 10_000;

const both = (username: string, realm: string, password: string): DigestHa1 => ({
  md5: ha1(username, realm, password, 'MD5'),
  sha256: ha1(username, realm, password, 'SHA-256'),
});
const lookup: DigestLookup = (username, realm) =>
  Promise.resolve(username === 'alice' && realm === REALM ? both('alice', REALM, 'secret') : undefined);

function requestWith(headers: [string, string][], uri = URI): SipRequest {
  return SipRequest.create({ method: 'REGISTER', uri: SipUri.parse(uri), headers });
}

function setUp({ hash = digestHash, seed = 1 }: { hash?: DigestHash; seed?: number } = {}) {
  const clock = new FakeClock();
  const server = new DigestServer({ clock, ids: new SeededIdSource(seed), nonceLifetimeMs: LIFETIME_MS, hash });
  const client = new DigestClient({ ids: new SeededIdSource(seed + 100) });
  const authorize = (challenges = server.challenge(REALM), secret = SECRET, method = 'REGISTER', uri = URI) =>
    client.authorization(challenges, secret, method, uri);
  const verify = (authorization: string, uri = URI) =>
    server.verify(requestWith([['Authorization', authorization]], uri), 'REGISTER', lookup, { realm: REALM });
  return { clock, server, client, authorize, verify };
}

/** The same credentials with some parts changed. */
function changed(authorization: string, parts: Partial<ReturnType<typeof parseCredentials>>): string {
  const credentials = parseCredentials(authorization);
  assert.ok(credentials);
  return formatCredentials({ ...credentials, ...parts });
}

const refused = (reason: string, stale = false) => ({ ok: false, stale, reason });

describe('challenges', () => {
  test('MUST offer SHA-256 first, then MD5, both with qop auth and one nonce (RFC 8760 §2.3)', () => {
    const { server } = setUp();
    const challenges = server.challenge(REALM).map(parseChallenge);
    assert.deepEqual(
      challenges.map((challenge) => challenge?.algorithm),
      ['SHA-256', 'MD5'],
    );
    for (const challenge of challenges) {
      assert.equal(challenge?.realm, REALM);
      assert.deepEqual(challenge.qop, ['auth']);
      assert.equal(challenge.stale, false);
      assert.equal(challenge.nonce, challenges[0]?.nonce);
    }
  });

  test('MUST offer and take only the algorithms it was given', async () => {
    const ids = new SeededIdSource(3);
    const server = new DigestServer({ clock: new FakeClock(), ids, algorithms: ['MD5'] });
    const challenges = server.challenge(REALM);
    assert.deepEqual(
      challenges.map((line) => parseChallenge(line)?.algorithm),
      ['MD5'],
    );
    const asSha256 = challenges.map((line) => line.replace('MD5', 'SHA-256'));
    const client = new DigestClient({ ids });
    const judge = (lines: readonly string[]) => {
      const authorization = client.authorization(lines, SECRET, 'REGISTER', URI);
      return server.verify(requestWith([['Authorization', authorization]]), 'REGISTER', lookup, { realm: REALM });
    };
    assert.deepEqual(await judge(asSha256), refused('unsupported-algorithm'));
    assert.deepEqual(await judge(challenges), { ok: true, username: 'alice' });
  });

  test('MUST say stale when asked to', () => {
    const { server } = setUp();
    for (const line of server.challenge(REALM, { stale: true })) assert.equal(parseChallenge(line)?.stale, true);
  });

  test('MUST NOT keep anything for a challenge that nobody answers', () => {
    const { server } = setUp();
    for (let count = 0; count < 1000; count++) server.challenge(REALM);
    assert.equal(server.trackedNonces, 0);
  });
});

describe('right credentials', () => {
  for (const [index, algorithm] of (['SHA-256', 'MD5'] as const).entries()) {
    test(`MUST be taken with ${algorithm}`, async () => {
      const { server, authorize, verify } = setUp();
      const authorization = authorize([server.challenge(REALM)[index] ?? '']);
      assert.equal(parseCredentials(authorization)?.algorithm, algorithm);
      assert.deepEqual(await verify(authorization), { ok: true, username: 'alice' });
    });
  }

  test('MUST be taken again and again with a growing nc', async () => {
    const { server, authorize, verify } = setUp();
    const challenges = server.challenge(REALM);
    for (let count = 0; count < 5; count++) assert.equal((await verify(authorize(challenges))).ok, true);
    assert.equal(server.trackedNonces, 1);
  });

  test('MUST be taken when requests overtake one another', async () => {
    const { server, authorize, verify } = setUp();
    const challenges = server.challenge(REALM);
    const [first, second, third] = [authorize(challenges), authorize(challenges), authorize(challenges)];
    for (const authorization of [third, first, second]) assert.equal((await verify(authorization)).ok, true);
  });

  test('MUST be found among those for other realms (RFC 3261 §22.3)', async () => {
    const { server, client, authorize } = setUp();
    const elsewhere = client.authorization('Digest realm="elsewhere", nonce="n"', SECRET, 'REGISTER', URI);
    const request = requestWith([
      ['Authorization', elsewhere],
      ['Authorization', authorize()],
    ]);
    assert.equal((await server.verify(request, 'REGISTER', lookup, { realm: REALM })).ok, true);
  });

  test('MUST be read from Proxy-Authorization when that was asked for, and only then', async () => {
    const { server, authorize } = setUp();
    const request = requestWith([['Proxy-Authorization', authorize()]]);
    assert.deepEqual(await server.verify(request, 'REGISTER', lookup, { realm: REALM }), refused('no-credentials'));
    assert.equal((await server.verify(request, 'REGISTER', lookup, { realm: REALM, proxy: true })).ok, true);
  });

  test('MUST leave the realm to the lookup when none is given', async () => {
    const { server, authorize } = setUp();
    const request = requestWith([['Authorization', authorize()]]);
    assert.equal((await server.verify(request, 'REGISTER', lookup)).ok, true);
    const other = authorize(server.challenge('other'));
    assert.deepEqual(
      await server.verify(requestWith([['Authorization', other]]), 'REGISTER', lookup),
      refused('unknown-user'),
    );
  });

  test('MUST be taken for a URI that is equal by RFC 3261 §19.1.4, though written otherwise', async () => {
    const { authorize, verify } = setUp();
    assert.equal((await verify(authorize(undefined, SECRET, 'REGISTER', 'SIP:LOCAL'))).ok, true);
  });
});

describe('refusals', () => {
  test('MUST be no-credentials without the header', async () => {
    const { server } = setUp();
    assert.deepEqual(
      await server.verify(requestWith([]), 'REGISTER', lookup, { realm: REALM }),
      refused('no-credentials'),
    );
  });

  for (const [why, value] of [
    ['another scheme', 'Basic YWxpY2U6c2VjcmV0'],
    ['a part is missing', 'Digest username="alice", realm="local", nonce="n", uri="sip:local"'],
    ['not closed', 'Digest username="alice, realm="local", nonce="n", uri="sip:local", response="0"'],
  ] as const) {
    test(`MUST be malformed: ${why}`, async () => {
      assert.deepEqual(await setUp().verify(value), refused('malformed'));
    });
  }

  for (const [why, parts] of [
    ['nc is missing', { nc: undefined }],
    ['nc is 0', { nc: '00000000' }],
    ['nc is too short', { nc: '1' }],
    ['nc is not hex', { nc: '0000000g' }],
    ['cnonce is missing', { cnonce: undefined }],
  ] as const) {
    test(`MUST be malformed: ${why}`, async () => {
      const { authorize, verify } = setUp();
      assert.deepEqual(await verify(changed(authorize(), parts)), refused('malformed'));
    });
  }

  test('MUST be wrong-realm for credentials of another realm', async () => {
    const { server, authorize, verify } = setUp();
    assert.deepEqual(await verify(authorize(server.challenge('other'))), refused('wrong-realm'));
  });

  test('MUST be uri-mismatch when made for another Request-URI (RFC 7616 §3.4.6)', async () => {
    const { authorize, verify } = setUp();
    assert.deepEqual(await verify(authorize(), 'sip:other'), refused('uri-mismatch'));
    assert.deepEqual(await verify(changed(authorize(), { uri: 'not a uri' })), refused('uri-mismatch'));
  });

  test('MUST take credentials whose URI names the same host: phones leave out the rest', async () => {
    const { authorize, verify } = setUp();
    const authorization = authorize(undefined, SECRET, 'REGISTER', 'sip:local:5070');
    assert.deepEqual(await verify(authorization, 'sip:support@LOCAL;transport=tcp'), { ok: true, username: 'alice' });
  });

  test('MUST be unsupported-algorithm for one that was not offered', async () => {
    const { authorize, verify } = setUp();
    for (const algorithm of ['MD5-sess', 'SHA-512-256', 'CRC32']) {
      assert.deepEqual(await verify(changed(authorize(), { algorithm })), refused('unsupported-algorithm'));
    }
  });

  test('MUST be unsupported-qop without qop or with another one (RFC 3261 §22.4)', async () => {
    const { authorize, verify } = setUp();
    assert.deepEqual(await verify(changed(authorize(), { qop: undefined })), refused('unsupported-qop'));
    assert.deepEqual(await verify(changed(authorize(), { qop: 'auth-int' })), refused('unsupported-qop'));
  });

  test('MUST be unknown-user for a user that does not exist', async () => {
    const { authorize, verify } = setUp();
    const authorization = authorize(undefined, { username: 'mallory', password: 'secret' });
    assert.deepEqual(await verify(authorization), refused('unknown-user'));
  });

  test('MUST be wrong-response for a wrong password, method, nonce, cnonce or nc', async () => {
    const { server, authorize, verify } = setUp();
    const wrong = refused('wrong-response');
    assert.deepEqual(await verify(authorize(undefined, { username: 'alice', password: 'guess' })), wrong);
    assert.deepEqual(await verify(authorize(undefined, SECRET, 'INVITE')), wrong);
    assert.deepEqual(await verify(changed(authorize(), { nonce: 'x' })), wrong);
    assert.deepEqual(await verify(changed(authorize(), { cnonce: 'x' })), wrong);
    assert.deepEqual(await verify(changed(authorize(), { nc: '00000009' })), wrong);
    assert.deepEqual(await verify(changed(authorize(), { response: 'ab' })), wrong);
    assert.equal(server.trackedNonces, 0);
  });

  test('MUST be replayed, and stale, for an nc that was used', async () => {
    const { authorize, verify } = setUp();
    const authorization = authorize();
    assert.equal((await verify(authorization)).ok, true);
    assert.deepEqual(await verify(authorization), refused('replayed', true));
  });

  test('MUST be replayed for one of two equal requests whose lookups run at once', async () => {
    const { authorize, verify } = setUp();
    const authorization = authorize();
    const verdicts = await Promise.all([verify(authorization), verify(authorization)]);
    assert.deepEqual(verdicts, [{ ok: true, username: 'alice' }, refused('replayed', true)]);
  });

  test('MUST be expired-nonce, and stale, after the lifetime', async () => {
    const { clock, authorize, verify } = setUp();
    const authorization = authorize();
    clock.advance(LIFETIME_MS);
    assert.deepEqual(await verify(authorization), refused('expired-nonce', true));
  });

  test('MUST be unknown-nonce, and stale, for a right password with a nonce of before a restart', async () => {
    const { authorize } = setUp();
    const restarted = setUp({ seed: 2 });
    assert.deepEqual(await restarted.verify(authorize()), refused('unknown-nonce', true));
  });

  test('MUST NOT be stale for a wrong password, whatever the nonce (RFC 7616 §3.3)', async () => {
    const { clock, authorize, verify } = setUp();
    const authorization = authorize(undefined, { username: 'alice', password: 'guess' });
    clock.advance(LIFETIME_MS);
    assert.deepEqual(await verify(authorization), refused('wrong-response'));
    assert.deepEqual(await setUp({ seed: 2 }).verify(authorization), refused('wrong-response'));
  });

  test('MUST let the error of a lookup through', async () => {
    const { server, authorize } = setUp();
    const request = requestWith([['Authorization', authorize()]]);
    const broken = () => Promise.reject(new Error('no database'));
    await assert.rejects(server.verify(request, 'REGISTER', broken, { realm: REALM }), /no database/);
  });
});

describe('the same for unknown users', () => {
  test('MUST cost the same lookups and hashes, over the same number of bytes, as a wrong password', async () => {
    for (const index of [0, 1]) {
      const work = async (username: string) => {
        const done: string[] = [];
        const hash: DigestHash = (algorithm: DigestAlgorithm, data) => {
          done.push(`${algorithm} ${data.length}`);
          return digestHash(algorithm, data);
        };
        const { server, authorize } = setUp({ hash });
        const secret = { username, password: 'guess' };
        const request = requestWith([['Authorization', authorize([server.challenge(REALM)[index] ?? ''], secret)]]);
        let lookups = 0;
        const counting: DigestLookup = (name, realm) => {
          lookups++;
          return lookup(name, realm);
        };
        const verdict = await server.verify(request, 'REGISTER', counting, { realm: REALM });
        assert.equal(verdict.ok, false);
        return { done, lookups };
      };
      const known = await work('alice');
      assert.equal(known.done.length, 2);
      assert.deepEqual(await work('mallory'), known);
    }
  });

  test('MUST NOT be passed by guessing the hash that stands for no password', async () => {
    const { authorize, verify } = setUp();
    for (const password of ['', 'undefined']) {
      assert.deepEqual(await verify(authorize(undefined, { username: 'mallory', password })), refused('unknown-user'));
    }
  });
});
