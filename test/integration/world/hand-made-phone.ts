import type { Destination } from '@groupcall/engine';
import type { Clock, SocketAddress, TimerHandle } from '@groupcall/kernel';
import type { SipRequest, SipResponse } from '@groupcall/sip';
import { type RawPeer, testAddress } from '@groupcall/testkit';
import { type CalledPhone, type CalledPhoneCall, phoneSdp } from './called-phone.ts';
import { withReason } from './phone.ts';

/** RFC 3261's T1, T2 and 64*T1, ms. */
const T1_MS = 500;
const T2_MS = 4000;
const ANSWER_LIMIT_MS = 64 * T1_MS;

/** What a phone does with a CANCEL: as it should; 200 to the CANCEL and nothing to the INVITE; not a word. */
export type CancelManners = 'proper' | 'only 200' | 'deaf';

/** A phone, trunk or proxy made by hand, which also does what no stack would let it do. By itself it rings nobody. */
export class HandMadePhone implements CalledPhone {
  readonly name: string;
  readonly peer: RawPeer;
  readonly calls: HandMadeCall[] = [];
  cancelManners: CancelManners = 'proper';
  onCall: (call: HandMadeCall) => void = () => undefined;
  readonly #clock: Clock;
  readonly #branches = new Map<string, HandMadeCall>();

  constructor(name: string, peer: RawPeer, clock: Clock) {
    this.name = name;
    this.peer = peer;
    this.#clock = clock;
    peer.onRequest = (request, from) => {
      this.#onRequest(request, from);
    };
  }

  get uri(): string {
    return `sip:${this.name}@${this.peer.local.address}:${this.peer.local.port}`;
  }

  get destination(): Destination {
    return testAddress({ type: 'sip', target: this.uri });
  }

  /** The only call that came. Throws when there is none, or more than one. */
  get call(): HandMadeCall {
    const [call, another] = this.calls;
    if (call === undefined || another !== undefined) throw new Error(`${this.name} has ${this.calls.length} calls`);
    return call;
  }

  get events(): readonly string[] {
    return this.calls.flatMap(({ events }) => events);
  }

  #onRequest(request: SipRequest, from: SocketAddress): void {
    const { branch } = request.via;
    const known = this.#branches.get(branch);
    if (request.method === 'INVITE') {
      if (known === undefined) this.#onNewCall(branch, request, from);
      else known.repeat();
      return;
    }
    if (request.method === 'CANCEL') {
      known?.cancelled(request, this.cancelManners);
      return;
    }
    this.calls.find(({ sipCallId }) => sipCallId === request.callId)?.inDialog(request);
  }

  #onNewCall(branch: string, request: SipRequest, from: SocketAddress): void {
    const call = new HandMadeCall(this.peer, this.#clock, request, from);
    this.#branches.set(branch, call);
    this.calls.push(call);
    this.onCall(call);
  }
}

/** One answer of a phone; a proxy that forks may give several, each under a To-tag of its own. */
interface HandMadeDialog {
  readonly response: SipResponse;
  isAcknowledged: boolean;
  isOver: boolean;
  resend: TimerHandle | undefined;
}

/** An INVITE at a {@link HandMadePhone}. */
export class HandMadeCall implements CalledPhoneCall {
  readonly events: string[] = ['INVITE'];
  readonly request: SipRequest;
  /** Called with the first CANCEL. */
  onCancelled: () => void = () => undefined;
  readonly #peer: RawPeer;
  readonly #clock: Clock;
  readonly #server: SocketAddress;
  readonly #dialogs = new Map<string, HandMadeDialog>();
  #last: SipResponse | undefined;

  constructor(peer: RawPeer, clock: Clock, request: SipRequest, server: SocketAddress) {
    this.#peer = peer;
    this.#clock = clock;
    this.#server = server;
    this.request = request;
  }

  get sipCallId(): string {
    return this.request.callId;
  }

  get isUp(): boolean {
    return [...this.#dialogs.values()].some(({ isOver }) => !isOver);
  }

  get isTalking(): boolean {
    return [...this.#dialogs.values()].some(({ isAcknowledged, isOver }) => isAcknowledged && !isOver);
  }

  /** Sends a 1xx or a refusal, once. */
  respond(status: number, tag = 'one', headers: readonly (readonly [string, string])[] = []): void {
    this.#last = this.#peer.respond(this.request, status, { tag, headers });
  }

  /** Sends a 200 as the phone of this To-tag, and again until its ACK or BYE, or 64*T1 are over. `body` '': without SDP. */
  answer(tag = 'one', body = phoneSdp(this.#peer.local.address)): void {
    const response = this.#peer.respond(this.request, 200, body === '' ? { tag } : { tag, body });
    const dialog: HandMadeDialog = { response, isAcknowledged: false, isOver: false, resend: undefined };
    this.#dialogs.set(tag, dialog);
    this.#last = response;
    this.#resendLater(dialog, T1_MS, this.#clock.now() + ANSWER_LIMIT_MS);
  }

  /** The INVITE came again. */
  repeat(): void {
    if (this.#last !== undefined) this.#send(this.#last);
  }

  cancelled(request: SipRequest, manners: CancelManners): void {
    const event = withReason('CANCEL', request);
    const isFirst = !this.events.includes(event);
    if (isFirst) this.events.push(event);
    if (manners === 'deaf') return;
    this.#peer.respond(request, 200, { tag: 'one' });
    if (manners === 'proper' && this.#dialogs.size === 0) this.respond(487);
    if (isFirst) this.onCancelled();
  }

  inDialog(request: SipRequest): void {
    const dialog = this.#dialogs.get(request.to.tag ?? '');
    if (request.method === 'BYE') this.#peer.respond(request, dialog === undefined ? 481 : 200);
    if (dialog === undefined || dialog.isOver) return;
    if (request.method === 'ACK') this.#acknowledged(dialog);
    if (request.method === 'BYE') {
      this.#finish(dialog);
      this.events.push(withReason('BYE', request));
    }
  }

  #acknowledged(dialog: HandMadeDialog): void {
    this.#clock.clearTimeout(dialog.resend);
    if (dialog.isAcknowledged) return;
    dialog.isAcknowledged = true;
    this.events.push('ACK');
  }

  #finish(dialog: HandMadeDialog): void {
    this.#clock.clearTimeout(dialog.resend);
    dialog.isOver = true;
  }

  #resendLater(dialog: HandMadeDialog, delayMs: number, until: number): void {
    dialog.resend = this.#clock.setTimeout(delayMs, () => {
      // A phone whose 200 nobody acknowledges gives up.
      if (this.#clock.now() >= until) {
        this.#finish(dialog);
        this.events.push('no ACK');
        return;
      }
      this.#send(dialog.response);
      this.#resendLater(dialog, Math.min(delayMs * 2, T2_MS), until);
    });
  }

  #send(response: SipResponse): void {
    this.#peer.sendTo(response, this.#server);
  }
}
