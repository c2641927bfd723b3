import type { Dialog } from '../dialog/dialog.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { Target } from '../transport/flow.ts';
import { ClientAck } from './client-ack.ts';
import { ClientAuthentication } from './client-authentication.ts';
import type { UserAgentCore } from './core.ts';
import type { DigestSecret } from './digest.ts';
import type { ReinviteResult } from './invite-dialog-types.ts';
import { madeUpFor } from './made-up-response.ts';
import type { NextHop } from './next-hop.ts';
import { copyForNextTarget } from './request-copy.ts';

export interface ClientReinviteOptions {
  readonly core: UserAgentCore;
  readonly dialog: Dialog;
  readonly hop: NextHop;
  readonly request: SipRequest;
  readonly credentials: DigestSecret | undefined;
  /** Called once, with the final response; `timedOut` when it was made up for want of one. */
  readonly onDone: (response: SipResponse, timedOut: boolean) => void;
}

/** A re-INVITE of ours (RFC 3261 §14.1), from its sending until the last retransmission of its 2xx has got its ACK. */
export class ClientReinvite implements ClientTransactionUser, ReinviteResult {
  readonly #options: ClientReinviteOptions;
  #request: SipRequest;
  #targets: readonly Target[] = [];
  #tries = 0;
  #authentication: ClientAuthentication | undefined;
  #response: SipResponse | undefined;
  #ack: ClientAck | undefined;

  constructor(options: ClientReinviteOptions) {
    this.#options = options;
    this.#request = options.request;
  }

  /** The final response. */
  get response(): SipResponse {
    return this.#response ?? this.#madeUp(408);
  }

  /** It has no final response, or its ACK is owed: no other INVITE may be sent. */
  get pending(): boolean {
    return this.#response === undefined || this.#ack?.done === false;
  }

  send(): void {
    this.#options.hop.find((targets, error) => {
      this.#targets = targets;
      if (error === undefined) this.#try();
      else this.#finish(this.#madeUp(503));
    });
  }

  acknowledge(body?: Buffer | string, contentType?: string): void {
    this.#ack?.send(body, contentType);
  }

  onResponse(response: SipResponse): void {
    if (response.status < 200) return;
    if (response.status < 300) {
      this.#onSuccess(response);
      return;
    }
    if (this.#response !== undefined) return;
    const retry = this.#withCredentials(response);
    if (retry !== undefined) {
      this.#request = retry;
      this.#try();
      return;
    }
    this.#finish(response);
  }

  onTimeout(): void {
    this.#finish(this.#madeUp(408), true);
  }

  onTransportError(): void {
    this.#tries++;
    if (this.#tries < this.#targets.length) {
      this.#request = copyForNextTarget(this.#request);
      this.#try();
    } else this.#finish(this.#madeUp(503));
  }

  /** The dialog is over. An ACK that is owed is sent. */
  close(): void {
    this.#ack?.send();
    this.#finish(this.#madeUp(481));
  }

  #onSuccess(response: SipResponse): void {
    if (this.#ack !== undefined) {
      this.#ack.resend();
      return;
    }
    const { core, dialog, hop } = this.#options;
    // The 2xx of a target refresh request replaces the target (RFC 3261 §12.2.1.2), also that of its own ACK.
    dialog.refreshTarget(response);
    this.#ack = new ClientAck(core, dialog, hop, this.#request, response.cseq.number);
    // A 2xx that comes after our BYE is acknowledged all the same (RFC 5407 §3.2.3).
    if (this.#response !== undefined) this.#ack.send();
    else this.#finish(response);
  }

  #try(): void {
    const target = this.#targets[this.#tries];
    if (target !== undefined) this.#options.core.transactions.request(this.#request, target, this);
  }

  #withCredentials(response: SipResponse): SipRequest | undefined {
    const { core, credentials, dialog } = this.#options;
    if (credentials === undefined || (response.status !== 401 && response.status !== 407)) return undefined;
    this.#authentication ??= new ClientAuthentication(core.digest, credentials);
    return this.#authentication.retry(this.#request, response, () => dialog.nextSequence());
  }

  #madeUp(status: number): SipResponse {
    return madeUpFor(this.#request, status);
  }

  #finish(response: SipResponse, timedOut = false): void {
    if (this.#response !== undefined) return;
    this.#response = response;
    this.#options.onDone(response, timedOut);
  }
}
