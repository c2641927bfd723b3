import { AppError, toError, type TimerHandle } from '@groupcall/kernel';
import type { HeaderLine, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { TransportError } from '../transport/transport-error.ts';
import { AnsweredInvite } from './client-answer.ts';
import { type CancelOwner, ClientCancel } from './client-cancel.ts';
import type { ClientInvite, ClientInviteEnd, ClientInviteHandlers, InviteOptions } from './client-invite-types.ts';
import type { UserAgentCore } from './core.ts';
import type { DialogMember, DialogSet } from './dialog-table.ts';
import { EarlyDialogMember } from './early-dialog-member.ts';
import { EarlyDialogs } from './early-dialogs.ts';
import { ExtraAnswers } from './extra-answers.ts';
import { checkHeaderLines } from './header-lines.ts';
import { InviteAttempts, type SentInvite } from './invite-attempts.ts';
import { madeUpResponse } from './made-up-response.ts';

/**
 * An INVITE of ours and all that comes of it:
 *
 *     starting ──sent──▶ calling ──first 2xx────▶ answered ─┐
 *         │                 ├────300–699────────▶ ended ────┤ 64*T1 later, and when no further answer is
 *         │                 └────nothing────────▶ ended ────┤ watched any more: forgotten
 *         └──cancelled, unreachable─────────────▶ ended ────┘
 *
 * `answered` and `ended` are told once, and never both. Further 2xx are ended by {@link ExtraAnswers} in either state.
 */
export class OutgoingInvite implements ClientInvite, ClientTransactionUser, CancelOwner, DialogSet {
  readonly callId: string;
  readonly localTag: string;
  readonly #core: UserAgentCore;
  readonly #options: InviteOptions;
  readonly #handlers: ClientInviteHandlers;
  readonly #attempts: InviteAttempts;
  #phase: 'starting' | 'calling' | 'answered' | 'ended' = 'starting';
  #cancel: ClientCancel | undefined;
  #early: EarlyDialogs | undefined;
  #answer: AnsweredInvite | undefined;
  #extra: ExtraAnswers | undefined;
  #extraHeaders: readonly HeaderLine[];
  #watch: TimerHandle | undefined;
  /** It ended without any response, so that the phone may still begin to ring. */
  #silent = false;

  constructor(core: UserAgentCore, options: InviteOptions, handlers: ClientInviteHandlers) {
    this.callId = options.callId ?? core.newCallId();
    this.localTag = core.tag();
    this.#core = core;
    this.#options = options;
    this.#handlers = handlers;
    this.#extraHeaders = options.extraAnswerHeaders ?? [];
    this.#attempts = new InviteAttempts(core, options, this, this);
  }

  /** Sends it. What fails meanwhile is told after this has returned. */
  start(): void {
    this.#core.dialogs.set(this.localTag, this);
    this.#attempts.findTargets((targets, error) => {
      if (this.#phase !== 'starting') return;
      if (error !== undefined) {
        this.#endLater({ kind: 'transport', error });
        return;
      }
      this.#phase = 'calling';
      try {
        this.#attempts.send(targets);
      } catch (thrown) {
        this.#endLater({ kind: 'transport', error: asAppError(thrown) });
      }
    });
  }

  /** Ends it before it is sent. */
  refuse(error: AppError): void {
    this.#endLater({ kind: 'transport', error });
  }

  member(remoteTag: string): DialogMember | undefined {
    if (this.#answer?.dialog.id.remoteTag === remoteTag) return this.#answer.dialog;
    return this.#extra?.member(remoteTag) ?? this.#earlyMember(remoteTag);
  }

  abandon(error: AppError): void {
    this.#answer?.dialog.abandon(error);
    this.#extra?.abandon(error);
    this.#end({ kind: 'transport', error });
    this.#cancel?.stop();
    this.#core.clock.clearTimeout(this.#watch);
  }

  cancel(headers: readonly HeaderLine[] = []): void {
    if (this.#cancel !== undefined || this.#phase === 'answered' || this.#phase === 'ended') return;
    checkHeaderLines(headers);
    this.#cancel = new ClientCancel(this.#core, this, headers);
    if (this.#phase === 'starting') this.#endLater({ kind: 'response', response: this.#terminatedHere() });
    else if (this.#attempts.sent?.transaction.hasProvisional === true) this.#cancel.send(this.#attempts.sent);
  }

  endExtraAnswersWith(headers: readonly HeaderLine[]): void {
    checkHeaderLines(headers);
    this.#extraHeaders = headers;
  }

  onCancelSent(): void {
    this.#core.tell(() => this.#handlers.onCancelSent?.());
  }

  onCancelTimeout(): void {
    this.#attempts.sent?.transaction.terminate();
    this.#end({ kind: 'timeout', cancelled: true });
  }

  onResponse(response: SipResponse): void {
    if (response.status < 200) this.#onProvisional(response);
    else if (response.status < 300) this.#onSuccess(response);
    else this.#onFailure(response);
  }

  onTimeout(): void {
    this.#silent = true;
    this.#end({ kind: 'timeout' });
  }

  onTransportError(error: TransportError): void {
    if (this.#phase !== 'calling') return;
    // Nobody is there to be cancelled, and nobody else is to be called any more.
    if (this.#cancel === undefined && this.#attempts.tryNextTarget()) return;
    this.#end({ kind: 'transport', error });
  }

  /** A response that matched no transaction any more. */
  onStrayResponse(response: SipResponse): void {
    if (response.status >= 200 && response.status < 300) this.#onSuccess(response);
    else if (response.status > 100 && response.status < 200) this.#onLateRinging();
  }

  onEarlyBye(transaction: ServerTransaction, request: SipRequest): void {
    transaction.respond(this.#core.reply(request, 200));
    this.#early?.forget(request.from.tag ?? '');
  }

  onEarlyInvite(transaction: ServerTransaction, request: SipRequest): void {
    transaction.respond(this.#core.reply(request, 491));
  }

  #earlyMember(remoteTag: string): DialogMember | undefined {
    const invite = this.#attempts.sent?.request;
    const dialog = invite === undefined ? undefined : this.#early?.get(remoteTag, invite);
    return dialog === undefined ? undefined : new EarlyDialogMember(this.#core, dialog, this);
  }

  #onProvisional(response: SipResponse): void {
    if (this.#phase !== 'calling') return;
    if (this.#attempts.sent !== undefined) this.#cancel?.send(this.#attempts.sent);
    if (response.status === 100) return;
    this.#early ??= new EarlyDialogs();
    this.#early.note(response);
    this.#core.tell(() => {
      this.#handlers.onProvisional(response);
    });
  }

  #onSuccess(response: SipResponse): void {
    const remoteTag = response.to.tag ?? '';
    const known = this.#answer?.dialog.id.remoteTag === remoteTag ? this.#answer : this.#extra?.get(remoteTag);
    if (known !== undefined) {
      known.onRetransmission();
      return;
    }
    const sent = this.#attempts.sent;
    if (sent === undefined) return;
    if (this.#phase === 'calling') this.#onAnswer(this.#createAnswer(sent, response));
    else this.#endExtra(sent, response);
  }

  #onAnswer(answer: AnsweredInvite): void {
    this.#phase = 'answered';
    this.#answer = answer;
    this.#cancel?.stop();
    this.#early = undefined;
    this.#watchOn();
    this.#core.tell(() => {
      this.#handlers.onAnswer(answer);
    });
  }

  #onFailure(response: SipResponse): void {
    if (this.#phase !== 'calling') return;
    if (this.#cancel === undefined && this.#attempts.tryCredentials(response)) return;
    this.#end({ kind: 'response', response });
  }

  /** The phone rings although we have given up without having heard of it (Timer B): it is cancelled after all. */
  #onLateRinging(): void {
    const sent = this.#attempts.sent;
    if (!this.#silent || sent === undefined) return;
    this.#cancel ??= new ClientCancel(this.#core, this, []);
    if (this.#cancel.sent) return;
    this.#cancel.send(sent);
    this.#watchOn();
  }

  #createAnswer({ request, direct, contact }: SentInvite, response: SipResponse): AnsweredInvite {
    return new AnsweredInvite({
      core: this.#core,
      invite: request,
      response,
      early: this.#early?.used(response.to.tag ?? ''),
      direct,
      contact,
      credentials: this.#options.credentials,
    });
  }

  #endExtra(sent: SentInvite, response: SipResponse): void {
    this.#extra ??= new ExtraAnswers(this.#core, () => {
      this.#forgetWhenDone();
    });
    if (this.#extra.full) return;
    this.#extra.end(this.#createAnswer(sent, response), this.#cancel?.headers ?? this.#extraHeaders);
  }

  #end(end: ClientInviteEnd): void {
    if (!this.#close()) return;
    this.#core.tell(() => {
      this.#handlers.onEnd(end);
    });
  }

  /** As `#end`, for what may happen while the user is still in a call of ours. */
  #endLater(end: ClientInviteEnd): void {
    if (!this.#close()) return;
    queueMicrotask(() => {
      this.#core.tell(() => {
        this.#handlers.onEnd(end);
      });
    });
  }

  /** False when it was answered or had ended before. */
  #close(): boolean {
    if (this.#phase === 'answered' || this.#phase === 'ended') return false;
    this.#phase = 'ended';
    this.#cancel?.stop();
    this.#early = undefined;
    if (this.#attempts.sent === undefined) this.#core.dialogs.remove(this.localTag, this);
    else this.#watchOn();
    return true;
  }

  /** From now on a 2xx may still come for 64*T1. */
  #watchOn(): void {
    const { clock, patience } = this.#core;
    clock.clearTimeout(this.#watch);
    this.#watch = clock.setTimeout(patience, () => {
      this.#watch = undefined;
      this.#forgetWhenDone();
    });
  }

  #forgetWhenDone(): void {
    if (this.#watch !== undefined || (this.#extra !== undefined && this.#extra.count > 0)) return;
    const { dialogs } = this.#core;
    const dialog = this.#answer?.dialog;
    // A call that goes on needs no more than its dialog.
    if (dialog === undefined || dialog.released) dialogs.remove(this.localTag, this);
    else dialogs.replace(this.localTag, this, dialog);
  }

  /** What stands in for the response to an INVITE that was cancelled before it left. */
  #terminatedHere(): SipResponse {
    const { from, to } = this.#options;
    return madeUpResponse(487, {
      from: from.withTag(this.localTag).toString(),
      to: to.toString(),
      callId: this.callId,
      cseq: '1 INVITE',
    });
  }
}

/** What the options hold can't be sent: a line break in a header, say. */
function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown as AppError;
  const cause = toError(thrown);
  return new AppError('SIP_INVITE', cause.message, { cause });
}
