import { hash as nodeHash } from 'node:crypto';

/** The algorithms of RFC 7616 that this stack speaks. */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** One-way hash, as lower-case hex. Tests count its calls. */
export type DigestHash = (algorithm: DigestAlgorithm, data: string | Uint8Array) => string;

/** The hash of node:crypto. */
export const digestHash: DigestHash = (algorithm, data) => nodeHash(algorithm === 'MD5' ? 'md5' : 'sha256', data);

/** A user name and the password in the clear, for the side that answers challenges. */
export interface DigestSecret {
  readonly username: string;
  readonly password: string;
}

/** What a WWW-Authenticate or Proxy-Authenticate line says. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** As written, also when it is one we do not know; `MD5` when absent. */
  readonly algorithm: string;
  readonly opaque: string | undefined;
  /** The qualities of protection on offer; empty for a server of RFC 2069, which counts nothing. */
  readonly qop: readonly string[];
  readonly stale: boolean;
}

/** What an Authorization or Proxy-Authorization line says. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Lower-case hex. */
  readonly response: string;
  /** As written; `MD5` when absent. */
  readonly algorithm: string;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: string | undefined;
  /** Eight hex digits. */
  readonly nc: string | undefined;
}

/** What goes into a response beside HA1 (RFC 7616 §3.4). */
export interface DigestResponseInput {
  readonly ha1: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Absent: the form of RFC 2069. */
  readonly qop?: string | undefined;
  readonly nc?: string | undefined;
  readonly cnonce?: string | undefined;
  /** Hashed only with qop `auth-int`. */
  readonly body?: Uint8Array | undefined;
}

/** HA1, `H(username:realm:password)` in lower-case hex (RFC 7616 §3.4.2): what is stored in place of a password. */
export function ha1(
  username: string,
  realm: string,
  password: string,
  algorithm: DigestAlgorithm,
  hash: DigestHash = digestHash,
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** The request-digest in lower-case hex (RFC 7616 §3.4.1; without qop that of RFC 2069 §2.1.2). */
export function digestResponse(
  input: DigestResponseInput,
  algorithm: DigestAlgorithm,
  hash: DigestHash = digestHash,
): string {
  const { nonce, qop } = input;
  const a2 = `${input.method}:${input.uri}`;
  const ha2 = hash(algorithm, qop === 'auth-int' ? `${a2}:${hash(algorithm, input.body ?? '')}` : a2);
  const middle = qop === undefined ? nonce : `${nonce}:${input.nc ?? ''}:${input.cnonce ?? ''}:${qop}`;
  return hash(algorithm, `${input.ha1}:${middle}:${ha2}`);
}

/** The algorithm that a name means, whatever its case; undefined for one we do not speak. */
export function digestAlgorithm(name: string): DigestAlgorithm | undefined {
  const upper = name.toUpperCase();
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined;
}

/** Reads a challenge. Undefined when it is of another scheme, malformed, or lacks the realm or the nonce. */
export function parseChallenge(text: string): DigestChallenge | undefined {
  const params = parseDigestParams(text);
  const realm = params?.get('realm');
  const nonce = params?.get('nonce');
  if (params === undefined || realm === undefined || nonce === undefined) return undefined;
  const qop = params.get('qop') ?? '';
  return {
    realm,
    nonce,
    algorithm: params.get('algorithm') ?? 'MD5',
    opaque: params.get('opaque'),
    qop: qop.split(/[\s,]+/).flatMap((option) => (option === '' ? [] : [option.toLowerCase()])),
    stale: params.get('stale')?.toLowerCase() === 'true',
  };
}

/** Reads credentials. Undefined when they are of another scheme, malformed, or lack one of the parts a digest needs. */
export function parseCredentials(text: string): DigestCredentials | undefined {
  const params = parseDigestParams(text);
  if (params === undefined) return undefined;
  const username = params.get('username');
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  const uri = params.get('uri');
  const response = params.get('response');
  if (
    username === undefined ||
    realm === undefined ||
    nonce === undefined ||
    uri === undefined ||
    response === undefined
  ) {
    return undefined;
  }
  return {
    username,
    realm,
    nonce,
    uri,
    response: response.toLowerCase(),
    algorithm: params.get('algorithm') ?? 'MD5',
    cnonce: params.get('cnonce'),
    opaque: params.get('opaque'),
    qop: params.get('qop')?.toLowerCase(),
    nc: params.get('nc')?.toLowerCase(),
  };
}

/** Writes a challenge. Which parts are quoted is fixed by RFC 7616 §3.3. */
export function formatChallenge(challenge: DigestChallenge): string {
  const { realm, nonce, algorithm, opaque, qop, stale } = challenge;
  return [
    `Digest realm=${quote(realm)}, nonce=${quote(nonce)}`,
    opaque === undefined ? '' : `, opaque=${quote(opaque)}`,
    stale ? ', stale=true' : '',
    `, algorithm=${algorithm}`,
    qop.length === 0 ? '' : `, qop=${quote(qop.join(','))}`,
  ].join('');
}

/** Writes credentials. Which parts are quoted is fixed by RFC 7616 §3.4. */
export function formatCredentials(credentials: DigestCredentials): string {
  const { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc } = credentials;
  return [
    `Digest username=${quote(username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}`,
    `, response=${quote(response)}, algorithm=${algorithm}`,
    cnonce === undefined ? '' : `, cnonce=${quote(cnonce)}`,
    opaque === undefined ? '' : `, opaque=${quote(opaque)}`,
    qop === undefined ? '' : `, qop=${qop}`,
    nc === undefined ? '' : `, nc=${nc}`,
  ].join('');
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** `Digest` and its parameters: token names, values that are tokens or quoted strings (RFC 7616 §3.3, RFC 3261 §25). */
const SCHEME = /^\s*digest\s+/i;
const PARAMETER = /([!#$%&'*+.^`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,\s*|$)/y;

/** The parameters by lower-case name. Undefined when it is not Digest, malformed, or names one twice. */
function parseDigestParams(text: string): Map<string, string> | undefined {
  const scheme = SCHEME.exec(text);
  if (scheme === null) return undefined;
  const params = new Map<string, string>();
  const pattern = new RegExp(PARAMETER);
  pattern.lastIndex = scheme[0].length;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, name = '', quoted, token = ''] = match;
    const key = name.toLowerCase();
    if (params.has(key)) return undefined;
    params.set(key, quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1'));
  }
  return params;
}
