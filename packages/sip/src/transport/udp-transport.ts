import { isIPv4, isIPv6 } from 'node:net';
import { type DatagramSocket, type Logger, type Network, type SocketAddress, toError } from '@groupcall/kernel';
import { ParseError } from '../message/parse-error.ts';
import type { ParseLimits } from '../message/parse-limits.ts';
import { parseMessage } from '../message/parse-message.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow, Listen, Target } from './flow.ts';
import { TransportError } from './transport-error.ts';
import type { OnSendFailure, Transport, TransportHandlers } from './transport.ts';

export interface UdpTransportOptions {
  readonly network: Network;
  readonly logger: Logger;
  readonly listen: Listen;
  readonly limits: ParseLimits;
  /** Bytes of the kernel's receive buffer: a burst must fit in while the event loop is busy. */
  readonly receiveBufferBytes: number;
}

const CR = 13;
const LF = 10;
const NUL = 0;

/** Datagrams this short can only keep a NAT's binding alive. */
const MAX_KEEP_ALIVE_BYTES = 4;

/** SIP over UDP: a message a datagram. */
export class UdpTransport implements Transport {
  readonly listen: Listen;
  readonly connections = 0;
  readonly #options: UdpTransportOptions;
  readonly #isIPv6: boolean;
  #handlers: TransportHandlers | undefined;
  #socket: DatagramSocket | undefined;
  #closed = false;

  constructor(options: UdpTransportOptions) {
    this.#options = options;
    this.listen = options.listen;
    this.#isIPv6 = isIPv6(options.listen.address);
  }

  get local(): SocketAddress {
    return this.#socket?.local ?? this.listen;
  }

  has(): boolean {
    return false;
  }

  async start(handlers: TransportHandlers): Promise<void> {
    const { network, logger, receiveBufferBytes } = this.#options;
    const { address, port } = this.listen;
    this.#handlers = handlers;
    const socket = await network.bindDatagram(
      { address, port, receiveBufferBytes },
      {
        onDatagram: (data, from) => {
          this.#receive(data, from, handlers);
        },
        onError: (error) => {
          logger.warn({ err: error }, 'a UDP socket of SIP reports an error');
        },
      },
    );
    this.#socket = socket;
    if (this.#closed) await socket.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#socket?.close();
  }

  send(data: Buffer, target: Target, onFailure: OnSendFailure): void {
    if (this.#socket === undefined || this.#closed) {
      this.#fail(target, new Error('the UDP listener is closed'), onFailure);
      return;
    }
    try {
      this.#socket.send(data, this.#reachable(target), (error) => {
        this.#fail(target, error, onFailure);
      });
    } catch (error) {
      // The socket throws for an address it can't even try, such as port 0.
      this.#fail(target, toError(error), onFailure);
    }
  }

  /** A socket of IPv6 reaches IPv4 by mapped addresses. */
  #reachable(target: Target): SocketAddress {
    if (!this.#isIPv6 || !isIPv4(target.address)) return target;
    return { address: `::ffff:${target.address}`, port: target.port };
  }

  #fail({ address, port }: Target, cause: Error, onFailure: OnSendFailure): void {
    this.#handlers?.onSendFailure();
    queueMicrotask(() => {
      onFailure(new TransportError(`a datagram to ${address}:${port} did not leave: ${cause.message}`, { cause }));
    });
  }

  #receive(data: Buffer, from: SocketAddress, handlers: TransportHandlers): void {
    if (this.#closed) return;
    if (isKeepAlive(data)) {
      handlers.onKeepAlive();
      return;
    }
    const flow: Flow = { protocol: 'udp', local: this.local, remote: { address: from.address, port: from.port } };
    let message: SipRequest | SipResponse;
    try {
      message = parseMessage(data, this.#options.limits);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      handlers.onMalformed(error, flow);
      return;
    }
    handlers.onMessage(message, flow);
  }
}

function isKeepAlive(data: Buffer): boolean {
  return data.length <= MAX_KEEP_ALIVE_BYTES && data.every((byte) => byte === CR || byte === LF || byte === NUL);
}
