import type { Dialog } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { SentMessage } from '../transport/transport-layer.ts';
import { addContent, type UserAgentCore } from './core.ts';
import type { NextHop } from './next-hop.ts';

/** The ACK to one 2xx (RFC 3261 §13.2.2.4): sent once, and the same bytes again for each retransmission of the 2xx. */
export class ClientAck {
  readonly #core: UserAgentCore;
  readonly #dialog: Dialog;
  readonly #hop: NextHop;
  readonly #invite: SipRequest;
  readonly #sequence: number;
  #wanted = false;
  #sent: SentMessage | undefined;

  /** @param sequence the CSeq number of the 2xx. */
  constructor(core: UserAgentCore, dialog: Dialog, hop: NextHop, invite: SipRequest, sequence: number) {
    this.#core = core;
    this.#dialog = dialog;
    this.#hop = hop;
    this.#invite = invite;
    this.#sequence = sequence;
  }

  /** It was sent, or will be as soon as the next hop is known. */
  get done(): boolean {
    return this.#wanted;
  }

  /** Sends it. Does nothing the second time. */
  send(body?: Buffer | string, contentType?: string): void {
    if (this.#wanted) return;
    this.#wanted = true;
    const headers: HeaderLine[] = [['User-Agent', this.#core.agent]];
    // "The ACK MUST contain the same credentials as the INVITE."
    for (const name of ['Authorization', 'Proxy-Authorization']) {
      for (const value of this.#invite.headerValues(name)) headers.push([name, value]);
    }
    addContent(headers, {
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    });
    const ack = this.#dialog.createAck(this.#sequence, headers, body);
    this.#hop.find(([target]) => {
      if (target !== undefined) this.#sent = this.#core.transactions.sendAck(ack, target, ignoreFailure);
    });
  }

  /** The 2xx has come again. Does nothing before the ACK was sent. */
  resend(): void {
    if (this.#sent !== undefined) this.#core.transport.resend(this.#sent, ignoreFailure);
  }
}

/** The next retransmission of the 2xx tries again. */
function ignoreFailure(): void {
  // Nothing is left to be done.
}
