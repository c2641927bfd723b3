import { isIP, isIPv6 } from 'node:net';
import { toError } from '@groupcall/kernel';
import type { SipUri } from '../message/sip-uri.ts';
import type { Target, TransportProtocol } from './flow.ts';
import { TransportError } from './transport-error.ts';

/** Finds where a URI is reached (RFC 3263). */
export interface Resolver {
  /** Addresses, best first. Rejects with TransportError when there is none. */
  resolve(uri: SipUri): Promise<readonly Target[]>;
}

/** Looks up the addresses of a host name, of both families, best first. Rejects with the system's error. */
export type LookupAddresses = (host: string) => Promise<readonly string[]>;

const DEFAULT_PORTS: Readonly<Record<TransportProtocol, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 80,
  wss: 443,
};

/**
 * The protocol that a SIP or SIPS URI asks for, UDP (TLS for SIPS) when it asks for none (RFC 3263 §4.1); undefined for one
 * that is not known, and for URIs of other schemes.
 */
export function protocolOf(uri: SipUri): TransportProtocol | undefined {
  if (!uri.isSip) return undefined;
  const named = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  if (!isProtocol(named)) return undefined;
  if (uri.scheme !== 'sips') return named;
  // SIPS asks for a secure transport, whichever it names (RFC 3261 §26.2.2).
  return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
}

export interface AddressResolverOptions {
  readonly lookup: LookupAddresses;
  /** Protocols that can be sent over, so that what can't is refused at once. */
  readonly protocols: readonly TransportProtocol[];
  /** Whether IPv6 addresses can be reached. */
  readonly ipv6: boolean;
  /** Whether IPv4 addresses can be reached; by default they can. */
  readonly ipv4?: boolean;
}

/** Resolves IP addresses, `localhost`, and host names by their A and AAAA records. A `maddr` takes the place of the host. */
export class AddressResolver implements Resolver {
  readonly #options: AddressResolverOptions;

  constructor(options: AddressResolverOptions) {
    this.#options = options;
  }

  async resolve(uri: SipUri): Promise<readonly Target[]> {
    const protocol = protocolOf(uri);
    if (protocol === undefined || !this.#options.protocols.includes(protocol)) {
      throw new TransportError(`${uri.toString()} asks for a transport that this server does not speak`);
    }
    const host = uri.params.get('maddr') ?? uri.host;
    const port = uri.port ?? DEFAULT_PORTS[protocol];
    const addresses = (await this.#addresses(host)).filter((address) => this.#canReach(address));
    if (addresses.length === 0) throw new TransportError(`${host} has no address that can be reached`);
    return addresses.map((address) => ({ protocol, address, port }));
  }

  #canReach(address: string): boolean {
    const { ipv4 = true, ipv6 } = this.#options;
    return isIPv6(address) ? ipv6 : ipv4;
  }

  async #addresses(host: string): Promise<readonly string[]> {
    const literal = host.startsWith('[') ? host.slice(1, -1) : host;
    if (isIP(literal) !== 0) return [literal];
    if (host.toLowerCase() === 'localhost') return ['127.0.0.1', '::1'];
    try {
      return await this.#options.lookup(host);
    } catch (error) {
      const cause = toError(error);
      throw new TransportError(`${host} can't be resolved: ${cause.message}`, { cause });
    }
  }
}

function isProtocol(name: string): name is TransportProtocol {
  return Object.hasOwn(DEFAULT_PORTS, name);
}
