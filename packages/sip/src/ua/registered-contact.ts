import type { NameAddr } from '../message/name-addr.ts';
import type { Params } from '../message/params.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { Via } from '../message/via.ts';
import type { Flow, Target } from '../transport/flow.ts';

/** One address at which an AOR can be reached (a binding of RFC 3261 §10). Immutable: a refresh makes a new one. */
export interface RegisteredContact {
  /** Stays the same as long as the binding lives, also over a restart. */
  readonly id: string;
  readonly uri: SipUri;
  /** The parameters of the Contact but `expires` and `q`, such as feature tags; given back in each 200. */
  readonly params: Params;
  /** The way the registration came: its source address, and its connection for TCP. */
  readonly flow: Flow;
  /** Where a request for it is to be sent; undefined: to the topmost of `path`, else to where `uri` resolves. */
  readonly target: Target | undefined;
  /** Preference, 0 to 1. 1 when the phone did not say. */
  readonly q: number;
  /** The proxies on the way to it, to be put into Route (RFC 3327). */
  readonly path: readonly NameAddr[];
  /** `+sip.instance` without its quotes: the same device after a restart (RFC 5626 §4.1). */
  readonly instanceId: string | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** ms since the epoch. */
  readonly expiresAt: number;
  /** The User-Agent header, empty when there was none. */
  readonly userAgent: string;
}

/** What became of a binding. */
export type ContactChange = 'registered' | 'refreshed' | 'unregistered' | 'expired';

/**
 * Where requests for a contact go. A reliable transport goes back over its connection (RFC 5626 §5.3). On UDP a phone
 * whose Contact does not show the address its packets come from is behind a NAT, and one that asks for `rport`
 * (RFC 3581) says that it listens where it sends from: both are reached at the source. Undefined, resolve it, when
 * there is a Path, or when the Contact names another transport than the registration came by.
 */
export function contactTarget(uri: SipUri, path: readonly NameAddr[], flow: Flow, via: Via): Target | undefined {
  if (path.length > 0) return undefined;
  const transport = uri.params.get('transport')?.toLowerCase();
  if (transport !== undefined && transport !== flow.protocol) return undefined;
  const { protocol, remote, connectionId } = flow;
  if (connectionId !== undefined) return { protocol, ...remote, connectionId };
  if (protocol !== 'udp') return undefined;
  const atSource = uri.host.toLowerCase() === remote.address.toLowerCase();
  return atSource && !via.params.has('rport') ? undefined : { protocol, address: remote.address, port: remote.port };
}

/** The `+sip.instance` of a Contact's parameters without its quotes; undefined when there is none. */
export function instanceIdOf(params: Params): string | undefined {
  return params.get('+sip.instance')?.replace(/^"|"$/g, '');
}
