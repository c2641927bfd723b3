/** An IP address and a port. */
export interface SocketAddress {
  /** An IPv4 or IPv6 address, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** What a datagram socket tells its owner. Neither may throw. */
export interface DatagramHandlers {
  /** `data` is the owner's to keep. */
  onDatagram(data: Buffer, from: SocketAddress): void;
  onError(error: Error): void;
}

export interface DatagramOptions extends SocketAddress {
  /** Bytes of the kernel's receive buffer; a burst longer than it is lost while the event loop is busy. */
  readonly receiveBufferBytes?: number;
  /** Lets several processes share the port, each with its own queue. */
  readonly reusePort?: boolean;
}

/** A bound UDP socket. */
export interface DatagramSocket {
  readonly local: SocketAddress;
  /** Sends one datagram. A failure goes to `onFailure` or, without it, nowhere: datagrams may be lost. */
  send(data: Uint8Array, to: SocketAddress, onFailure?: (error: Error) => void): void;
  /** Idempotent. No handler is called afterwards. */
  close(): Promise<void>;
}

/** What a stream connection tells its owner. `onClose` is the last call, and comes once. None may throw. */
export interface StreamHandlers {
  /** A connection that was asked for is there. */
  onOpen?(): void;
  onData(data: Buffer): void;
  /** Everything written so far has left. */
  onDrain?(): void;
  /** `error` is set when the connection broke or never came to be. */
  onClose(error: Error | undefined): void;
}

/** A TCP connection, from either side. What is written before it is open is sent when it opens. */
export interface StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Bytes that were written and have not left yet. */
  readonly pendingBytes: number;
  write(data: Uint8Array): void;
  /** Sends what is pending, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface StreamListener {
  readonly local: SocketAddress;
  /** Stops accepting; connections that are open stay. */
  close(): Promise<void>;
}

/** The network as a port, so that tests can lose, delay, duplicate and reorder what goes over it. */
export interface Network {
  /** Binds a UDP socket; port 0 takes a free one. Rejects with the system's error (`EADDRINUSE` …). */
  bindDatagram(options: DatagramOptions, handlers: DatagramHandlers): Promise<DatagramSocket>;
  /** Listens on TCP; `onConnection` returns the handlers of the new connection. Rejects with the system's error. */
  listenStream(
    options: SocketAddress,
    onConnection: (connection: StreamConnection) => StreamHandlers,
  ): Promise<StreamListener>;
  /** Opens a TCP connection. A failure is told by `onClose`. */
  connectStream(to: SocketAddress, timeoutMs: number, handlers: StreamHandlers): StreamConnection;
}
