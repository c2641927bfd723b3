import type { Clock, IdSource, Logger, Network } from '@groupcall/kernel';
import {
  type ClientAnswer,
  type ClientInvite,
  type ClientInviteEnd,
  type ClientInviteHandlers,
  type DigestSecret,
  type HeaderLine,
  type InviteDialog,
  type MessageContent,
  NameAddr,
  type ServerInvite,
  type SipRequest,
  type SipResponse,
  SipUri,
  type Target,
  UserAgent,
} from '@groupcall/sip';

/** A session description of a phone: one audio stream of G.711. */
export function phoneSdp(address: string, port: number, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=- ${port} 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8 0`,
    `a=${direction}`,
    '',
  ].join('\r\n');
}

export interface TestPhoneOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  readonly name: string;
  readonly address: string;
  /** Where the server listens. */
  readonly server: Target;
  readonly domain: string;
}

/** A phone that does what the test says, over the real SIP stack. */
export class TestPhone {
  readonly name: string;
  readonly address: string;
  readonly domain: string;
  readonly userAgent: UserAgent;
  readonly #server: Target;
  /** Calls that came in, in their order. */
  readonly calls: PhoneCall[] = [];

  constructor({ clock, ids, logger, network, name, address, server, domain }: TestPhoneOptions) {
    this.name = name;
    this.address = address;
    this.domain = domain;
    this.#server = server;
    this.userAgent = new UserAgent({
      clock,
      ids,
      logger,
      network,
      listen: [{ protocol: server.protocol, address, port: 5060 }],
      userAgent: `phone ${name}`,
    });
    this.userAgent.onInvite = (invite) => {
      this.calls.push(new PhoneCall(this, invite));
    };
  }

  /** `sip:name@address`, as the phone is reached. */
  get uri(): string {
    const { protocol } = this.#server;
    return `sip:${this.name}@${this.address}:5060${protocol === 'udp' ? '' : `;transport=${protocol}`}`;
  }

  get sdp(): string {
    return phoneSdp(this.address, 4000);
  }

  /** The last call that came in. Throws when there is none. */
  get call(): PhoneCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error(`${this.name} has no call`);
    return call;
  }

  /** Calls somebody through the server. */
  dial(user: string, options: DialOptions = {}): DialledCall {
    return new DialledCall(this, this.#server, user, options);
  }

  /** Sends a REGISTER for `user@domain` and gives the final response. */
  register(options: RegisterOptions = {}): Promise<SipResponse> {
    const { user = this.name, host = this.domain, password, expiresS = 600, headers = [] } = options;
    const uri = SipUri.parse(`sip:${user}@${host}`);
    const contact: HeaderLine = ['Contact', options.contact ?? `<${this.uri}>;expires=${expiresS}`];
    return this.userAgent.request({
      method: 'REGISTER',
      uri: SipUri.parse(`sip:${host}`),
      target: this.#server,
      from: NameAddr.of({ uri }),
      to: NameAddr.of({ uri }),
      headers: [contact, ...headers],
      ...(password === undefined ? {} : { credentials: { username: options.username ?? user, password } }),
    });
  }
}

export interface RegisterOptions {
  readonly user?: string;
  readonly username?: string;
  readonly host?: string;
  readonly password?: string;
  readonly expiresS?: number;
  /** The whole Contact header. */
  readonly contact?: string;
  readonly headers?: readonly HeaderLine[];
}

/** A call at the phone that is called. `events` tells what came, in its order. */
export class PhoneCall {
  readonly invite: ServerInvite;
  readonly events: string[] = [];
  readonly acks: SipRequest[] = [];
  readonly #phone: TestPhone;
  dialog: InviteDialog | undefined;

  constructor(phone: TestPhone, invite: ServerInvite) {
    this.#phone = phone;
    this.invite = invite;
    invite.onCancel = (request) => this.events.push(withReason('CANCEL', request));
    invite.onAck = (ack) => {
      this.acks.push(ack);
      this.events.push('ACK');
    };
    invite.onNoAck = () => this.events.push('no ACK');
  }

  get request(): SipRequest {
    return this.invite.request;
  }

  ring(status: 180 | 183 = 180, content: MessageContent = {}): void {
    this.invite.ring({ status, ...content });
  }

  answer(content: MessageContent = { body: this.#phone.sdp }): void {
    this.dialog = this.invite.answer(content);
    if (this.dialog !== undefined) watch(this.dialog, this.events);
  }
}

export interface DialOptions {
  readonly sdp?: string | undefined;
  readonly contentType?: string;
  readonly credentials?: DigestSecret;
  readonly host?: string;
  readonly from?: string;
  readonly headers?: readonly HeaderLine[];
  readonly maxForwards?: number;
}

/** A call at the phone that calls. `events` tells what came, in its order. */
export class DialledCall implements ClientInviteHandlers {
  readonly events: string[] = [];
  readonly responses: SipResponse[] = [];
  readonly invite: ClientInvite;
  answer: ClientAnswer | undefined;
  /** What goes into the ACK; undefined: nothing. Set `holdsAck` to send it later. */
  ackBody: string | undefined;
  holdsAck = false;

  constructor(phone: TestPhone, server: Target, user: string, options: DialOptions) {
    const { host = phone.domain, headers = [], contentType, credentials, maxForwards } = options;
    const uri = SipUri.parse(`sip:${user}@${host}`);
    const body = 'sdp' in options ? options.sdp : phone.sdp;
    this.invite = phone.userAgent.invite(
      {
        target: server,
        uri,
        from: NameAddr.parse(options.from ?? `"Phone of ${phone.name}" <sip:${phone.name}@${host}>`),
        to: NameAddr.of({ uri }),
        headers,
        ...(body === undefined ? {} : { body }),
        ...(contentType === undefined ? {} : { contentType }),
        ...(credentials === undefined ? {} : { credentials }),
        ...(maxForwards === undefined ? {} : { maxForwards }),
      },
      this,
    );
  }

  onProvisional(response: SipResponse): void {
    this.#note(response);
  }

  onAnswer(answer: ClientAnswer): void {
    this.answer = answer;
    this.#note(answer.response);
    watch(answer.dialog, this.events);
    if (!this.holdsAck) answer.acknowledge(this.ackBody);
  }

  onEnd(end: ClientInviteEnd): void {
    if (end.kind === 'response') this.#note(end.response);
    else this.events.push(end.kind);
  }

  #note(response: SipResponse): void {
    this.responses.push(response);
    this.events.push(response.body.length === 0 ? `${response.status}` : `${response.status} SDP`);
  }
}

function watch(dialog: InviteDialog, events: string[]): void {
  dialog.onBye = (request) => events.push(withReason('BYE', request));
  dialog.onEnded = ({ kind }) => events.push(`ended ${kind}`);
}

function withReason(method: string, request: SipRequest): string {
  const reasons = request.headerValues('Reason');
  return reasons.length === 0 ? method : `${method} ${reasons.join(', ')}`;
}
