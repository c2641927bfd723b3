import { BlockList, isIPv6 } from 'node:net';
import type { SocketAddress } from '@groupcall/kernel';
import type { Target, TransportProtocol } from './flow.ts';
import type { Transport } from './transport.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Which listener a request to a target leaves by; undefined when none speaks its protocol. */
export function listenerFor(transports: readonly Transport[], target: Target): Transport | undefined {
  const named = target.local === undefined ? undefined : listenerAt(transports, target.protocol, target.local);
  return named ?? bestListener(transports, target.protocol, target.address);
}

/** The listener bound to an address. */
export function listenerAt(
  transports: readonly Transport[],
  protocol: TransportProtocol,
  { address, port }: SocketAddress,
): Transport | undefined {
  for (const transport of transports) {
    const { listen, local } = transport;
    if (listen.protocol === protocol && local.port === port && local.address === address) return transport;
  }
  return undefined;
}

/** The first listener whose address can reach `address`: the same family, and both on this machine or neither. */
export function bestListener(
  transports: readonly Transport[],
  protocol: TransportProtocol,
  address: string,
): Transport | undefined {
  let best: Transport | undefined;
  let bestScore = -1;
  for (const transport of transports) {
    if (transport.listen.protocol !== protocol) continue;
    const score = fitness(transport.listen.address, address);
    if (score > bestScore) {
      best = transport;
      bestScore = score;
    }
  }
  return best;
}

/** A listener on all addresses: it can't tell by itself where peers reach it. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function fitness(bound: string, address: string): number {
  const sameFamily = isIPv6(bound) === isIPv6(address);
  const reachable = isUnspecified(bound) || isLoopback(bound) === isLoopback(address);
  return (sameFamily ? 2 : 0) + (reachable ? 1 : 0);
}

function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
