import { toError, type Clock, type IdSource, type Logger, type Network, type SocketAddress } from '@groupcall/kernel';
import { BadRequestError } from '../message/bad-request-error.ts';
import { Params } from '../message/params.ts';
import { ParseError } from '../message/parse-error.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../message/parse-limits.ts';
import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import { validateMessage } from '../message/validate-message.ts';
import { Via } from '../message/via.ts';
import { answerBadRequest } from './bad-request-answer.ts';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from './connection-limits.ts';
import type { Flow, Listen, Target, TransportProtocol } from './flow.ts';
import { bestListener, isUnspecified, listenerAt, listenerFor } from './listener-choice.ts';
import { markSource, replyTarget } from './message-source.ts';
import { QuietLog } from './quiet-log.ts';
import { TcpTransport } from './tcp-transport.ts';
import { TransportError } from './transport-error.ts';
import type { OnSendFailure, Transport, TransportHandlers } from './transport.ts';
import { UdpTransport } from './udp-transport.ts';

export interface TransportLayerLimits extends ParseLimits, ConnectionLimits {
  /** Bytes of the kernel's receive buffer of each UDP socket. */
  readonly receiveBufferBytes: number;
}

export const DEFAULT_TRANSPORT_LIMITS: TransportLayerLimits = {
  ...DEFAULT_PARSE_LIMITS,
  ...DEFAULT_CONNECTION_LIMITS,
  receiveBufferBytes: 4_194_304,
};

export interface TransportLayerOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  readonly listen: readonly Listen[];
  readonly limits?: Partial<TransportLayerLimits>;
}

/** A message as it was sent, ready to be sent again as it is. */
export interface SentMessage {
  readonly data: Buffer;
  readonly target: Target;
  /** Undefined when no listener speaks the target's protocol. */
  readonly transport: Transport | undefined;
}
export type SentRequest = SentMessage;
export type SentResponse = SentMessage;

/** What came and went, since the start. */
export interface TransportCounters {
  /** Messages that could be split into lines. */
  received: number;
  /** Messages handed to a transport, retransmissions included. */
  sent: number;
  /** What was no SIP, or was malformed; answered where that was possible. */
  malformed: number;
  /** Connections refused by a limit, and responses to requests that were not sent from here. */
  dropped: number;
  keepAlives: number;
  sendFailures: number;
  /** Messages whose handler threw. */
  userErrors: number;
}

type SentBy = Required<NonNullable<Listen['advertise']>>;

const LOG_EVERY_MS = 10_000;
const SECRET_LENGTH = 24;
const DEFAULT_PORT = 5060;
/** Stands in what is made for a protocol without a listener, and never leaves. */
const NOWHERE: SentBy = { host: '0.0.0.0', port: DEFAULT_PORT };

/** The transport layer (RFC 3261 §18): all listeners, the topmost Via on the way out, received and rport on the way in. */
export class TransportLayer {
  readonly counters: TransportCounters = {
    received: 0,
    sent: 0,
    malformed: 0,
    dropped: 0,
    keepAlives: 0,
    sendFailures: 0,
    userErrors: 0,
  };
  /** Set by the layer above before {@link start}. The topmost Via says already where the request came from. */
  onRequest: (request: SipRequest, flow: Flow) => void = () => undefined;
  /** Set by the layer above before {@link start}. */
  onResponse: (response: SipResponse, flow: Flow) => void = () => undefined;
  readonly #logger: Logger;
  readonly #quietLog: QuietLog;
  readonly #secret: string;
  readonly #transports: readonly Transport[];
  readonly #sentBy = new Map<Transport, SentBy>();
  #isClosed = false;

  /** @throws TransportError for a protocol that is not built in, and for a listener that nobody could reach. */
  constructor({ clock, ids, logger, network, listen, limits: given }: TransportLayerOptions) {
    const limits = { ...DEFAULT_TRANSPORT_LIMITS, ...given };
    const { receiveBufferBytes } = limits;
    this.#logger = logger;
    this.#quietLog = new QuietLog({ clock, logger, everyMs: LOG_EVERY_MS });
    this.#secret = ids.token(SECRET_LENGTH);
    this.#transports = listen.map((one) => {
      requireReachable(one);
      switch (one.protocol) {
        case 'udp':
          return new UdpTransport({ network, logger, listen: one, limits, receiveBufferBytes });
        case 'tcp':
          return new TcpTransport({ clock, ids, network, listen: one, limits });
        default:
          throw new TransportError(`SIP over ${one.protocol} is not built in`, { help: 'Listen on udp or tcp.' });
      }
    });
  }

  /** The listeners, with the ports they really have. */
  get listeners(): readonly Listen[] {
    return this.#transports.map(({ listen, local }) => ({ ...listen, address: local.address, port: local.port }));
  }

  /** Connections that are open or being opened. */
  get connections(): number {
    let connections = 0;
    for (const transport of this.#transports) connections += transport.connections;
    return connections;
  }

  /** Opens all listeners. When one can't be opened the others are closed, and it rejects with TransportError. */
  async start(): Promise<void> {
    for (const transport of this.#transports) {
      try {
        await transport.start(this.#handlers);
      } catch (error) {
        await this.close();
        throw cannotListen(transport.listen, toError(error));
      }
      const { listen, local } = transport;
      this.#sentBy.set(transport, {
        host: listen.advertise?.host ?? local.address,
        port: listen.advertise?.port ?? local.port,
      });
    }
  }

  /** Closes all listeners and connections at once. Idempotent. No handler is called afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }

  /** Whether what is sent arrives unless a failure is told: then nothing is retransmitted. */
  isReliable(protocol: TransportProtocol): boolean {
    return protocol !== 'udp';
  }

  /**
   * Puts a Via with this branch on top (RFC 3261 §18.1.1, RFC 3581 §3) and sends the request. A failure is told once, never
   * from within this call.
   */
  sendRequest(request: SipRequest, branch: string, target: Target, onFailure: OnSendFailure): SentRequest {
    const transport = listenerFor(this.#transports, target);
    request.prependHeader('Via', this.#viaFor(transport, target.protocol, branch));
    // §18.1.1: a request over the MTU goes over TCP. Here, where its size is known, is where it changes over: with another
    // transport of the same target, and its Via made again.
    const sent: SentRequest = { data: request.toBuffer(), target, transport };
    this.resend(sent, onFailure);
    return sent;
  }

  /** Sends the same bytes again. A failure is told as by {@link sendRequest}. */
  resend({ data, target, transport }: SentMessage, onFailure: OnSendFailure): void {
    this.counters.sent++;
    if (transport !== undefined) {
      transport.send(data, target, onFailure);
      return;
    }
    this.counters.sendFailures++;
    queueMicrotask(() => {
      const message = `no listener speaks SIP over ${target.protocol}`;
      onFailure(new TransportError(message, { help: 'Add a listener for it.' }));
    });
  }

  /** Sends a response the way its request came (RFC 3261 §18.2.2, RFC 3581 §4). A failure is told as by {@link sendRequest}. */
  sendResponse(response: SipResponse, flow: Flow, onFailure: OnSendFailure): SentResponse {
    const { protocol, local, remote, connectionId } = flow;
    const transport =
      listenerAt(this.#transports, protocol, local) ?? bestListener(this.#transports, protocol, remote.address);
    const isConnected = connectionId !== undefined && transport?.has(connectionId) === true;
    const target = replyTarget(response, flow, isConnected);
    const sent: SentResponse = { data: response.toBuffer(), target, transport };
    this.resend(sent, onFailure);
    return sent;
  }

  /** Where a peer reaches us over a protocol, for a Contact. Without a peer: the first listener. */
  contactFor(protocol: TransportProtocol, peer?: { readonly address: string; readonly local?: SocketAddress }): SipUri {
    const target = { protocol, port: DEFAULT_PORT, address: '', ...peer };
    const { host, port } = this.#sentByOf(listenerFor(this.#transports, target));
    const params = protocol === 'udp' ? Params.empty : Params.of([['transport', protocol]]);
    return SipUri.of({ host, port, params });
  }

  #viaFor(transport: Transport | undefined, protocol: TransportProtocol, branch: string): string {
    const { host, port } = this.#sentByOf(transport);
    const params = Params.of([
      ['branch', branch],
      ['rport', ''],
    ]);
    return Via.of({ protocol: protocol.toUpperCase(), host, port, params }).toString();
  }

  #sentByOf(transport: Transport | undefined): SentBy {
    return (transport && this.#sentBy.get(transport)) ?? NOWHERE;
  }

  /** RFC 3261 §18.1.2: a response whose topmost Via is not ours is for somebody else. */
  #isOurs({ via }: SipResponse): boolean {
    const port = via.port ?? DEFAULT_PORT;
    for (const sentBy of this.#sentBy.values()) {
      if (sentBy.port === port && sentBy.host.toLowerCase() === via.host.toLowerCase()) return true;
    }
    return false;
  }

  readonly #receive = (message: SipRequest | SipResponse, flow: Flow): void => {
    if (this.#isClosed) return;
    this.counters.received++;
    try {
      validateMessage(message);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#refuse(error, flow);
      return;
    }
    try {
      if (message instanceof SipResponse) this.#receiveResponse(message, flow);
      else {
        markSource(message, flow);
        this.onRequest(message, flow);
      }
    } catch (error) {
      this.counters.userErrors++;
      this.#logger.error({ err: toError(error), remote: flow.remote }, 'a handler of SIP messages failed');
    }
  };

  #receiveResponse(response: SipResponse, flow: Flow): void {
    if (this.#isOurs(response)) this.onResponse(response, flow);
    else this.#drop('a response to a request that was not sent from here', flow.remote);
  }

  /** Answers what can be answered, counts and drops the rest. */
  readonly #refuse = (error: ParseError, flow: Flow): void => {
    if (this.#isClosed) return;
    this.counters.malformed++;
    this.#quietLog.warn({ remote: flow.remote, problem: error.message }, 'a message is malformed');
    if (!(error instanceof BadRequestError)) return;
    try {
      markSource(error.request, flow);
      this.sendResponse(answerBadRequest(error, this.#secret), flow, ignoreFailure);
    } catch (unreadable) {
      if (!(unreadable instanceof ParseError)) throw unreadable;
      // The Via that would tell where the answer goes is what can't be read: it goes to where the request came from.
      const transport = listenerAt(this.#transports, flow.protocol, flow.local);
      const data = answerBadRequest(error, this.#secret).toBuffer();
      this.resend({ data, target: { ...flow.remote, ...flow }, transport }, ignoreFailure);
    }
  };

  readonly #drop = (why: string, remote: SocketAddress): void => {
    this.counters.dropped++;
    this.#quietLog.warn({ remote, why }, 'something is dropped');
  };

  readonly #handlers: TransportHandlers = {
    onMessage: this.#receive,
    onMalformed: this.#refuse,
    onDropped: this.#drop,
    onKeepAlive: () => {
      this.counters.keepAlives++;
    },
    onSendFailure: () => {
      this.counters.sendFailures++;
    },
  };
}

function requireReachable({ protocol, address, port, advertise }: Listen): void {
  if (advertise !== undefined || !isUnspecified(address)) return;
  throw new TransportError(`${protocol}:${address}:${port} does not say where peers reach it`, {
    help: 'Listen on one address, or say which address peers are to be told (advertise).',
  });
}

function cannotListen({ protocol, address, port }: Listen, cause: Error): TransportError {
  return new TransportError(`${protocol}:${address}:${port} can't be opened: ${cause.message}`, {
    cause,
    help: 'Stop the program that has the port, or listen on another one.',
  });
}

function ignoreFailure(): void {
  // An answer that is sent without a transaction is sent again when the request is.
}
