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
import { SipResponse, StreamFramer } from '@groupcall/sip';

const RESPONSE_START = 'SIP/2.0 ';

/**
 * A network that hides every request from what runs on it, and lets responses through: a phone on it can register, and
 * is dead for whoever calls it.
 */
export class SilentNetwork implements Network {
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  bindDatagram(options: DatagramOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    return this.#network.bindDatagram(options, {
      onDatagram: (data, from) => {
        if (data.toString('latin1', 0, RESPONSE_START.length) === RESPONSE_START) handlers.onDatagram(data, from);
      },
      onError: (error) => {
        handlers.onError(error);
      },
    });
  }

  listenStream(
    options: SocketAddress,
    onConnection: (connection: StreamConnection) => StreamHandlers,
  ): Promise<StreamListener> {
    return this.#network.listenStream(options, (connection) => responsesOnly(onConnection(connection), connection));
  }

  connectStream(to: SocketAddress, timeoutMs: number, handlers: StreamHandlers): StreamConnection {
    const connection: StreamConnection = this.#network.connectStream(
      to,
      timeoutMs,
      responsesOnly(handlers, {
        destroy: () => {
          connection.destroy();
        },
      }),
    );
    return connection;
  }
}

function responsesOnly(handlers: StreamHandlers, connection: Pick<StreamConnection, 'destroy'>): StreamHandlers {
  const framer = new StreamFramer();
  return {
    onData: (data) => {
      try {
        for (const message of framer.push(data)) {
          if (message instanceof SipResponse) handlers.onData(message.toBuffer());
        }
      } catch {
        // The stream lost its frame; nothing that follows could be read.
        connection.destroy();
      }
    },
    onDrain: () => handlers.onDrain?.(),
    onClose: (error) => {
      handlers.onClose(error);
    },
  };
}
