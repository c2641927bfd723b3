import type { Clock, DatagramSocket, Network, SocketAddress } from '@groupcall/kernel';
import { parseMessage, SipRequest, SipResponse } from '@groupcall/sip';

/** What a hand-made response carries. */
export interface RawResponseOptions {
  readonly tag?: string;
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default: the peer's own address; `false` leaves it out. */
  readonly contact?: string | false;
}

/** A SIP message that arrived, and when. */
export interface RawArrival {
  readonly message: SipRequest | SipResponse;
  readonly from: SocketAddress;
  /** ms since the epoch. */
  readonly at: number;
}

/** A UDP endpoint without any SIP logic: keeps what arrives, sends what it is told to. For the races of tests. */
export class RawPeer {
  readonly local: SocketAddress;
  readonly arrivals: RawArrival[] = [];
  /** Called with each request that arrives, for peers that answer at once. */
  onRequest: (request: SipRequest, from: SocketAddress) => void = () => undefined;
  readonly #socket: DatagramSocket;
  readonly #clock: Clock;

  private constructor(socket: DatagramSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.local = socket.local;
  }

  static async open(network: Network, clock: Clock, address: SocketAddress): Promise<RawPeer> {
    const arrive: { to?: RawPeer } = {};
    const socket = await network.bindDatagram(address, {
      onDatagram: (data, from) => {
        arrive.to?.receive(data, from);
      },
      onError: () => undefined,
    });
    const peer = new RawPeer(socket, clock);
    arrive.to = peer;
    return peer;
  }

  /** The requests of a method that arrived, retransmissions too. */
  requests(method: string): SipRequest[] {
    return this.arrivals.flatMap(({ message }) =>
      message instanceof SipRequest && message.method === method ? [message] : [],
    );
  }

  /** The responses that arrived to requests of a method. */
  responses(method: string): SipResponse[] {
    return this.arrivals.flatMap(({ message }) =>
      message instanceof SipResponse && message.cseq.method === method ? [message] : [],
    );
  }

  /** The last request of a method. Throws when there is none. */
  last(method: string): SipRequest {
    const request = this.requests(method).at(-1);
    if (request === undefined) throw new Error(`no ${method} arrived`);
    return request;
  }

  /** Answers a request to where it came from. */
  respond(request: SipRequest, status: number, options: RawResponseOptions = {}): SipResponse {
    const { tag, body, headers = [], contact = this.contact } = options;
    const response = SipResponse.replyTo(request, status, undefined, {
      ...(tag === undefined ? {} : { toTag: tag }),
      headers: [
        ...(contact === false ? [] : [['Contact', contact] as const]),
        ...headers,
        ...(body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
      ],
      ...(body === undefined ? {} : { body }),
    });
    this.sendTo(response, this.#sourceOf(request));
    return response;
  }

  sendTo(message: SipRequest | SipResponse | string, to: SocketAddress): void {
    this.#socket.send(typeof message === 'string' ? Buffer.from(message) : message.toBuffer(), to);
  }

  get contact(): string {
    return `<sip:${this.local.address}:${this.local.port}>`;
  }

  receive(data: Buffer, from: SocketAddress): void {
    const message = parseMessage(data);
    this.arrivals.push({ message, from, at: this.#clock.now() });
    if (message instanceof SipRequest) this.onRequest(message, from);
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  #sourceOf(request: SipRequest): SocketAddress {
    const arrival = this.arrivals.find(({ message }) => message === request);
    if (arrival === undefined) throw new Error('this request did not arrive here');
    return arrival.from;
  }
}
