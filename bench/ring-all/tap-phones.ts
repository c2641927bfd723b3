import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { DIALLED, type PhonePorts } from './subject.ts';
import { cseqMethod, finish, header, response, sessionDescription, startWord, statusOf } from './tap-message.ts';

/** Any even port: nobody sends audio. */
const MEDIA_PORT = 16_000;
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Something that arrived at the caller or at a phone. */
export interface Arrival {
  /** 0, 1 or 2 for a phone; -1 for the caller. */
  readonly at: number;
  /** A method, or the status and method of a response: `200 INVITE`. */
  readonly what: string;
  /** When this process was given the datagram, in ms of its monotonic clock. */
  readonly atMs: number;
  readonly text: string;
}

/**
 * The caller and the three phones of the group in one process, on a socket each, so that all times come from one clock.
 * The phones ring by themselves and end what is cancelled; when to answer, and all that the caller does, is told to them.
 */
export class TapPhones {
  /** Called with everything that arrives, after the phones have answered it. */
  onArrival: (arrival: Arrival) => void = () => undefined;
  readonly #target: number;
  readonly #ports: PhonePorts;
  readonly #caller: Socket;
  readonly #phones: Socket[];
  /** INVITEs that ring, by phone and Call-ID. */
  readonly #ringing = new Map<string, { request: string; from: RemoteInfo }>();

  private constructor(target: number, ports: PhonePorts, sockets: Socket[]) {
    this.#target = target;
    this.#ports = ports;
    this.#caller = sockets[0]!;
    this.#phones = sockets.slice(1);
    this.#caller.on('message', (data) => {
      this.#onCaller(data.toString('latin1'));
    });
    for (const [at, phone] of this.#phones.entries()) {
      phone.on('message', (data, from) => {
        this.#onPhone(at, data.toString('latin1'), from);
      });
    }
  }

  /** @param target UDP port of the server */
  static async start(target: number, ports: PhonePorts): Promise<TapPhones> {
    const sockets: Socket[] = [];
    for (const port of [ports.caller, ...ports.phones]) {
      const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BUFFER_BYTES });
      socket.bind(port, '127.0.0.1');
      await once(socket, 'listening');
      sockets.push(socket);
    }
    return new TapPhones(target, ports, sockets);
  }

  get ringing(): number {
    return this.#ringing.size;
  }

  async close(): Promise<void> {
    for (const socket of [this.#caller, ...this.#phones]) {
      socket.close();
      await once(socket, 'close');
    }
  }

  /** The caller dials the group. */
  invite(callId: string): void {
    this.#send(this.#request('INVITE', 1, callId, this.#dialled, [`Contact: <${this.#contact}>`], true));
  }

  /** The caller gives up. */
  cancel(callId: string): void {
    this.#send(this.#request('CANCEL', 1, callId, this.#dialled));
  }

  /** The caller acknowledges the refusal that follows its CANCEL. */
  acknowledgeRefusal(callId: string, refusal: string): void {
    this.#send(this.#request('ACK', 1, callId, this.#dialled, [], false, header(refusal, 'To')));
  }

  /** The caller acknowledges the 200, and hangs up at once. */
  acknowledgeAndHangUp(callId: string, ok: string): void {
    const uri = /<([^>]+)>/.exec(header(ok, 'Contact'))?.[1] ?? '';
    const routes = ok
      .split('\r\n')
      .filter((line) => line.startsWith('Record-Route: '))
      .map((line) => line.replace('Record-', ''))
      .reverse();
    const to = header(ok, 'To');
    this.#send(this.#request('ACK', 1, callId, uri, routes, false, to, '-ack'));
    this.#send(this.#request('BYE', 2, callId, uri, routes, false, to, '-bye'));
  }

  /** The phone answers everything that rings at it. @returns when the 200 was handed to the socket, in ms. */
  answer(at: number): number {
    let handedAt = Number.NaN;
    for (const [key, { request, from }] of this.#ringing) {
      if (!key.startsWith(`${at} `)) continue;
      this.#ringing.delete(key);
      handedAt = performance.now();
      this.#reply(at, request, '200 OK', from, sessionDescription(MEDIA_PORT));
    }
    return handedAt;
  }

  get #dialled(): string {
    return `sip:${DIALLED}@127.0.0.1:${this.#target}`;
  }

  get #contact(): string {
    return `sip:caller@127.0.0.1:${this.#ports.caller}`;
  }

  #request(
    method: string,
    cseq: number,
    callId: string,
    uri: string,
    more: readonly string[] = [],
    withSdp = false,
    to = `<${this.#dialled}>`,
    branch = '',
  ): string {
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.#ports.caller};branch=z9hG4bK${callId}${branch}`,
      `From: <${this.#contact}>;tag=${callId}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      'Max-Forwards: 70',
      ...more,
    ];
    return finish(lines, withSdp ? sessionDescription(MEDIA_PORT) : '');
  }

  #send(text: string): void {
    this.#caller.send(text, this.#target, '127.0.0.1');
  }

  #onCaller(text: string): void {
    const atMs = performance.now();
    this.onArrival({ at: -1, what: `${statusOf(text)} ${cseqMethod(text)}`, atMs, text });
  }

  #onPhone(at: number, text: string, from: RemoteInfo): void {
    const atMs = performance.now();
    const method = startWord(text);
    const key = `${at} ${header(text, 'Call-ID')}`;
    switch (method) {
      case 'INVITE':
        this.#ringing.set(key, { request: text, from });
        this.#reply(at, text, '180 Ringing', from);
        break;
      case 'CANCEL': {
        const invite = this.#ringing.get(key);
        this.#ringing.delete(key);
        this.#reply(at, text, '200 OK', from);
        if (invite !== undefined) this.#reply(at, invite.request, '487 Request Terminated', from);
        break;
      }
      case 'BYE':
        this.#reply(at, text, '200 OK', from);
        break;
    }
    this.onArrival({ at, what: method, atMs, text });
  }

  #reply(at: number, request: string, status: string, to: RemoteInfo, sdp = ''): void {
    const contact = `sip:phone@127.0.0.1:${this.#ports.phones[at]!}`;
    this.#phones[at]!.send(response(request, status, `phone${at}`, contact, sdp), to.port, to.address);
  }
}
