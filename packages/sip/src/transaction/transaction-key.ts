import type { SipRequest } from '../message/sip-message.ts';
import type { Via } from '../message/via.ts';

/** Branches that are unique begin with this (RFC 3261 §8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

const DEFAULT_PORT = 5060;
const LEGACY = '2543|';

/**
 * RFC 3261 §17.1.3: a response belongs to the request with its branch and the method of its CSeq. Only a CANCEL shares
 * the branch of another request, so all others are found by the branch alone, and their method is compared.
 */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `CANCEL|${branch}` : branch;
}

/**
 * RFC 3261 §17.2.3: branch, sent-by and method, an ACK counting as the INVITE that it ends. Without the cookie the peer is of
 * RFC 2543, and the key only narrows it down: see {@link isSameLegacyRequest}.
 *
 * @param method of the transaction that is looked for: for a CANCEL also `INVITE` (§9.2).
 */
export function serverKey(request: SipRequest, method = request.method): string {
  const { via } = request;
  const of = method === 'ACK' ? 'INVITE' : method;
  const { branch } = via;
  if (hasCookie(branch)) return `${branch}|${sentBy(via)}|${of}`;
  const { from, callId, cseq } = request;
  return `${LEGACY}${from.tag ?? ''}|${callId}|${cseq.number}|${sentBy(via)}|${branch}|${of}`;
}

/** Whether a key is that of a request without the cookie. */
export function isLegacyKey(key: string): boolean {
  return key.startsWith(LEGACY);
}

/**
 * The rest of RFC 3261 §17.2.3 for a request without the cookie: the Request-URI is equal, and so is the To-tag, which an
 * ACK has from the response.
 */
export function isSameLegacyRequest(
  { request, responseTag }: { readonly request: SipRequest; readonly responseTag: string | undefined },
  next: SipRequest,
): boolean {
  const tag = next.method === 'ACK' ? responseTag : request.to.tag;
  return tag === next.to.tag && request.uri.equals(next.uri);
}

/** RFC 3261 §8.2.2.2: what a request that came by two ways has in common; `''` for one that can't be told to have. */
export function mergeKey(request: SipRequest): string {
  // A CANCEL goes the way of its INVITE, and is told apart by that.
  if (request.method === 'CANCEL' || request.to.tag !== undefined) return '';
  return `${request.from.tag ?? ''}|${request.callId}|${request.cseq.number}|${request.method}`;
}

/** A cookie with nothing behind it is no branch (RFC 4475 §3.2.1). */
function hasCookie(branch: string): boolean {
  return branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE);
}

function sentBy({ host, port = DEFAULT_PORT }: Via): string {
  return `${host.toLowerCase()}:${port}`;
}
