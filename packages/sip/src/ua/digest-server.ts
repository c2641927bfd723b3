import { timingSafeEqual } from 'node:crypto';
import type { Clock, IdSource } from '@groupcall/kernel';
import type { SipRequest } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import {
  type DigestAlgorithm,
  type DigestCredentials,
  type DigestHash,
  digestAlgorithm,
  digestHash,
  digestResponse,
  formatChallenge,
  parseCredentials,
} from './digest.ts';
import { DigestNonces } from './digest-nonces.ts';

/** HA1 of one user in one realm, lower-case hex, by algorithm. */
export interface DigestHa1 {
  readonly md5: string;
  readonly sha256: string;
}

/** Finds a user's HA1s; undefined for one that does not exist. Should take as long for either. */
export type DigestLookup = (username: string, realm: string) => Promise<DigestHa1 | undefined>;

/**
 * Why credentials were refused. For logs and counters: the peer gets the same 401 whatever it was.
 * - `no-credentials`: there are none, as in every first request;
 * - `malformed`: not Digest, a part is missing or unreadable;
 * - `wrong-realm`: there are credentials, none of them for this realm;
 * - `uri-mismatch`: made for another Request-URI (RFC 7616 §3.4.6);
 * - `unsupported-algorithm`, `unsupported-qop`: not what was offered; without qop a request could be replayed;
 * - `unknown-user`, `wrong-response`: no such user, a wrong password;
 * - `unknown-nonce`, `expired-nonce`, `replayed`: a right password with a nonce of before a restart, too old, or used.
 */
export type DigestRefusal =
  | 'no-credentials'
  | 'malformed'
  | 'wrong-realm'
  | 'uri-mismatch'
  | 'unsupported-algorithm'
  | 'unsupported-qop'
  | 'unknown-user'
  | 'wrong-response'
  | 'unknown-nonce'
  | 'expired-nonce'
  | 'replayed';

export type DigestVerdict =
  | { readonly ok: true; readonly username: string }
  /** `stale`: the password was right, and the next challenge should say so ({@link DigestServer.challenge}). */
  | { readonly ok: false; readonly stale: boolean; readonly reason: DigestRefusal };

export interface DigestServerOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** How long a nonce may be used, in ms. Default 5 minutes. */
  readonly nonceLifetimeMs?: number;
  /** Nonces whose counts are kept, all realms together. Default 100 000. */
  readonly maxNonces?: number;
  /**
   * The algorithms that are offered and taken, in the order in which they are offered. Default: SHA-256, then MD5 (RFC 8760
   * §2.3). A client that does not know of RFC 8760 may trip over any challenge but MD5, wherever it stands.
   */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Default: node:crypto. */
  readonly hash?: DigestHash;
}

export interface DigestVerifyOptions {
  /** Only credentials for this realm count. Default: those that come first, whose realm is for `lookup` to know. */
  readonly realm?: string;
  /** Read Proxy-Authorization in place of Authorization. */
  readonly proxy?: boolean;
}

const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];
const NONCE_LIFETIME_MS = 300_000;
const MAX_NONCES = 100_000;
/** Hex digits of a hash, so that what stands in for one is hashed in the same time. */
const MD5_DIGITS = 32;
const SHA256_DIGITS = 64;

/**
 * Asks for digest credentials and judges them (RFC 7616, RFC 8760, RFC 3261 §22). Keeps nothing for a challenge, so
 * that asking costs an attacker's victim no memory.
 *
 * The count (nc) must be new for its nonce. It need not be the highest: requests overtake one another on UDP, so each of
 * the last 32 is good once. A replayed one is answered as stale, which an honest client heals by itself.
 */
export class DigestServer {
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #hash: DigestHash;
  readonly #nonces: DigestNonces;
  /** HA1s of no password, for users that do not exist. */
  readonly #dummyHa1: DigestHa1;

  constructor(options: DigestServerOptions) {
    const { clock, ids, nonceLifetimeMs = NONCE_LIFETIME_MS, maxNonces = MAX_NONCES, hash = digestHash } = options;
    this.#algorithms = options.algorithms ?? ALGORITHMS;
    this.#hash = hash;
    this.#nonces = new DigestNonces({ clock, ids, lifetimeMs: nonceLifetimeMs, maxNonces });
    this.#dummyHa1 = { md5: ids.token(MD5_DIGITS), sha256: ids.token(SHA256_DIGITS) };
  }

  /** Nonces whose counts are kept now. */
  get trackedNonces(): number {
    return this.#nonces.size;
  }

  /** The values of the WWW-Authenticate (or Proxy-Authenticate) lines, one an algorithm, in the order of the options. */
  challenge(realm: string, { stale = false }: { readonly stale?: boolean } = {}): string[] {
    const nonce = this.#nonces.issue(realm);
    return this.#algorithms.map((algorithm) =>
      formatChallenge({ realm, nonce, algorithm, opaque: undefined, qop: ['auth'], stale }),
    );
  }

  /**
   * Judges a request's credentials. Unknown users cost the same hashes as known ones. Rejects only with what `lookup`
   * rejects with.
   * @param method the method the digest was made over: that of the request.
   */
  async verify(
    request: SipRequest,
    method: string,
    lookup: DigestLookup,
    options: DigestVerifyOptions = {},
  ): Promise<DigestVerdict> {
    const credentials = selectCredentials(request, options);
    if (typeof credentials === 'string') return refuse(credentials);
    const form = checkForm(credentials, request);
    if (typeof form === 'string') return refuse(form);
    if (!this.#algorithms.includes(form.algorithm)) return refuse('unsupported-algorithm');
    const { username, realm, nonce, uri, qop, cnonce, nc } = credentials;
    const known = await lookup(username, realm);
    const ha1s = known ?? this.#dummyHa1;
    const expected = digestResponse(
      { ha1: form.algorithm === 'MD5' ? ha1s.md5 : ha1s.sha256, method, uri, nonce, qop, nc, cnonce },
      form.algorithm,
      this.#hash,
    );
    const matches = equalInConstantTime(expected, credentials.response);
    if (known === undefined) return refuse('unknown-user');
    if (!matches) return refuse('wrong-response');
    const verdict = this.#nonces.take(nonce, realm, form.count);
    switch (verdict) {
      case 'good':
        return { ok: true, username };
      case 'unknown':
        return refuse('unknown-nonce', true);
      case 'expired':
        return refuse('expired-nonce', true);
      case 'replayed':
        return refuse('replayed', true);
    }
  }
}

function refuse(reason: DigestRefusal, stale = false): DigestVerdict {
  return { ok: false, stale, reason };
}

/** RFC 3261 §22.3: a request may carry credentials for several realms, one header field each. */
function selectCredentials(
  request: SipRequest,
  { realm, proxy = false }: DigestVerifyOptions,
): DigestCredentials | DigestRefusal {
  const lines = request.headerValues(proxy ? 'Proxy-Authorization' : 'Authorization');
  if (lines.length === 0) return 'no-credentials';
  let refusal: DigestRefusal = 'malformed';
  for (const line of lines) {
    const credentials = parseCredentials(line);
    if (credentials === undefined) continue;
    if (realm === undefined || credentials.realm === realm) return credentials;
    refusal = 'wrong-realm';
  }
  return refusal;
}

const NONCE_COUNT = /^[0-9a-f]{8}$/;

/** What can be judged without knowing the user. */
function checkForm(
  credentials: DigestCredentials,
  request: SipRequest,
): { readonly algorithm: DigestAlgorithm; readonly count: number } | DigestRefusal {
  const algorithm = digestAlgorithm(credentials.algorithm);
  if (algorithm === undefined) return 'unsupported-algorithm';
  // RFC 3261 §22.4 item 8: every challenge offers qop, and a client that was offered it must use it.
  if (credentials.qop !== 'auth') return 'unsupported-qop';
  const count = NONCE_COUNT.test(credentials.nc ?? '') ? parseInt(credentials.nc ?? '', 16) : 0;
  if (count === 0 || credentials.cnonce === undefined) return 'malformed';
  return sameUri(credentials.uri, request) ? { algorithm, count } : 'uri-mismatch';
}

/**
 * RFC 7616 §3.4.6 wants the URI of the credentials to be that of the request. Phones leave out its user part, its port or its
 * parameters, and proxies on the way rewrite them, so the same host is enough, that of the To included; what a replay could
 * gain from it, the nonce count takes away.
 */
function sameUri(uri: string, request: SipRequest): boolean {
  if (uri === request.rawUri) return true;
  try {
    const host = SipUri.parse(uri).host.toLowerCase();
    return host === request.uri.host.toLowerCase() || host === request.to.uri.host.toLowerCase();
  } catch {
    return false;
  }
}

function equalInConstantTime(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  // The length is that of the algorithm, no secret.
  return left.length === right.length && timingSafeEqual(left, right);
}
