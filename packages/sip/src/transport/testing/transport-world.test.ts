import assert from 'node:assert/strict';
import {
  type DatagramSocket,
  type LogFields,
  type Logger,
  silentLogger,
  type SocketAddress,
  type StreamConnection,
} from '@groupcall/kernel';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';
import { parseMessage } from '../../message/parse-message.ts';
import type { SipResponse } from '../../message/sip-message.ts';
import { SipRequest } from '../../message/sip-message.ts';
import type { Flow, Listen } from '../flow.ts';
import type { TransportError } from '../transport-error.ts';
import { TransportLayer, type TransportLayerOptions } from '../transport-layer.ts';

export const SERVER = '192.0.2.1';
export const PHONE: SocketAddress = { address: '192.0.2.50', port: 5070 };

export const UDP: Listen = { protocol: 'udp', address: SERVER, port: 5060 };
export const TCP: Listen = { protocol: 'tcp', address: SERVER, port: 5060 };

/** One transport layer on a virtual network, with what it told the layer above, and peers that speak bytes. */
export class TransportWorld {
  readonly clock = new FakeClock();
  readonly network = new VirtualNetwork(this.clock, new SeededRandom(1));
  readonly requests: { readonly request: SipRequest; readonly flow: Flow }[] = [];
  readonly responses: { readonly response: SipResponse; readonly flow: Flow }[] = [];
  readonly failures: TransportError[] = [];
  readonly warnings: { readonly fields: LogFields; readonly message: string }[] = [];
  readonly layer: TransportLayer;

  constructor(options: Partial<TransportLayerOptions> = {}) {
    const logger: Logger = {
      ...silentLogger,
      warn: (fields, message) => {
        this.warnings.push({ fields, message });
      },
    };
    this.layer = new TransportLayer({
      clock: this.clock,
      ids: new SeededIdSource(),
      logger,
      network: this.network,
      listen: [UDP, TCP],
      ...options,
    });
    this.layer.onRequest = (request, flow) => {
      this.requests.push({ request, flow });
    };
    this.layer.onResponse = (response, flow) => {
      this.responses.push({ response, flow });
    };
  }

  /** A world whose layer listens. */
  static async start(options: Partial<TransportLayerOptions> = {}): Promise<TransportWorld> {
    const world = new TransportWorld(options);
    await world.layer.start();
    return world;
  }

  readonly onFailure = (error: TransportError): void => {
    this.failures.push(error);
  };

  /** Lets everything on its way arrive, and promises settle. */
  async settle(ms = 20): Promise<void> {
    this.clock.advance(ms);
    await Promise.resolve();
    await Promise.resolve();
  }

  async udpPeer(address: SocketAddress = PHONE): Promise<UdpPeer> {
    const received: Buffer[] = [];
    const socket = await this.network.bindDatagram(address, {
      onDatagram: (data) => received.push(data),
      onError: (error) => {
        throw error;
      },
    });
    return new UdpPeer(socket, received);
  }

  /** A peer that opens a connection to the layer. */
  tcpPeer(to: SocketAddress = TCP): TcpPeer {
    const peer = new TcpPeer();
    peer.stream = this.network.connectStream(to, 1000, peer);
    return peer;
  }

  /** A peer that waits for connections. */
  async tcpListener(address: SocketAddress = PHONE): Promise<TcpPeer[]> {
    const accepted: TcpPeer[] = [];
    await this.network.listenStream(address, (stream) => {
      const peer = new TcpPeer();
      peer.stream = stream;
      accepted.push(peer);
      return peer;
    });
    return accepted;
  }
}

class UdpPeer {
  readonly #socket: DatagramSocket;
  readonly received: Buffer[];

  constructor(socket: DatagramSocket, received: Buffer[]) {
    this.#socket = socket;
    this.received = received;
  }

  send(data: string | Buffer, to: SocketAddress = UDP): void {
    this.#socket.send(Buffer.from(data), to);
  }

  /** The messages that came, and forgets them. */
  take(): (SipRequest | SipResponse)[] {
    return this.received.splice(0).map((data) => parseMessage(data));
  }
}

export class TcpPeer {
  stream: StreamConnection | undefined;
  received = '';
  isClosed = false;

  onData(data: Buffer): void {
    this.received += data.toString();
  }

  onClose(): void {
    this.isClosed = true;
  }

  send(data: string | Buffer): void {
    this.stream?.write(Buffer.from(data));
  }
}

export interface RequestOptions {
  readonly method?: string;
  readonly via?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A request as a peer would send it. */
export function requestText({
  method = 'OPTIONS',
  via = 'SIP/2.0/UDP 192.0.2.50:5070;branch=z9hG4bK1;rport',
  headers = [],
  body = '',
}: RequestOptions = {}): string {
  return [
    `${method} sip:bob@example.com SIP/2.0`,
    `Via: ${via}`,
    'From: <sip:alice@example.com>;tag=1',
    'To: <sip:bob@example.com>',
    'Call-ID: 1@a',
    `CSeq: 1 ${method}`,
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** A request to be sent by the layer. */
export function outgoing(method = 'OPTIONS'): SipRequest {
  return SipRequest.create({
    method,
    uri: 'sip:alice@192.0.2.50:5070',
    headers: [
      ['From', '<sip:bob@example.com>;tag=2'],
      ['To', '<sip:alice@example.com>'],
      ['Call-ID', '2@b'],
      ['CSeq', `1 ${method}`],
    ],
  });
}

/** The only one there is. */
export function only<Item>(items: readonly Item[]): Item {
  assert.equal(items.length, 1);
  return items[0]!;
}
