import type { SocketAddress } from '@groupcall/kernel';

/** The transports of SIP (RFC 3261 §18, RFC 7118). */
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Where to listen. */
export interface Listen extends SocketAddress {
  readonly protocol: TransportProtocol;
  /** 0 takes a free one. */
  readonly port: number;
  /**
   * What peers reach this listener by, where that is not the address it is bound to: behind a NAT, or when it is bound
   * to all addresses (`0.0.0.0`, `::`), which needs it. The port is by default the one that is bound.
   */
  readonly advertise?: { readonly host: string; readonly port?: number };
}

/** Where a message came from: enough to answer it, on the same connection where there is one. */
export interface Flow {
  readonly protocol: TransportProtocol;
  /** The listener's address, also for a connection. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly connectionId?: string;
}

/** Where a request goes. */
export interface Target extends SocketAddress {
  readonly protocol: TransportProtocol;
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /**
   * The connection to send on. When it is gone, a new one is opened if it was opened from here; one that the peer opened
   * can't be, since its port is not one that the peer listens on.
   */
  readonly connectionId?: string;
  /** The listener to send from; without it the first that fits the address. */
  readonly local?: SocketAddress;
}
