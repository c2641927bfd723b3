import type { AppError, TimerHandle } from '@groupcall/kernel';
import { Dialog } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Flow } from '../transport/flow.ts';
import { contactValue } from './contact.ts';
import type { UserAgentCore } from './core.ts';
import type { DialogMember, DialogSet } from './dialog-table.ts';
import { EarlyDialogMember, type EarlyDialogOwner } from './early-dialog-member.ts';
import { type AnswerListener, EstablishedDialog } from './invite-dialog.ts';
import type { InviteDialog, MessageContent } from './invite-dialog-types.ts';
import { type DirectTarget, NextHop } from './next-hop.ts';
import { contactTarget } from './registered-contact.ts';
import type { RingOptions, ServerInvite } from './server-invite-types.ts';
import { refuseForNow } from './standard-answers.ts';

/** RFC 3261 §13.3.1.1: a provisional response a minute keeps the proxies from giving up (their Timer C is 3 minutes). */
const PROVISIONAL_REPEAT_MS = 60_000;

const nothing = (): void => undefined;

/**
 * An INVITE of a peer, from its arrival to its final response:
 *
 *     proceeding ──ring()──▶ proceeding (early dialog) ──answer()─▶ 2xx: an EstablishedDialog takes over
 *         └──reject(), CANCEL or BYE of the caller (487)──────────▶ ended
 */
export class IncomingInvite implements ServerInvite, DialogSet, EarlyDialogOwner, AnswerListener {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly callId: string;
  readonly #core: UserAgentCore;
  readonly #transaction: ServerTransaction;
  readonly #dialog: Dialog;
  readonly #contact: string;
  onCancel: (request: SipRequest) => void = nothing;
  onAck: (ack: SipRequest) => void = nothing;
  onNoAck: () => void = nothing;
  onTransportError: (error: AppError) => void = nothing;
  #ended = false;
  #provisional: SipResponse | undefined;
  #repeat: TimerHandle | undefined;

  /** @throws ParseError when the INVITE can't make a dialog. */
  constructor(core: UserAgentCore, transaction: ServerTransaction, request: SipRequest) {
    const { flow } = transaction;
    this.request = request;
    this.flow = flow;
    this.callId = request.callId;
    this.#core = core;
    this.#transaction = transaction;
    this.#dialog = Dialog.ofServer(request, core.tag(), flow.protocol === 'tls');
    this.#contact = contactValue(core, { protocol: flow.protocol, ...flow.remote }, request.uri, asksForSips(request));
    core.cancellable.set(transaction, this);
    core.dialogs.set(this.#dialog.id.localTag, this);
    transaction.onTransportError = (error) => {
      this.onResponseFailed(error);
    };
  }

  get localTag(): string {
    return this.#dialog.id.localTag;
  }

  get ended(): boolean {
    return this.#ended;
  }

  ring({ status = 180, ...content }: RingOptions = {}): void {
    if (this.#ended) return;
    this.#provisional = this.#reply(status, content);
    this.#transaction.respond(this.#provisional);
    this.#core.clock.clearTimeout(this.#repeat);
    this.#repeat = this.#core.clock.setTimeout(PROVISIONAL_REPEAT_MS, this.#repeatProvisional);
  }

  answer(content: MessageContent = {}): InviteDialog | undefined {
    if (this.#ended) return undefined;
    const response = this.#reply(200, content);
    this.#end();
    this.#dialog.state = 'confirmed';
    const established = new EstablishedDialog({
      core: this.#core,
      dialog: this.#dialog,
      hop: new NextHop(this.#core, this.#dialog, this.#directTarget()),
      contact: this.#contact,
    });
    this.#core.dialogs.replace(this.localTag, this, established);
    const offered = this.request.body.length === 0 && response.body.length > 0;
    established.answer(this.#transaction, response, offered, this);
    return established;
  }

  reject(status: number, options: { readonly reason?: string; readonly headers?: readonly HeaderLine[] } = {}): void {
    if (this.#ended) return;
    const response = this.#core.reply(this.request, status, options, this.localTag);
    this.#end();
    this.#core.dialogs.remove(this.localTag, this);
    this.#transaction.respond(response);
  }
  member(remoteTag: string): DialogMember | undefined {
    return remoteTag === this.#dialog.id.remoteTag ? new EarlyDialogMember(this.#core, this.#dialog, this) : undefined;
  }

  /** A CANCEL that has its 200 (RFC 3261 §9.2). After a final response it does nothing. */
  onPeerCancel(cancel: SipRequest): void {
    this.#endByCaller(cancel);
  }

  /** The caller ends the early dialog (RFC 3261 §15): 200 to the BYE, 487 to the INVITE (§15.1.2). */
  onEarlyBye(transaction: ServerTransaction, request: SipRequest): void {
    transaction.respond(this.#core.reply(request, 200));
    this.#endByCaller(request);
  }

  /** RFC 3261 §14.2: a second INVITE before the final response to the first. */
  onEarlyInvite(transaction: ServerTransaction, request: SipRequest): void {
    refuseForNow(this.#core, transaction, request);
  }

  /** No response of ours can reach the caller (RFC 3261 §17.2.4). */
  onResponseFailed(error: AppError): void {
    this.#core.tell(() => {
      this.onTransportError(error);
    });
  }

  abandon(error: AppError): void {
    if (this.#ended) return;
    this.#end();
    this.onResponseFailed(error);
  }

  #endByCaller(request: SipRequest): void {
    if (this.#ended) return;
    this.reject(487);
    this.#core.tell(() => {
      this.onCancel(request);
    });
  }

  #end(): void {
    this.#ended = true;
    this.#provisional = undefined;
    this.#core.clock.clearTimeout(this.#repeat);
  }

  readonly #repeatProvisional = (): void => {
    if (this.#provisional === undefined) return;
    this.#transaction.respond(this.#provisional);
    this.#repeat = this.#core.clock.setTimeout(PROVISIONAL_REPEAT_MS, this.#repeatProvisional);
  };

  /** A response that makes the dialog, with our Contact and Allow (RFC 3261 §12.1.1, §13.3.1). */
  #reply(status: number, content: MessageContent): SipResponse {
    const headers: HeaderLine[] = [
      ['Contact', this.#contact],
      ['Allow', this.#core.allowed.header],
    ];
    if (status >= 200 && this.#core.supported.length > 0) headers.push(['Supported', this.#core.supported.join(', ')]);
    for (const line of content.headers ?? []) headers.push(line);
    return this.#core.reply(this.request, status, { ...content, headers }, this.localTag);
  }

  /** A phone behind a NAT, or on a connection, is reached the way its INVITE came. */
  #directTarget(): DirectTarget | undefined {
    const target = contactTarget(this.#dialog.remoteTarget, this.#dialog.routeSet, this.flow, this.request.via);
    return target === undefined ? undefined : { uri: this.#dialog.remoteTarget, target };
  }
}

/** RFC 3261 §12.1.1: our Contact must be a SIPS URI when the request asks for one. */
function asksForSips(request: SipRequest): boolean {
  const hop = request.recordRoutes[0] ?? request.contacts[0];
  return request.uri.scheme === 'sips' || hop?.uri.scheme === 'sips';
}
