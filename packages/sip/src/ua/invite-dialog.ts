import type { AppError } from '@groupcall/kernel';
import type { Dialog, DialogState } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { DialogId } from '../dialog/dialog-id.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { ClientAck } from './client-ack.ts';
import type { ClientReinvite } from './client-reinvite.ts';
import type { RequestOutcome } from './client-request.ts';
import type { UserAgentCore } from './core.ts';
import { DialogRequests, type DialogRequestsOptions } from './dialog-requests.ts';
import type { DialogMember, DialogSet } from './dialog-table.ts';
import { checkHeaderLines } from './header-lines.ts';
import type {
  DialogEnd,
  IncomingReinvite,
  InviteDialog,
  MessageContent,
  ReinviteResult,
} from './invite-dialog-types.ts';
import { asResponse, madeUpInDialog } from './made-up-response.ts';
import { PeerReinvites } from './peer-reinvites.ts';
import { answerOptions, refuseMethod, refuseOutOfOrder } from './standard-answers.ts';
import { UnackedAnswers } from './unacked-answers.ts';

/** What the side that was called hears of its 2xx. */
export interface AnswerListener {
  onAck(ack: SipRequest): void;
  onNoAck(): void;
}

/** Where our BYE stands. `held`: our 2xx has no ACK yet (RFC 3261 §15). */
type ByeState = 'none' | 'held' | 'sent' | 'done';

const nothing = (): void => undefined;

/**
 * A confirmed INVITE dialog of either side:
 *
 *     confirmed ──BYE of the peer (answered 200)──────────────▶ terminated ─▶ onEnded bye-received
 *        │  └──bye(): held until our 2xx has its ACK, then BYE─▶ terminated ─▶ its final response ─▶ onEnded bye-sent
 *        └──no ACK, or 408/481/nothing in answer to a request─▶ terminated, BYE ─▶ onEnded
 *
 * It stays in the table until nothing of it is on its way: our BYE's response, the ACK to a 2xx.
 */
export class EstablishedDialog implements InviteDialog, DialogMember, DialogSet {
  readonly #core: UserAgentCore;
  readonly #dialog: Dialog;
  readonly #requests: DialogRequests;
  onBye: (request: SipRequest) => void = nothing;
  onByeSent: (request: SipRequest) => void = nothing;
  onByeDone: (response?: SipResponse) => void = nothing;
  onReinvite: ((invite: IncomingReinvite) => void) | undefined;
  onRequest: ((transaction: ServerTransaction, request: SipRequest) => void) | undefined;
  onEnded: (why: DialogEnd) => void = nothing;
  readonly #contact: string;
  /** Made when first needed, as the next one is: most calls need neither. */
  #unacked: UnackedAnswers | undefined;
  #peerReinvites: PeerReinvites | undefined;
  /** The ACK we owe to the peer's 2xx. */
  #owed: ClientAck | undefined;
  /** CSeq number of the INVITE that made this dialog, when it was the peer's and we answered it. */
  #answered: number | undefined;
  #answerListener: AnswerListener | undefined;
  #reinvite: ClientReinvite | undefined;
  #bye: ByeState = 'none';
  #byeHeaders: readonly HeaderLine[] = [];
  #ended = false;

  /** @param options its `dialog` is confirmed. */
  constructor(options: DialogRequestsOptions) {
    const { core, dialog, contact } = options;
    this.#core = core;
    this.#dialog = dialog;
    this.#contact = contact;
    this.#requests = new DialogRequests(options);
  }

  get id(): DialogId {
    return this.#dialog.id;
  }

  get callId(): string {
    return this.#dialog.id.callId;
  }

  get state(): DialogState {
    return this.#dialog.state;
  }

  get remoteTarget(): SipUri {
    return this.#dialog.remoteTarget;
  }

  get routeSet(): readonly NameAddr[] {
    return this.#dialog.routeSet;
  }

  get secure(): boolean {
    return this.#dialog.secure;
  }

  /** Nothing of it is on its way any more. */
  get released(): boolean {
    return this.#ended && this.#bye !== 'sent' && (this.#unacked === undefined || this.#unacked.count === 0);
  }

  member(remoteTag: string): DialogMember | undefined {
    return remoteTag === this.id.remoteTag ? this : undefined;
  }

  abandon(error: AppError): void {
    this.#unacked?.close();
    this.#peerReinvites?.abandon();
    this.#bye = 'done';
    this.#finish({ kind: 'transport', error });
  }

  /** The peer's 2xx has come; `ack` goes out before anything else does. */
  owe(ack: ClientAck): void {
    this.#owed = ack;
  }

  /** Answers the INVITE that makes this dialog. `offered`: our 2xx holds the offer, so that the ACK brings the answer. */
  answer(transaction: ServerTransaction, response: SipResponse, offered: boolean, listener: AnswerListener): void {
    this.#answered = response.cseq.number;
    this.#answerListener = listener;
    if (offered) this.#ofPeer().refuseUntilAck(this.#answered);
    this.#waiting().send(transaction, response);
  }

  bye(headers: readonly HeaderLine[] = []): void {
    if (this.#bye !== 'none' || this.#ended) return;
    checkHeaderLines(headers);
    this.#byeHeaders = headers;
    // RFC 3261 §15: the callee must not send a BYE before the ACK, or the time for it is over.
    if (this.#awaitsAck) this.#bye = 'held';
    else this.#sendBye();
  }

  reinvite(content: MessageContent = {}): Promise<ReinviteResult> {
    checkHeaderLines(content.headers);
    const refusal = this.#refusalOfReinvite();
    if (refusal !== undefined) {
      const response = madeUpInDialog(this.#dialog, 'INVITE', refusal);
      return Promise.resolve({ response, acknowledge: nothing });
    }
    return new Promise((resolve) => {
      const reinvite = this.#requests.reinvite(content, (response, timedOut) => {
        resolve(reinvite);
        this.#checkResponse(response, timedOut);
      });
      this.#reinvite = reinvite;
      reinvite.send();
    });
  }

  request(method: string, content: MessageContent = {}): Promise<SipResponse> {
    checkHeaderLines(content.headers);
    if (this.#isOver) return Promise.resolve(madeUpInDialog(this.#dialog, method, 481));
    return new Promise((resolve) => {
      this.#requests.send(method, content, (outcome, request) => {
        const response = asResponse(request, outcome);
        resolve(response);
        this.#checkResponse(response, outcome.kind === 'timeout');
      });
    });
  }

  onPeerRequest(transaction: ServerTransaction, request: SipRequest): void {
    if (!this.#dialog.acceptSequence(request.cseq.number)) {
      refuseOutOfOrder(this.#core, transaction, request);
      return;
    }
    if (request.method === 'BYE') this.#onPeerBye(transaction, request);
    else if (this.#dialog.state === 'terminated') transaction.respond(this.#core.reply(request, 481));
    else if (request.method === 'INVITE') this.#onPeerReinvite(transaction, request);
    else if (request.method === 'OPTIONS') answerOptions(this.#core, transaction, request);
    else this.#onOtherRequest(transaction, request);
  }

  onPeerAck(ack: SipRequest): void {
    const sequence = ack.cseq.number;
    if (this.#unacked?.acknowledge(sequence) !== true) return;
    if (sequence === this.#answered) {
      const listener = this.#answerListener;
      this.#core.tell(() => listener?.onAck(ack));
      if (this.#bye === 'held') this.#sendBye();
    }
    this.#releaseWhenDone();
  }

  get #awaitsAck(): boolean {
    return this.#answered !== undefined && this.#unacked?.waits(this.#answered) === true;
  }

  /** The user has ended it, or it has ended. */
  get #isOver(): boolean {
    return this.#ended || this.#bye !== 'none';
  }

  /** RFC 3261 §14.1: no re-INVITE while another INVITE is in progress in either direction. */
  #refusalOfReinvite(): 481 | 491 | undefined {
    if (this.#isOver) return 481;
    const busy =
      this.#awaitsAck ||
      this.#owed?.done === false ||
      this.#reinvite?.pending === true ||
      this.#peerReinvites?.pending === true;
    return busy ? 491 : undefined;
  }

  #sendBye(): void {
    this.#bye = 'sent';
    this.#terminate();
    const onDone = (outcome: RequestOutcome): void => {
      this.#onByeOutcome(outcome);
    };
    this.#requests.send('BYE', { headers: this.#byeHeaders }, onDone, (request) => {
      this.#core.tell(() => {
        this.onByeSent(request);
      });
    });
  }

  #onByeOutcome(outcome: RequestOutcome): void {
    if (this.#bye !== 'sent') return;
    this.#bye = 'done';
    this.#core.tell(() => {
      if (outcome.kind === 'response') this.onByeDone(outcome.response);
      else this.onByeDone();
    });
    this.#finish({ kind: 'bye-sent' });
  }

  #onPeerBye(transaction: ServerTransaction, request: SipRequest): void {
    transaction.respond(this.#core.reply(request, 200));
    // A BYE that crosses ours, or the peer's second one: the end is told already, or follows from ours.
    if (this.#ended || this.#bye === 'sent') return;
    this.#bye = 'done';
    this.#terminate();
    this.#core.tell(() => {
      this.onBye(request);
    });
    this.#finish({ kind: 'bye-received' });
  }

  #onPeerReinvite(transaction: ServerTransaction, request: SipRequest): void {
    const ourInvitePending = this.#reinvite?.pending === true || this.#owed?.done === false;
    this.#ofPeer().receive(transaction, request, ourInvitePending, this.onReinvite);
  }

  #onOtherRequest(transaction: ServerTransaction, request: SipRequest): void {
    const handler = this.onRequest;
    if (handler === undefined) refuseMethod(this.#core, transaction, request);
    else {
      this.#core.tell(() => {
        handler(transaction, request);
      });
    }
  }

  #waiting(): UnackedAnswers {
    this.#unacked ??= new UnackedAnswers(this.#core, (sequence) => {
      this.#onNoAck(sequence);
    });
    return this.#unacked;
  }

  #ofPeer(): PeerReinvites {
    this.#peerReinvites ??= new PeerReinvites({
      core: this.#core,
      dialog: this.#dialog,
      contact: this.#contact,
      unacked: this.#waiting(),
    });
    return this.#peerReinvites;
  }

  /** RFC 3261 §13.3.1.4: without an ACK the session is ended by a BYE. */
  #onNoAck(sequence: number): void {
    if (!this.#ended && this.#bye !== 'sent') {
      this.#sendBye();
      const listener = sequence === this.#answered ? this.#answerListener : undefined;
      this.#core.tell(() => listener?.onNoAck());
      this.#finish({ kind: 'no-ack' });
    }
    this.#releaseWhenDone();
  }

  /** RFC 3261 §12.2.1.2: a 481, a 408, or no response at all ends the dialog. With a 481 the peer knows. */
  #checkResponse(response: SipResponse, timedOut: boolean): void {
    if (this.#isOver || (response.status !== 481 && response.status !== 408)) return;
    if (response.status === 408) this.#sendBye();
    else this.#terminate();
    this.#finish({ kind: timedOut ? 'timeout' : 'response-481-408' });
  }

  #terminate(): void {
    this.#owed?.send();
    this.#dialog.state = 'terminated';
    this.#peerReinvites?.terminate();
    this.#reinvite?.close();
  }

  #finish(why: DialogEnd): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#dialog.state = 'terminated';
      this.#reinvite?.close();
      this.#core.tell(() => {
        this.onEnded(why);
      });
    }
    this.#releaseWhenDone();
  }

  #releaseWhenDone(): void {
    if (this.released) this.#core.dialogs.remove(this.id.localTag, this);
  }
}
