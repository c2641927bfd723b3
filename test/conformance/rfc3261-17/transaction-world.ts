import { silentLogger, type SocketAddress } from '@groupcall/kernel';
import {
  type ClientTransaction,
  type Listen,
  parseMessage,
  type ServerTransaction,
  SipRequest,
  type SipResponse,
  TransactionLayer,
  type TransactionLayerOptions,
  TransportLayer,
} from '@groupcall/sip';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';

export const SERVER = '192.0.2.1';
export const PHONE: SocketAddress = { address: '192.0.2.50', port: 5070 };

export type Protocol = 'udp' | 'tcp';

/** One transaction layer on a virtual network, and a peer that speaks bytes over UDP or over a connection. */
export class TransactionWorld {
  readonly clock = new FakeClock();
  readonly network = new VirtualNetwork(this.clock, new SeededRandom(1), { delayMs: 0 });
  readonly protocol: Protocol;
  readonly layer: TransactionLayer;
  readonly transport: TransportLayer;
  /** What the peer received, with the moment, ms since the clock's start. */
  readonly received: { readonly atMs: number; readonly text: string }[] = [];
  readonly servers: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  readonly strays: SipResponse[] = [];
  /** What the client's user and the server's handlers were told. */
  readonly told: string[] = [];
  /** Timers of open connections and the like, which are none of the transactions'. */
  idle = 0;
  readonly #startMs = this.clock.now();
  #write: (text: string) => void = () => undefined;

  constructor(protocol: Protocol, options: Partial<TransactionLayerOptions> = {}) {
    this.protocol = protocol;
    const { clock, network } = this;
    const ids = new SeededIdSource();
    const listen: Listen[] = [{ protocol, address: SERVER, port: 5060 }];
    this.transport = new TransportLayer({ clock, ids, logger: silentLogger, network, listen });
    this.layer = new TransactionLayer({ clock, ids, logger: silentLogger, transport: this.transport, ...options });
    this.layer.onRequest = (transaction) => {
      this.servers.push(transaction);
      transaction.onTimeout = () => this.told.push('timeout');
      transaction.onTransportError = () => this.told.push('transport-error');
      transaction.onTerminated = () => this.told.push('terminated');
    };
    this.layer.onAck = (ack) => this.acks.push(ack);
    this.layer.onStrayResponse = (response) => this.strays.push(response);
  }

  /** A world with its peer: one that listens (for client transactions) or, over TCP, one that connects. */
  static async start(
    protocol: Protocol,
    role: 'client' | 'server',
    options: Partial<TransactionLayerOptions> = {},
  ): Promise<TransactionWorld> {
    const world = new TransactionWorld(protocol, options);
    await world.transport.start();
    if (protocol === 'udp') await world.#startUdpPeer();
    else if (role === 'client') await world.#startTcpListener();
    else world.#connect();
    world.clock.advance(0);
    world.idle = world.clock.pending;
    return world;
  }

  get elapsedMs(): number {
    return this.clock.now() - this.#startMs;
  }

  /** Sends to the layer, and lets it arrive. */
  send(...lines: readonly string[]): void {
    this.#write(`${lines.join('\r\n')}\r\n\r\n`);
    this.clock.advance(0);
  }

  /** A request of the peer's. */
  sendRequest(method: string, { branch = 'z9hG4bKpeer', toTag = '', cseq = 1 } = {}): void {
    const tag = toTag === '' ? '' : `;tag=${toTag}`;
    this.send(
      `${method} sip:bob@example.com SIP/2.0`,
      `Via: SIP/2.0/${this.protocol.toUpperCase()} ${PHONE.address}:${PHONE.port};branch=${branch}`,
      'Max-Forwards: 70',
      'From: <sip:alice@example.com>;tag=1',
      `To: <sip:bob@example.com>${tag}`,
      'Call-ID: 1@peer',
      `CSeq: ${cseq} ${method}`,
      'Content-Length: 0',
    );
  }

  /** The peer's response to a request of a client transaction. */
  answer({ request }: ClientTransaction, status: number, toTag = 'callee'): void {
    this.send(
      `SIP/2.0 ${status} Reason`,
      `Via: ${request.header('Via') ?? ''}`,
      `From: ${request.header('From') ?? ''}`,
      `To: ${request.header('To') ?? ''};tag=${toTag}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.cseq.number} ${request.method}`,
      'Content-Length: 0',
    );
  }

  /** Starts a client transaction to the peer. */
  request(method: string, options: { branch?: string; routes?: readonly string[] } = {}): ClientTransaction {
    const { branch, routes = [] } = options;
    const request = SipRequest.create({
      method,
      uri: 'sip:alice@192.0.2.50:5070',
      headers: [
        ...routes.map((route) => ['Route', route] as const),
        ['Max-Forwards', '70'],
        ['From', '<sip:bob@example.com>;tag=2'],
        ['To', '<sip:alice@example.com>'],
        ['Call-ID', '2@layer'],
        ['CSeq', `7 ${method}`],
      ],
    });
    const user = {
      onResponse: ({ status }: SipResponse) => this.told.push(String(status)),
      onTimeout: () => this.told.push('timeout'),
      onTransportError: () => this.told.push('transport-error'),
      onTerminated: () => this.told.push('terminated'),
    };
    const target = { protocol: this.protocol, ...PHONE };
    return this.layer.request(request, target, user, branch === undefined ? {} : { branch });
  }

  /** When the peer got each message whose start line begins so, ms since the start. */
  timesOf(start: string): number[] {
    return this.received.filter(({ text }) => text.startsWith(start)).map(({ atMs }) => atMs);
  }

  textsOf(start: string): string[] {
    return this.received.filter(({ text }) => text.startsWith(start)).map(({ text }) => text);
  }

  async close(): Promise<void> {
    this.layer.close();
    await this.transport.close();
  }

  readonly #onData = (data: Buffer): void => {
    for (const text of data.toString().split(/(?<=\r\n\r\n)/)) this.received.push({ atMs: this.elapsedMs, text });
  };

  async #startUdpPeer(): Promise<void> {
    const socket = await this.network.bindDatagram(PHONE, { onDatagram: this.#onData, onError: () => undefined });
    this.#write = (text) => {
      socket.send(Buffer.from(text), { address: SERVER, port: 5060 });
    };
  }

  async #startTcpListener(): Promise<void> {
    await this.network.listenStream(PHONE, (stream) => {
      this.#write = (text) => {
        stream.write(Buffer.from(text));
      };
      return { onData: this.#onData, onClose: () => undefined };
    });
  }

  #connect(): void {
    const handlers = { onData: this.#onData, onClose: () => undefined };
    const stream = this.network.connectStream({ address: SERVER, port: 5060 }, 1_000, handlers);
    this.#write = (text) => {
      stream.write(Buffer.from(text));
    };
  }
}

/** One message of the peer's, read. */
export function readRequest(text: string): SipRequest {
  const message = parseMessage(Buffer.from(text));
  if (!(message instanceof SipRequest)) throw new TypeError('not a request');
  return message;
}
