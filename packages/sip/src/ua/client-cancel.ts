import type { TimerHandle } from '@groupcall/kernel';
import { type HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { UserAgentCore } from './core.ts';
import type { SentInvite } from './invite-attempts.ts';

/** What cancelling does to the INVITE. */
export interface CancelOwner {
  /** The CANCEL has left. */
  onCancelSent(): void;
  /** No final response to the INVITE has come within 64*T1 of the CANCEL (RFC 3261 §9.1). */
  onCancelTimeout(): void;
}

/**
 * The wish to cancel an INVITE: waits for the first 1xx of the transaction, then sends one CANCEL (RFC 3261 §9.1).
 * What becomes of the CANCEL itself does not matter; the INVITE's own final response does.
 */
export class ClientCancel implements ClientTransactionUser {
  /** The header lines of the CANCEL. */
  readonly headers: readonly HeaderLine[];
  readonly #core: UserAgentCore;
  readonly #owner: CancelOwner;
  #sent = false;
  #timer: TimerHandle | undefined;

  constructor(core: UserAgentCore, owner: CancelOwner, headers: readonly HeaderLine[]) {
    this.#core = core;
    this.#owner = owner;
    this.headers = headers;
  }

  get sent(): boolean {
    return this.#sent;
  }

  /** Sends the CANCEL of an INVITE that has met its first 1xx. Does nothing the second time. */
  send({ transaction: invite, direct: { target } }: SentInvite): void {
    if (this.#sent) return;
    this.#sent = true;
    this.#timer = this.#core.clock.setTimeout(this.#core.patience, () => {
      this.#owner.onCancelTimeout();
    });
    const request = createCancel(invite.request, this.#core.agent, this.headers);
    this.#core.transactions.request(request, target, this, { branch: invite.branch });
    this.#owner.onCancelSent();
  }

  /** The INVITE has its final response, or is given up. */
  stop(): void {
    this.#core.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  onResponse(): void {
    // A 481 means that the final response is on its way, or was lost: the timer covers both.
  }

  onTimeout(): void {
    // The INVITE's own timer runs out at the same time.
  }

  onTransportError(): void {
    // As above.
  }
}

/** RFC 3261 §9.1: the INVITE's Request-URI, Call-ID, To, From, CSeq number and Route; no Require, no body. */
function createCancel(invite: SipRequest, agent: string, headers: readonly HeaderLine[]): SipRequest {
  const lines: HeaderLine[] = [];
  for (const route of invite.headerValues('Route')) lines.push(['Route', route]);
  lines.push(
    ['Max-Forwards', '70'],
    ['From', invite.header('From') ?? ''],
    ['To', invite.header('To') ?? ''],
    ['Call-ID', invite.callId],
    ['CSeq', `${invite.cseq.number} CANCEL`],
    ['User-Agent', agent],
  );
  for (const line of headers) lines.push(line);
  return SipRequest.create({ method: 'CANCEL', uri: invite.uri, headers: lines });
}
