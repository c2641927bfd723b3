import type { Destination } from '@groupcall/engine';
import { type Clock, type IdSource, type Network, silentLogger } from '@groupcall/kernel';
import {
  type ClientAnswer,
  type ClientInvite,
  type ClientInviteEnd,
  type ClientInviteHandlers,
  type HeaderLine,
  type InviteDialog,
  NameAddr,
  type ServerInvite,
  type SipRequest,
  type SipResponse,
  SipUri,
  type Target,
  UserAgent,
} from '@groupcall/sip';
import { type CalledPhone, type CalledPhoneCall, endpoint, phoneSdp } from './called-phone.ts';

/** Longer than any story, so that nothing expires in the middle of one. */
const REGISTRATION_S = 7200;

export interface PhoneOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly network: Network;
  readonly name: string;
  readonly address: string;
  readonly server: Target;
  readonly domain: string;
  readonly password: string;
}

/** A phone on the project's own SIP stack. It rings when it is called, unless {@link onCall} says otherwise. */
export class Phone implements CalledPhone {
  readonly name: string;
  readonly address: string;
  readonly userAgent: UserAgent;
  readonly calls: PhoneCall[] = [];
  readonly dialled: DialledCall[] = [];
  onCall: (call: PhoneCall) => void = (call) => {
    call.ring();
  };
  readonly #server: Target;
  readonly #domain: string;
  readonly #password: string;

  constructor({ clock, ids, network, name, address, server, domain, password }: PhoneOptions) {
    this.name = name;
    this.address = address;
    this.#server = server;
    this.#domain = domain;
    this.#password = password;
    this.userAgent = new UserAgent({
      clock,
      ids,
      network,
      logger: silentLogger,
      listen: [{ protocol: 'udp', address, port: 5060 }],
      userAgent: `phone ${name}`,
    });
    this.userAgent.onInvite = (invite) => {
      const call = new PhoneCall(invite, this.sdp);
      this.calls.push(call);
      this.onCall(call);
    };
  }

  get destination(): Destination {
    return endpoint(this.name);
  }

  get sdp(): string {
    return phoneSdp(this.address);
  }

  /** The only call that came. Throws when there is none, or more than one. */
  get call(): PhoneCall {
    const [call, another] = this.calls;
    if (call === undefined || another !== undefined) throw new Error(`${this.name} has ${this.calls.length} calls`);
    return call;
  }

  /** What the phone was sent, all its calls one after another. */
  get events(): readonly string[] {
    return this.calls.flatMap(({ events }) => events);
  }

  /** Registers with the digest of its account, and gives the final response. */
  register(): Promise<SipResponse> {
    const uri = SipUri.parse(`sip:${this.name}@${this.#domain}`);
    return this.userAgent.request({
      method: 'REGISTER',
      uri: SipUri.parse(`sip:${this.#domain}`),
      target: this.#server,
      from: NameAddr.of({ uri }),
      to: NameAddr.of({ uri }),
      headers: [['Contact', `<sip:${this.name}@${this.address}:5060>;expires=${REGISTRATION_S}`]],
      credentials: { username: this.name, password: this.#password },
    });
  }

  /** Calls a number through the server. */
  dial(user: string): DialledCall {
    const uri = SipUri.parse(`sip:${user}@${this.#domain}`);
    const call = new DialledCall();
    call.invite = this.userAgent.invite(
      {
        target: this.#server,
        uri,
        from: NameAddr.parse(`<sip:${this.name}@${this.#domain}>`),
        to: NameAddr.of({ uri }),
        body: this.sdp,
        credentials: { username: this.name, password: this.#password },
      },
      call,
    );
    this.dialled.push(call);
    return call;
  }
}

/** A call that came to a phone. */
export class PhoneCall implements CalledPhoneCall {
  readonly events: string[] = ['INVITE'];
  readonly #invite: ServerInvite;
  readonly #sdp: string;
  #dialog: InviteDialog | undefined;
  #isUp = false;
  #isAcknowledged = false;

  constructor(invite: ServerInvite, sdp: string) {
    this.#invite = invite;
    this.#sdp = sdp;
    invite.onCancel = (request) => this.events.push(withReason('CANCEL', request));
    invite.onAck = () => {
      this.#isAcknowledged = true;
      this.events.push('ACK');
    };
    invite.onNoAck = () => this.events.push('no ACK');
  }

  get request(): SipRequest {
    return this.#invite.request;
  }

  get sipCallId(): string {
    return this.#invite.callId;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isTalking(): boolean {
    return this.#isUp && this.#isAcknowledged;
  }

  /** No final response was sent yet. */
  get isRinging(): boolean {
    return !this.#invite.ended;
  }

  ring(): void {
    this.#invite.ring();
  }

  /** 183 with SDP. */
  earlyMedia(): void {
    this.#invite.ring({ status: 183, body: this.#sdp });
  }

  answer(): void {
    const dialog = this.#invite.answer({ body: this.#sdp });
    if (dialog === undefined) return;
    this.#dialog = dialog;
    this.#isUp = true;
    dialog.onBye = (request) => {
      this.#isUp = false;
      this.events.push(withReason('BYE', request));
    };
    dialog.onEnded = () => {
      this.#isUp = false;
    };
  }

  reject(status: number, headers: readonly HeaderLine[] = []): void {
    this.#invite.reject(status, { headers });
  }

  hangUp(): void {
    if (!this.#isUp) return;
    this.#dialog?.bye();
    // While the ACK is outstanding the BYE waits for it; the user has put the receiver down all the same.
    this.#isUp = false;
  }
}

/** A call that a phone makes. */
export class DialledCall implements ClientInviteHandlers {
  /** Statuses and what ended the call: `180`, `200`, `487`, `BYE <Reason>`. */
  readonly events: string[] = [];
  readonly responses: SipResponse[] = [];
  invite: ClientInvite | undefined;
  #dialog: InviteDialog | undefined;
  #isUp = false;
  #isOver = false;
  #wantsNoMore = false;

  get isUp(): boolean {
    return this.#isUp;
  }

  /** It was answered or refused, and is over. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The SDP of the 200; undefined without an answer. */
  get answer(): string | undefined {
    return this.responses.find(({ status }) => status === 200)?.body.toString();
  }

  /** CANCEL before an answer, BYE after it; an answer that crosses the CANCEL is hung up. */
  giveUp(): void {
    if (this.#wantsNoMore) return;
    this.#wantsNoMore = true;
    if (this.#dialog === undefined) this.invite?.cancel();
    else this.#end();
  }

  onProvisional(response: SipResponse): void {
    this.#note(response);
  }

  onAnswer(answer: ClientAnswer): void {
    this.#note(answer.response);
    const { dialog } = answer;
    this.#dialog = dialog;
    this.#isUp = true;
    dialog.onBye = (request) => {
      this.#isUp = false;
      this.events.push(withReason('BYE', request));
    };
    dialog.onEnded = () => {
      this.#isUp = false;
      this.#isOver = true;
    };
    answer.acknowledge();
    if (this.#wantsNoMore) this.#end();
  }

  onEnd(end: ClientInviteEnd): void {
    this.#isOver = true;
    if (end.kind === 'response') this.#note(end.response);
    else this.events.push(end.kind);
  }

  #end(): void {
    this.#isUp = false;
    this.#dialog?.bye();
  }

  #note(response: SipResponse): void {
    this.responses.push(response);
    this.events.push(response.body.length === 0 ? `${response.status}` : `${response.status} SDP`);
  }
}

/** A request as the tests write it: its method and, when it has one, its whole Reason. */
export function withReason(method: string, request: SipRequest): string {
  const reasons = request.headerValues('Reason');
  return reasons.length === 0 ? method : `${method} ${reasons.join(', ')}`;
}
