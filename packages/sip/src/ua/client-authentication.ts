import { type HeaderLine, SipRequest, type SipResponse } from '../message/sip-message.ts';
import type { DigestClient } from './digest-client.ts';
import { type DigestSecret, parseChallenge, parseCredentials } from './digest.ts';

/** Tries with credentials for one request; several proxies on the way may each want theirs (RFC 3261 §22.3). */
const MAX_TRIES = 5;

/** The credentials of one request: which realms were answered, and whether a further answer makes sense. */
export class ClientAuthentication {
  readonly #digest: DigestClient;
  readonly #secret: DigestSecret;
  readonly #answered = new Set<string>();
  #tries = 0;

  constructor(digest: DigestClient, secret: DigestSecret) {
    this.#digest = digest;
    this.#secret = secret;
  }

  /**
   * The request to send in answer to a 401 or 407 (RFC 3261 §22.2): the same with credentials and the next CSeq number.
   * Undefined when it was tried and refused before, unless the nonce had grown stale, and when no challenge can be
   * answered.
   */
  retry(request: SipRequest, response: SipResponse, nextSequence: () => number): SipRequest | undefined {
    if (this.#tries >= MAX_TRIES || !this.#isWorthIt(response)) return undefined;
    const { method, rawUri, body } = request;
    const credentials = this.#digest.answer(response, this.#secret, method, rawUri, body);
    if (credentials === undefined) return undefined;
    this.#tries++;
    return withCredentials(request, nextSequence(), credentials);
  }

  #isWorthIt(response: SipResponse): boolean {
    let worthIt = false;
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
      for (const line of response.headerValues(name)) {
        const challenge = parseChallenge(line);
        if (challenge === undefined) continue;
        const realm = `${name} ${challenge.realm}`;
        if (challenge.stale || !this.#answered.has(realm)) worthIt = true;
        this.#answered.add(realm);
      }
    }
    return worthIt;
  }
}

/** The request with another CSeq number and with credentials, which take the place of older ones for the same realm. */
function withCredentials(request: SipRequest, sequence: number, credentials: readonly HeaderLine[]): SipRequest {
  const realms = new Set(credentials.map(realmOf));
  const headers: HeaderLine[] = [];
  for (const line of request.headers()) {
    const name = line[0].toLowerCase();
    if (name === 'via') continue;
    if (name === 'cseq') headers.push(['CSeq', `${sequence} ${request.method}`], ...credentials);
    else if (!name.endsWith('authorization') || !realms.has(realmOf(line))) headers.push(line);
  }
  return SipRequest.create({ method: request.method, uri: request.uri, headers, body: request.body });
}

function realmOf([name, value]: HeaderLine): string {
  return `${name.toLowerCase()} ${parseCredentials(value)?.realm ?? ''}`;
}
