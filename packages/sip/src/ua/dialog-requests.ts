import type { Dialog } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest, SipResponse } from '../message/sip-message.ts';
import { ClientReinvite } from './client-reinvite.ts';
import { ClientRequest, type RequestOutcome } from './client-request.ts';
import { addContent, type UserAgentCore } from './core.ts';
import type { DigestSecret } from './digest.ts';
import type { MessageContent } from './invite-dialog-types.ts';
import type { NextHop } from './next-hop.ts';

export interface DialogRequestsOptions {
  readonly core: UserAgentCore;
  readonly dialog: Dialog;
  readonly hop: NextHop;
  /** The value of our Contact header. */
  readonly contact: string;
  /** Answers a 401 or 407. */
  readonly credentials?: DigestSecret | undefined;
}

/** Makes and sends the requests of this side in one dialog (RFC 3261 §12.2.1). */
export class DialogRequests {
  readonly #options: DialogRequestsOptions;

  constructor(options: DialogRequestsOptions) {
    this.#options = options;
  }

  /** Sends a request other than INVITE. `onSent` is called when it has left, `onDone` with its end; each at most once. */
  send(
    method: string,
    content: MessageContent,
    onDone: (outcome: RequestOutcome, request: SipRequest) => void,
    onSent?: (request: SipRequest) => void,
  ): void {
    const { core, dialog, hop, credentials } = this.#options;
    const request = this.#create(method, content);
    const client = new ClientRequest({
      core,
      request,
      credentials,
      nextSequence: () => dialog.nextSequence(),
      onDone: (outcome) => {
        onDone(outcome, client.request);
      },
    });
    hop.find((targets, error) => {
      if (error === undefined) client.send(targets);
      else client.abandon(error);
      if (!client.done) onSent?.(request);
    });
  }

  /** Sends a re-INVITE. */
  reinvite(content: MessageContent, onDone: (response: SipResponse, timedOut: boolean) => void): ClientReinvite {
    const { core, dialog, hop, credentials } = this.#options;
    const request = this.#create('INVITE', content);
    return new ClientReinvite({ core, dialog, hop, request, credentials, onDone });
  }

  #create(method: string, content: MessageContent): SipRequest {
    const { core, dialog, contact } = this.#options;
    const headers: HeaderLine[] = [['User-Agent', core.agent]];
    // A BYE refreshes no target and says nothing of what may come after it.
    if (method !== 'BYE') headers.push(['Contact', contact], ['Allow', core.allowed.header]);
    addContent(headers, content);
    return dialog.createRequest(method, headers, content.body);
  }
}
