import type {
  Clock,
  IdSource,
  Network,
  SocketAddress,
  StreamConnection,
  StreamHandlers,
  StreamListener,
  TimerHandle,
} from '@groupcall/kernel';
import { toError } from '@groupcall/kernel';
import type { ParseLimits } from '../message/parse-limits.ts';
import { Connection } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { ConnectionTable } from './connection-table.ts';
import type { Listen, Target } from './flow.ts';
import { TransportError } from './transport-error.ts';
import type { OnSendFailure, Transport, TransportHandlers } from './transport.ts';

export interface TcpTransportOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly network: Network;
  readonly listen: Listen;
  readonly limits: ParseLimits & ConnectionLimits;
}

/** How often connections are looked through for those that are to be closed, ms. */
const SWEEP_MS = 5_000;
const ID_LENGTH = 12;
/** Begins the id of a connection that the peer opened: it can't be opened again from here. */
const ACCEPTED = 'in-';
const OPENED = 'out-';

/** SIP over TCP: messages cut by Content-Length; a connection to a peer is used again, whoever opened it (RFC 3261 §18). */
export class TcpTransport implements Transport {
  readonly listen: Listen;
  readonly #options: TcpTransportOptions;
  readonly #table: ConnectionTable;
  /** Refused connections that are about to be closed. */
  readonly #refused = new Set<StreamConnection>();
  #listener: StreamListener | undefined;
  #handlers: TransportHandlers | undefined;
  #sweepTimer: TimerHandle | undefined;
  #refusedTimer: TimerHandle | undefined;
  #closed = false;

  constructor(options: TcpTransportOptions) {
    this.#options = options;
    this.listen = options.listen;
    this.#table = new ConnectionTable(options.limits);
  }

  get local(): SocketAddress {
    return this.#listener?.local ?? this.listen;
  }

  get connections(): number {
    return this.#table.size;
  }

  has(connectionId: string): boolean {
    return this.#table.byId(connectionId) !== undefined;
  }

  async start(handlers: TransportHandlers): Promise<void> {
    const { address, port } = this.listen;
    this.#handlers = handlers;
    const listener = await this.#options.network.listenStream({ address, port }, (stream) =>
      this.#accept(stream, handlers),
    );
    this.#listener = listener;
    if (this.#closed) await listener.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#sweepTimer);
    this.#closeRefused();
    for (const connection of this.#table) connection.destroy();
    this.#table.clear();
    await this.#listener?.close();
  }

  send(data: Buffer, target: Target, onFailure: OnSendFailure): void {
    const { connectionId } = target;
    const named = connectionId === undefined ? undefined : this.#table.byId(connectionId);
    const connection = named ?? this.#openFor(target);
    if (connection instanceof Connection) connection.send(data, onFailure);
    else this.#fail(target, connection, onFailure);
  }

  /** A connection that goes to the target, a new one if need be, or why there is none. */
  #openFor(target: Target): Connection | string {
    if (target.connectionId?.startsWith(ACCEPTED) === true) return 'the connection the peer had opened is gone';
    const handlers = this.#handlers;
    if (this.#closed || handlers === undefined) return 'the TCP listener is closed';
    return this.#table.byPeer(target) ?? this.#table.whyNotOpen() ?? this.#open(target, handlers);
  }

  #open({ address, port }: Target, handlers: TransportHandlers): Connection | string {
    const { network, limits } = this.#options;
    const connection = this.#makeConnection({ address, port }, handlers, false);
    try {
      connection.attach(
        network.connectStream({ address, port }, limits.connectTimeoutMs, this.#handlersOf(connection)),
      );
    } catch (error) {
      // The socket throws for an address it can't even try.
      return toError(error).message;
    }
    this.#add(connection);
    return connection;
  }

  #accept(stream: StreamConnection, handlers: TransportHandlers): StreamHandlers {
    const why = this.#closed ? 'the listener is closed' : this.#table.whyNotAccept(stream.remote.address);
    if (why !== undefined) {
      handlers.onDropped(why, stream.remote);
      this.#refuse(stream);
      return { onData: ignore, onClose: () => this.#refused.delete(stream) };
    }
    const { address, port } = stream.remote;
    const connection = this.#makeConnection({ address, port }, handlers, true).attach(stream);
    this.#add(connection);
    return this.#handlersOf(connection);
  }

  /** Closes a stream once the one who asked for its handlers has them. */
  #refuse(stream: StreamConnection): void {
    this.#refused.add(stream);
    this.#refusedTimer ??= this.#options.clock.setTimeout(0, () => {
      this.#closeRefused();
    });
  }

  #closeRefused(): void {
    this.#options.clock.clearTimeout(this.#refusedTimer);
    this.#refusedTimer = undefined;
    for (const stream of [...this.#refused]) stream.destroy();
    this.#refused.clear();
  }

  #makeConnection(remote: SocketAddress, handlers: TransportHandlers, isAccepted: boolean): Connection {
    const { clock, ids, limits } = this.#options;
    const connectionId = (isAccepted ? ACCEPTED : OPENED) + ids.token(ID_LENGTH);
    const flow = { protocol: this.listen.protocol, local: this.local, remote, connectionId };
    const onFirstItem = (connection: Connection): void => {
      this.#table.noteFirstItem(connection);
    };
    return new Connection({ clock, flow, limits, handlers, isAccepted, onFirstItem });
  }

  #handlersOf(connection: Connection): StreamHandlers {
    return {
      onOpen: () => {
        connection.opened();
      },
      onData: (chunk) => {
        connection.receive(chunk);
      },
      onDrain: () => {
        connection.drained();
      },
      onClose: (error) => {
        this.#table.delete(connection);
        connection.closed(error);
        this.#stopSweepWhenEmpty();
      },
    };
  }

  #add(connection: Connection): void {
    this.#table.add(connection);
    this.#sweepTimer ??= this.#options.clock.setTimeout(SWEEP_MS, this.#sweep);
  }

  readonly #sweep = (): void => {
    const { clock } = this.#options;
    const now = clock.now();
    this.#sweepTimer = clock.setTimeout(SWEEP_MS, this.#sweep);
    for (const connection of this.#table) {
      connection.drained();
      if (connection.isStale(now)) connection.destroy();
    }
    this.#stopSweepWhenEmpty();
  };

  #stopSweepWhenEmpty(): void {
    if (this.#table.size > 0) return;
    this.#options.clock.clearTimeout(this.#sweepTimer);
    this.#sweepTimer = undefined;
  }

  #fail({ address, port }: Target, why: string, onFailure: OnSendFailure): void {
    this.#handlers?.onSendFailure();
    queueMicrotask(() => {
      onFailure(new TransportError(`nothing can be sent to ${address}:${port}: ${why}`));
    });
  }
}

function ignore(): void {
  // What a refused peer says is of no interest.
}
