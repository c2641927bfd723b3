import type { SocketAddress } from '@groupcall/kernel';
import type { Connection } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** The connections of one listener: by id, and by peer for the next message to it (RFC 3261 §18). Bounded. */
export class ConnectionTable {
  readonly #limits: ConnectionLimits;
  readonly #byId = new Map<string, Connection>();
  /** The newest connection to each peer, by `address|port`. */
  readonly #byPeer = new Map<string, Connection>();
  /** How many connections each address has opened. */
  readonly #bySource = new Map<string, number>();
  #halfOpen = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return [...this.#byId.values()][Symbol.iterator]();
  }

  /** The connection of this id, unless it is being closed. */
  byId(id: string): Connection | undefined {
    return usable(this.#byId.get(id));
  }

  /** The newest connection to a peer, unless it is being closed. */
  byPeer(peer: SocketAddress): Connection | undefined {
    return usable(this.#byPeer.get(peerKey(peer)));
  }

  /** Why a connection to a peer can't be opened; undefined when it can. */
  whyNotOpen(): string | undefined {
    return this.#byId.size < this.#limits.maxConnections ? undefined : 'there are too many connections';
  }

  /** Why a connection from an address is not accepted; undefined when it is. */
  whyNotAccept(source: string): string | undefined {
    const { maxConnectionsPerSource, maxHalfOpen } = this.#limits;
    if ((this.#bySource.get(source) ?? 0) >= maxConnectionsPerSource) return 'too many connections from one address';
    if (this.#halfOpen >= maxHalfOpen) return 'too many connections on which nothing was said';
    return this.whyNotOpen();
  }

  add(connection: Connection): void {
    const { remote, connectionId = '' } = connection.flow;
    this.#byId.set(connectionId, connection);
    this.#byPeer.set(peerKey(remote), connection);
    if (!connection.isAccepted) return;
    this.#halfOpen++;
    this.#bySource.set(remote.address, (this.#bySource.get(remote.address) ?? 0) + 1);
  }

  /** The peer has said something. Once a connection. */
  noteFirstItem(connection: Connection): void {
    if (connection.isAccepted) this.#halfOpen--;
  }

  clear(): void {
    this.#byId.clear();
    this.#byPeer.clear();
    this.#bySource.clear();
    this.#halfOpen = 0;
  }

  delete(connection: Connection): void {
    const { remote, connectionId = '' } = connection.flow;
    if (!this.#byId.delete(connectionId)) return;
    const peer = peerKey(remote);
    if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    if (!connection.isAccepted) return;
    if (connection.isHalfOpen) this.#halfOpen--;
    const left = (this.#bySource.get(remote.address) ?? 1) - 1;
    if (left > 0) this.#bySource.set(remote.address, left);
    else this.#bySource.delete(remote.address);
  }
}

function usable(connection: Connection | undefined): Connection | undefined {
  return connection?.isUsable === true ? connection : undefined;
}

function peerKey({ address, port }: SocketAddress): string {
  return `${address}|${port}`;
}
