import type { Dialog } from '../dialog/dialog.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from './core.ts';
import type { DialogMember } from './dialog-table.ts';
import { answerOptions, refuseMethod, refuseOutOfOrder } from './standard-answers.ts';

/** How one side's early dialog takes the two methods that concern the INVITE itself. */
export interface EarlyDialogOwner {
  /** A BYE, to be answered. */
  onEarlyBye(transaction: ServerTransaction, request: SipRequest): void;
  /** An INVITE while the first is pending, to be refused. */
  onEarlyInvite(transaction: ServerTransaction, request: SipRequest): void;
}

/** An early dialog as the requests of the peer see it. */
export class EarlyDialogMember implements DialogMember {
  readonly #core: UserAgentCore;
  readonly #dialog: Dialog;
  readonly #owner: EarlyDialogOwner;

  constructor(core: UserAgentCore, dialog: Dialog, owner: EarlyDialogOwner) {
    this.#core = core;
    this.#dialog = dialog;
    this.#owner = owner;
  }

  onPeerRequest(transaction: ServerTransaction, request: SipRequest): void {
    if (!this.#dialog.acceptSequence(request.cseq.number)) refuseOutOfOrder(this.#core, transaction, request);
    else if (request.method === 'BYE') this.#owner.onEarlyBye(transaction, request);
    else if (request.method === 'INVITE') this.#owner.onEarlyInvite(transaction, request);
    else if (request.method === 'OPTIONS') answerOptions(this.#core, transaction, request);
    else refuseMethod(this.#core, transaction, request);
  }

  onPeerAck(): void {
    // No 2xx was sent yet that it could be for.
  }
}
