import type {
  DatagramHandlers,
  DatagramOptions,
  DatagramSocket,
  Network,
  SocketAddress,
  StreamConnection,
  StreamHandlers,
  StreamListener,
} from '@groupcall/kernel';
import type { FakeClock } from './fake-clock.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How the wire between two hosts behaves. Streams are only delayed; the rest is for datagrams. */
export interface LinkConditions {
  /** Milliseconds a packet travels. */
  readonly delayMs?: number;
  /** Up to this many milliseconds are added at random, which also reorders datagrams. */
  readonly jitterMs?: number;
  /** Probability (0 to 1) that a datagram is lost. */
  readonly loss?: number;
  /** Probability (0 to 1) that a datagram arrives twice. */
  readonly duplicates?: number;
}

/** A datagram on its way, as a filter sees it. */
export interface DatagramInFlight {
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  readonly data: Buffer;
}

/** Decides over one datagram: true lets it through, false loses it. */
export type DatagramFilter = (datagram: DatagramInFlight) => boolean;

const key = ({ address, port }: SocketAddress): string => `${address}|${port}`;

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Ports that the network gives out for port 0 start here. */
const FIRST_EPHEMERAL_PORT = 49152;

/** A network in memory, on a FakeClock: everything arrives when the clock is advanced, in an order the seed decides. */
export class VirtualNetwork implements Network {
  readonly #clock: FakeClock;
  readonly #random: SeededRandom;
  #conditions: LinkConditions;
  #ephemeral = FIRST_EPHEMERAL_PORT;
  readonly #sockets = new Map<string, DatagramHandlers>();
  readonly #listeners = new Map<string, (connection: StreamConnection) => StreamHandlers>();
  /** Asked for each datagram before chance is; used to lose one named message. */
  filter: DatagramFilter = () => true;
  /** Every datagram that was sent, in order, also those lost. */
  readonly sent: DatagramInFlight[] = [];

  constructor(clock: FakeClock, random: SeededRandom, conditions: LinkConditions = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = conditions;
  }

  /** Changes the weather for what is sent from now on. */
  setConditions(conditions: LinkConditions): void {
    this.#conditions = conditions;
  }

  bindDatagram(options: DatagramOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const local = this.#bind(options);
    if (this.#sockets.has(key(local))) return Promise.reject(systemError('EADDRINUSE'));
    this.#sockets.set(key(local), handlers);
    return Promise.resolve({
      local,
      send: (data: Uint8Array, to: SocketAddress) => {
        if (this.#sockets.get(key(local)) === handlers) this.#send({ from: local, to, data: Buffer.from(data) });
      },
      close: () => {
        if (this.#sockets.get(key(local)) === handlers) this.#sockets.delete(key(local));
        return Promise.resolve();
      },
    });
  }

  listenStream(
    options: SocketAddress,
    onConnection: (connection: StreamConnection) => StreamHandlers,
  ): Promise<StreamListener> {
    const local = this.#bind(options);
    if (this.#listeners.has(key(local))) return Promise.reject(systemError('EADDRINUSE'));
    this.#listeners.set(key(local), onConnection);
    return Promise.resolve({
      local,
      close: () => {
        this.#listeners.delete(key(local));
        return Promise.resolve();
      },
    });
  }

  connectStream(to: SocketAddress, _timeoutMs: number, handlers: StreamHandlers): StreamConnection {
    const local = this.#bind({ address: '127.0.0.1', port: 0 });
    const near = new VirtualStreamConnection(local, to, this.#clock, () => this.#delay());
    near.handlers = handlers;
    this.#clock.setTimeout(this.#delay(), () => {
      const accept = this.#listeners.get(key(to));
      if (accept === undefined) {
        near.fail(systemError('ECONNREFUSED'));
        return;
      }
      const far = new VirtualStreamConnection(to, local, this.#clock, () => this.#delay());
      far.handlers = accept(far);
      near.open(far);
      far.open(near);
    });
    return near;
  }

  #bind({ address, port }: SocketAddress): SocketAddress {
    return { address, port: port === 0 ? this.#ephemeral++ : port };
  }

  #delay(): number {
    const { delayMs = 1, jitterMs = 0 } = this.#conditions;
    return delayMs + (jitterMs > 0 ? this.#random.next() * jitterMs : 0);
  }

  #send(datagram: DatagramInFlight): void {
    this.sent.push(datagram);
    if (!this.filter(datagram)) return;
    if (this.#random.chance(this.#conditions.loss ?? 0)) return;
    this.#deliver(datagram);
    if (this.#random.chance(this.#conditions.duplicates ?? 0)) this.#deliver(datagram);
  }

  #deliver({ from, to, data }: DatagramInFlight): void {
    this.#clock.setTimeout(this.#delay(), () => this.#sockets.get(key(to))?.onDatagram(Buffer.from(data), from));
  }
}

/** One end of a stream. What is written arrives whole and in order, after the delay. */
class VirtualStreamConnection implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly pendingBytes = 0;
  readonly #clock: FakeClock;
  readonly #delay: () => number;
  handlers: StreamHandlers | undefined;
  #peer: VirtualStreamConnection | undefined;
  #early: Uint8Array[] = [];
  #closed = false;
  #arrivesAt = 0;

  constructor(local: SocketAddress, remote: SocketAddress, clock: FakeClock, delay: () => number) {
    this.local = local;
    this.remote = remote;
    this.#clock = clock;
    this.#delay = delay;
  }

  open(peer: VirtualStreamConnection): void {
    this.#peer = peer;
    this.handlers?.onOpen?.();
    for (const data of this.#early) this.write(data);
    this.#early = [];
  }

  fail(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.handlers?.onClose(error);
  }

  write(data: Uint8Array): void {
    if (this.#closed) return;
    const peer = this.#peer;
    if (peer === undefined) {
      this.#early.push(Buffer.from(data));
      return;
    }
    const copy = Buffer.from(data);
    this.#later(() => {
      if (!peer.#closed) peer.handlers?.onData(copy);
    });
  }

  end(): void {
    if (this.#closed) return;
    const peer = this.#peer;
    this.#later(() => peer?.fail(undefined));
    this.fail(undefined);
  }

  destroy(): void {
    this.end();
  }

  /** A stream keeps its order whatever the jitter. */
  #later(callback: () => void): void {
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#clock.now() + this.#delay());
    this.#clock.setTimeout(this.#arrivesAt - this.#clock.now(), callback);
  }
}
