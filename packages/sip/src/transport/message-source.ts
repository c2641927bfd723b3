import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow, Target } from './flow.ts';

const DEFAULT_PORT = 5060;
const MAPPED = '::ffff:';

/**
 * Notes in the topmost Via where the request really came from (RFC 3261 §18.2.1): always for a peer that asks for
 * `rport` (RFC 3581 §4), else when it is not the address in sent-by.
 * @throws ParseError when the Via is missing or malformed.
 */
export function markSource(request: SipRequest, { remote }: Flow): void {
  const { via } = request;
  const address = withoutMapping(remote.address);
  if (via.params.has('rport')) {
    request.replaceTopVia(via.withParam('received', address).withParam('rport', String(remote.port)));
  } else if (via.host !== address) {
    request.replaceTopVia(via.withParam('received', address));
  }
}

/**
 * Where a response goes (RFC 3261 §18.2.2, RFC 3581 §4): on a stream over the request's connection and, once that is gone,
 * over a new one to where the peer listens; on UDP to the source address, and to its port if the peer asked for that. A
 * `maddr` is not followed: no multicast is sent.
 * @throws ParseError when the Via is missing or malformed.
 */
export function replyTarget({ via }: SipResponse, flow: Flow, isConnected: boolean): Target {
  const { protocol, local, remote, connectionId } = flow;
  if (connectionId !== undefined && isConnected) return { protocol, ...remote, connectionId, local };
  const port = (protocol === 'udp' ? via.rport : undefined) ?? via.port ?? DEFAULT_PORT;
  return { protocol, address: remote.address, port, local };
}

/** An IPv4 address that came in over a socket of IPv6, as IPv4. */
function withoutMapping(address: string): string {
  return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
}
