import type { SipRequest } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from './core.ts';
import { checkHeaderLines } from './header-lines.ts';
import type { IncomingReinvite, MessageContent } from './invite-dialog-types.ts';

/** What a re-INVITE needs of its dialog. */
export interface ReinviteOwner {
  /** Sends a response below 300 with our Contact; a 2xx again until its ACK. */
  sendReinviteResponse(invite: ServerReinvite, status: number, content: MessageContent): void;
  /** A final response was sent. */
  onReinviteAnswered(invite: ServerReinvite): void;
}

/** A re-INVITE of the peer (RFC 3261 §14.2), from its arrival to its final response. */
export class ServerReinvite implements IncomingReinvite {
  readonly transaction: ServerTransaction;
  readonly request: SipRequest;
  readonly #core: UserAgentCore;
  readonly #owner: ReinviteOwner;
  #answered = false;

  constructor(core: UserAgentCore, owner: ReinviteOwner, transaction: ServerTransaction, request: SipRequest) {
    this.#core = core;
    this.#owner = owner;
    this.transaction = transaction;
    this.request = request;
    core.cancellable.set(transaction, this);
  }

  get localTag(): string {
    return this.request.to.tag ?? '';
  }

  respond(status: number, content: MessageContent = {}): void {
    if (this.#answered) return;
    checkHeaderLines(content.headers);
    this.#answered = status >= 200;
    if (status < 300) this.#owner.sendReinviteResponse(this, status, content);
    else this.transaction.respond(this.#core.reply(this.request, status, content));
    if (status >= 200) this.#owner.onReinviteAnswered(this);
  }

  /** A CANCEL, or the dialog has ended: RFC 3261 §9.2 and §15.1.2 say 487. */
  onPeerCancel(): void {
    this.respond(487);
  }

  /** Nothing is answered any more. */
  abandon(): void {
    this.#answered = true;
  }
}
