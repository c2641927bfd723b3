import type { Dialog } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from './core.ts';
import type { IncomingReinvite, MessageContent } from './invite-dialog-types.ts';
import { type ReinviteOwner, ServerReinvite } from './server-reinvite.ts';
import { refuseForNow } from './standard-answers.ts';
import type { UnackedAnswers } from './unacked-answers.ts';

/** Answers to re-INVITEs that may wait for their ACK at once; with more the peer is told to come back. */
const MAX_UNACKED = 4;

export interface PeerReinvitesOptions {
  readonly core: UserAgentCore;
  readonly dialog: Dialog;
  /** The value of our Contact header. */
  readonly contact: string;
  readonly unacked: UnackedAnswers;
}

/** The peer's re-INVITEs in one dialog, and who of the two sides may go on when both want something (RFC 3261 §14.2). */
export class PeerReinvites implements ReinviteOwner {
  readonly #core: UserAgentCore;
  readonly #dialog: Dialog;
  readonly #contact: string;
  readonly #unacked: UnackedAnswers;
  #current: ServerReinvite | undefined;
  #blockedBy: number | undefined;

  constructor({ core, dialog, contact, unacked }: PeerReinvitesOptions) {
    this.#core = core;
    this.#dialog = dialog;
    this.#contact = contact;
    this.#unacked = unacked;
  }

  /** One has no final response yet, or a 2xx has no ACK. */
  get pending(): boolean {
    return this.#current !== undefined || this.#unacked.count > 0;
  }

  /** The ACK to the 2xx with that CSeq number brings an answer that is missing; re-INVITEs get 491 until then (RFC 5407 §3.1.5). */
  refuseUntilAck(sequence: number): void {
    this.#blockedBy = sequence;
  }

  /**
   * Takes a re-INVITE that is in order.
   * @param ourInvitePending an INVITE of ours is in progress: 491.
   * @param handler the user's; undefined: 488, and the session stays as it is.
   */
  receive(
    transaction: ServerTransaction,
    request: SipRequest,
    ourInvitePending: boolean,
    handler: ((invite: IncomingReinvite) => void) | undefined,
  ): void {
    if (this.#current !== undefined || this.#unacked.count >= MAX_UNACKED) {
      refuseForNow(this.#core, transaction, request);
      return;
    }
    const answerMissing = this.#blockedBy !== undefined && this.#unacked.waits(this.#blockedBy);
    if (ourInvitePending || answerMissing) {
      transaction.respond(this.#core.reply(request, 491));
      return;
    }
    if (handler === undefined) {
      transaction.respond(this.#core.reply(request, 488));
      return;
    }
    const invite = new ServerReinvite(this.#core, this, transaction, request);
    this.#current = invite;
    this.#core.tell(() => {
      handler(invite);
    });
  }

  /** The dialog has ended: what is pending gets 487 (RFC 3261 §15.1.2). */
  terminate(): void {
    this.#current?.onPeerCancel();
  }

  /** Forgets what is pending without an answer. */
  abandon(): void {
    this.#current?.abandon();
    this.#current = undefined;
  }

  sendReinviteResponse({ transaction, request }: ServerReinvite, status: number, content: MessageContent): void {
    const headers: HeaderLine[] = [
      ['Contact', this.#contact],
      ['Allow', this.#core.allowed.header],
    ];
    const response = this.#core.reply(request, status, {
      ...content,
      headers: [...headers, ...(content.headers ?? [])],
    });
    if (status < 200) {
      transaction.respond(response);
      return;
    }
    // RFC 6141 §4: the target is refreshed when the request is accepted, not when it is refused.
    this.#dialog.refreshTarget(request);
    if (request.body.length === 0 && response.body.length > 0) this.#blockedBy = request.cseq.number;
    this.#unacked.send(transaction, response);
  }

  onReinviteAnswered(invite: ServerReinvite): void {
    if (this.#current === invite) this.#current = undefined;
  }
}
