import { AppError, type IdSource } from '@groupcall/kernel';
import type { SipResponse } from '../message/sip-message.ts';
import {
  type DigestAlgorithm,
  type DigestChallenge,
  type DigestHash,
  type DigestSecret,
  digestAlgorithm,
  digestHash,
  digestResponse,
  formatCredentials,
  ha1,
  parseChallenge,
} from './digest.ts';

/** None of the challenges can be answered: another scheme, an unknown algorithm or quality of protection, malformed. */
export class DigestError extends AppError<'SIP_DIGEST_UNSUPPORTED'> {
  constructor(challenges: readonly string[]) {
    super('SIP_DIGEST_UNSUPPORTED', `no challenge that can be answered: ${challenges.join(' | ') || 'none came'}`, {
      help: 'The peer must offer Digest with SHA-256 or MD5, and qop "auth" or "auth-int" or none.',
    });
  }
}

export interface DigestClientOptions {
  readonly ids: IdSource;
  /** Default: node:crypto. */
  readonly hash?: DigestHash;
}

/** A challenge that can be answered, and how. */
interface Answerable {
  readonly challenge: DigestChallenge;
  readonly algorithm: DigestAlgorithm;
  readonly qop: 'auth' | 'auth-int' | undefined;
}

/** Nonces whose count is remembered. A forgotten one starts again at 1, and the server then sends a fresh nonce. */
const MAX_NONCES = 1000;
const CNONCE_LENGTH = 20;

/**
 * Answers digest challenges (RFC 7616, RFC 8760, RFC 3261 §22). Of the challenges of one realm it takes SHA-256 where
 * offered, else MD5; of the qualities of protection `auth`, else `auth-int`, else the form of RFC 2069 without one.
 */
export class DigestClient {
  readonly #ids: IdSource;
  readonly #hash: DigestHash;
  /** The last nc used, by realm and nonce; least recently used first. */
  readonly #counts = new Map<string, number>();

  constructor({ ids, hash = digestHash }: DigestClientOptions) {
    this.#ids = ids;
    this.#hash = hash;
  }

  /**
   * The value of an Authorization or Proxy-Authorization header for one challenge, or for the best of several. Called
   * again with the same challenge it counts on (nc), which spares a round trip as long as the nonce lives.
   * @param uri the Request-URI as it is sent.
   * @throws DigestError when none can be answered.
   */
  authorization(
    challenge: string | readonly string[],
    secret: DigestSecret,
    method: string,
    uri: string,
    body?: Uint8Array,
  ): string {
    const lines = typeof challenge === 'string' ? [challenge] : challenge;
    const best = strongest(lines.map(answerable));
    if (best === undefined) throw new DigestError(lines);
    return this.#authorize(best, secret, method, uri, body);
  }

  /**
   * The headers that answer a 401 (Authorization) or 407 (Proxy-Authorization), one for each realm that challenges
   * (RFC 3261 §22.3). Undefined when the response holds no challenge that can be answered.
   */
  answer(
    response: SipResponse,
    secret: DigestSecret,
    method: string,
    uri: string,
    body?: Uint8Array,
  ): [name: string, value: string][] | undefined {
    const headers = [
      ...this.#answerAll(response.headerValues('WWW-Authenticate'), 'Authorization', secret, method, uri, body),
      ...this.#answerAll(response.headerValues('Proxy-Authenticate'), 'Proxy-Authorization', secret, method, uri, body),
    ];
    return headers.length === 0 ? undefined : headers;
  }

  #answerAll(
    lines: readonly string[],
    name: string,
    secret: DigestSecret,
    method: string,
    uri: string,
    body: Uint8Array | undefined,
  ): [name: string, value: string][] {
    const realms = Map.groupBy(lines.map(answerable), (candidate) => candidate?.challenge.realm);
    return [...realms.values()].flatMap((candidates) => {
      const best = strongest(candidates);
      return best === undefined ? [] : [[name, this.#authorize(best, secret, method, uri, body)]];
    });
  }

  #authorize(
    { challenge, algorithm, qop }: Answerable,
    secret: DigestSecret,
    method: string,
    uri: string,
    body: Uint8Array | undefined,
  ): string {
    const { realm, nonce, opaque } = challenge;
    const nc = qop === undefined ? undefined : this.#count(realm, nonce);
    const cnonce = qop === undefined ? undefined : this.#ids.token(CNONCE_LENGTH);
    const response = digestResponse(
      {
        ha1: ha1(secret.username, realm, secret.password, algorithm, this.#hash),
        method,
        uri,
        nonce,
        qop,
        nc,
        cnonce,
        body,
      },
      algorithm,
      this.#hash,
    );
    return formatCredentials({
      username: secret.username,
      realm,
      nonce,
      uri,
      response,
      algorithm: challenge.algorithm,
      cnonce,
      opaque,
      qop,
      nc,
    });
  }

  #count(realm: string, nonce: string): string {
    const key = `${nonce} ${realm}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size > MAX_NONCES) {
      const [oldest = ''] = this.#counts.keys();
      this.#counts.delete(oldest);
    }
    return count.toString(16).padStart(8, '0');
  }
}

/** What can be made of a challenge line; undefined when nothing can. */
function answerable(line: string): Answerable | undefined {
  const challenge = parseChallenge(line);
  const algorithm = challenge === undefined ? undefined : digestAlgorithm(challenge.algorithm);
  if (challenge === undefined || algorithm === undefined) return undefined;
  if (challenge.qop.length === 0) return { challenge, algorithm, qop: undefined };
  const qop = (['auth', 'auth-int'] as const).find((known) => challenge.qop.includes(known));
  // RFC 7616 §3.3: a challenge that offers only unknown qualities of protection is not answered without one.
  return qop === undefined ? undefined : { challenge, algorithm, qop };
}

/** The strongest algorithm wins; among equals the topmost line does (RFC 8760 §2.4). */
function strongest(candidates: readonly (Answerable | undefined)[]): Answerable | undefined {
  const known = candidates.filter((candidate) => candidate !== undefined);
  return known.find(({ algorithm }) => algorithm === 'SHA-256') ?? known[0];
}
