import { Dialog } from '../dialog/dialog.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { ClientAck } from './client-ack.ts';
import type { ClientAnswer } from './client-invite-types.ts';
import type { UserAgentCore } from './core.ts';
import type { DigestSecret } from './digest.ts';
import { EstablishedDialog } from './invite-dialog.ts';
import { type DirectTarget, NextHop } from './next-hop.ts';

export interface AnsweredInviteOptions {
  readonly core: UserAgentCore;
  /** The INVITE that was answered, as it was sent last. */
  readonly invite: SipRequest;
  readonly response: SipResponse;
  /** The early dialog of the same To-tag, if a request arrived in it. */
  readonly early: Dialog | undefined;
  /** The address the INVITE was sent to, and the URI it stands for. */
  readonly direct: DirectTarget;
  readonly contact: string;
  readonly credentials: DigestSecret | undefined;
}

/** A 2xx to our INVITE with the dialog it made (RFC 3261 §13.2.2.4), the first one or a further one. */
export class AnsweredInvite implements ClientAnswer {
  readonly response: SipResponse;
  readonly dialog: EstablishedDialog;
  readonly #ack: ClientAck;

  constructor({ core, invite, response, early, direct, contact, credentials }: AnsweredInviteOptions) {
    this.response = response;
    const dialog = Dialog.ofClient(invite, response, direct.target.protocol === 'tls', early);
    const hop = new NextHop(core, dialog, direct);
    this.#ack = new ClientAck(core, dialog, hop, invite, response.cseq.number);
    this.dialog = new EstablishedDialog({ core, dialog, hop, contact, credentials });
    this.dialog.owe(this.#ack);
  }

  acknowledge(body?: Buffer | string, contentType?: string): void {
    this.#ack.send(body, contentType);
  }

  /** The 2xx has come again. */
  onRetransmission(): void {
    this.#ack.resend();
  }
}
