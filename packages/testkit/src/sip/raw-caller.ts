import { SipRequest, type SipResponse } from '@groupcall/sip';
import type { RawPeer } from './raw-peer.ts';
import type { SipWorld } from './sip-world.ts';

/**
 * A caller made by hand: sends each message when the test says so, once, and never retransmits, acknowledges or hangs up
 * by itself.
 */
export class RawCaller {
  readonly peer: RawPeer;
  readonly #callee: string;
  readonly #callId: string;
  #invite: SipRequest | undefined;
  #sequence = 1;
  #branch = 1;

  private constructor(peer: RawPeer, callee: string) {
    this.peer = peer;
    this.#callee = callee;
    this.#callId = `raw-${peer.local.address}`;
  }

  static async open(world: SipWorld, address: string, callee: string): Promise<RawCaller> {
    return new RawCaller(await world.peer(address), callee);
  }

  /** Sends the first INVITE. `headers` come in place of the usual ones of their name. */
  invite({
    body = '',
    headers = {},
  }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {}): SipRequest {
    const usual = {
      From: '<sip:caller@192.0.2.1>;tag=caller',
      To: `<sip:phone@${this.#callee}>`,
      Contact: this.peer.contact,
      ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
    };
    this.#invite = this.request('INVITE', { ...usual, ...headers }, body);
    return this.#invite;
  }

  /** Sends the very same INVITE again. */
  resendInvite(): void {
    this.#send(this.#first);
  }

  /** RFC 3261 §9.1: the branch and the CSeq number of the INVITE. */
  cancel(invite = this.#first): void {
    const { rawUri, via, cseq } = invite;
    const lines = [
      ['Via', via.toString()],
      ['From', invite.header('From') ?? ''],
      ['To', invite.header('To') ?? ''],
      ['Call-ID', this.#callId],
      ['CSeq', `${cseq.number} CANCEL`],
      ['Max-Forwards', '70'],
    ] as const;
    this.#send(SipRequest.create({ method: 'CANCEL', uri: rawUri, headers: lines }));
  }

  /** The ACK to a 2xx: a branch of its own. */
  ack(sequence = 1): void {
    this.inDialog('ACK', sequence);
  }

  /** The ACK to the last refusal: the branch of its INVITE. */
  ackFailure(): void {
    const refusal = this.peer.responses('INVITE').findLast(({ status }) => status >= 300);
    if (refusal === undefined) throw new Error('no refusal came');
    const lines = [
      ['Via', refusal.via.toString()],
      ['From', refusal.header('From') ?? ''],
      ['To', refusal.header('To') ?? ''],
      ['Call-ID', this.#callId],
      ['CSeq', `${refusal.cseq.number} ACK`],
      ['Max-Forwards', '70'],
    ] as const;
    this.#send(SipRequest.create({ method: 'ACK', uri: this.#first.rawUri, headers: lines }));
  }

  bye(): void {
    this.inDialog('BYE', ++this.#sequence);
  }

  reinvite(body = 'v=0\r\n'): SipRequest {
    return this.inDialog(
      'INVITE',
      ++this.#sequence,
      { Contact: this.peer.contact, 'Content-Type': 'application/sdp' },
      body,
    );
  }

  /** A request in the dialog of the last response to the INVITE that had a To-tag. */
  inDialog(method: string, sequence: number, headers: Readonly<Record<string, string>> = {}, body = ''): SipRequest {
    const response = this.peer.responses('INVITE').find(({ to }) => to.tag !== undefined);
    const dialog = {
      From: this.#first.header('From') ?? '',
      To: response?.header('To') ?? '',
      CSeq: `${sequence} ${method}`,
    };
    return this.request(method, { ...dialog, ...headers }, body);
  }

  /** Any request. */
  request(
    method: string,
    headers: Readonly<Record<string, string>>,
    body = '',
    uri = `sip:phone@${this.#callee}`,
  ): SipRequest {
    const lines: Record<string, string> = {
      Via: `SIP/2.0/UDP ${this.peer.local.address}:5060;branch=z9hG4bKraw${this.#branch++}`,
      'Max-Forwards': '70',
      'Call-ID': this.#callId,
      CSeq: `1 ${method}`,
      ...headers,
    };
    const request = SipRequest.create({ method, uri, headers: Object.entries(lines), body });
    this.#send(request);
    return request;
  }

  /** The statuses that came to requests of a method, in order. */
  statuses(method: string): number[] {
    return this.peer.responses(method).map(({ status }: SipResponse) => status);
  }

  get #first(): SipRequest {
    if (this.#invite === undefined) throw new Error('there was no INVITE');
    return this.#invite;
  }

  #send(request: SipRequest): void {
    this.peer.sendTo(request, { address: this.#callee, port: 5060 });
  }
}
