import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, connect, isIPv6, type Server, type Socket } from 'node:net';
import type {
  DatagramHandlers,
  DatagramOptions,
  DatagramSocket,
  Network,
  SocketAddress,
  StreamConnection,
  StreamHandlers,
  StreamListener,
} from './network.ts';

class NodeDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  readonly #socket: UdpSocket;
  #closed: Promise<void> | undefined;

  constructor(socket: UdpSocket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { address, port };
  }

  send(data: Uint8Array, to: SocketAddress, onFailure?: (error: Error) => void): void {
    if (this.#closed !== undefined) return;
    this.#socket.send(data, to.port, to.address, (error) => {
      if (error) onFailure?.(error);
    });
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.removeAllListeners();
      this.#socket.close(resolve);
    });
    return this.#closed;
  }
}

class NodeStreamConnection implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #socket: Socket;

  constructor(socket: Socket, remote: SocketAddress) {
    this.#socket = socket;
    this.remote = remote;
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    socket.setNoDelay(true);
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(data: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(data);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Wires the handlers. The error, if there is one, comes before the close, which comes once. */
  attach(handlers: StreamHandlers): this {
    let failure: Error | undefined;
    this.#socket.on('data', (data) => {
      handlers.onData(data);
    });
    this.#socket.on('connect', () => handlers.onOpen?.());
    this.#socket.on('drain', () => handlers.onDrain?.());
    this.#socket.on('error', (error) => {
      failure = error;
    });
    this.#socket.on('close', () => {
      handlers.onClose(failure);
    });
    return this;
  }
}

class NodeStreamListener implements StreamListener {
  readonly local: SocketAddress;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    const bound = server.address();
    this.local = typeof bound === 'object' && bound !== null ? bound : { address: '', port: 0 };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** The machine's own sockets. */
export class NodeNetwork implements Network {
  async bindDatagram(options: DatagramOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const socket = createSocket({
      type: isIPv6(options.address) ? 'udp6' : 'udp4',
      reusePort: options.reusePort ?? false,
      ...(options.receiveBufferBytes === undefined ? {} : { recvBufferSize: options.receiveBufferBytes }),
    });
    socket.bind(options.port, options.address);
    // `once` rejects with the error of the bind, which is what the caller wants to see.
    await once(socket, 'listening');
    socket.on('message', (data, from) => {
      handlers.onDatagram(data, from);
    });
    socket.on('error', (error) => {
      handlers.onError(error);
    });
    return new NodeDatagramSocket(socket);
  }

  async listenStream(
    options: SocketAddress,
    onConnection: (connection: StreamConnection) => StreamHandlers,
  ): Promise<StreamListener> {
    const server = createServer((socket) => {
      const connection = new NodeStreamConnection(socket, {
        address: socket.remoteAddress ?? '',
        port: socket.remotePort ?? 0,
      });
      connection.attach(onConnection(connection));
    });
    server.listen(options.port, options.address);
    await once(server, 'listening');
    return new NodeStreamListener(server);
  }

  connectStream(to: SocketAddress, timeoutMs: number, handlers: StreamHandlers): StreamConnection {
    const socket = connect({ host: to.address, port: to.port, timeout: timeoutMs });
    socket.once('connect', () => socket.setTimeout(0));
    socket.once('timeout', () => {
      socket.destroy(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }));
    });
    return new NodeStreamConnection(socket, to).attach(handlers);
  }
}
