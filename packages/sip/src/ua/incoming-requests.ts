import { toError } from '@groupcall/kernel';
import { ParseError } from '../message/parse-error.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from './core.ts';
import { type Refusal, screenExtensions, screenRequest } from './request-screening.ts';
import { IncomingInvite } from './server-invite.ts';
import type { ServerInvite } from './server-invite-types.ts';
import { answerOptions, refuseMethod } from './standard-answers.ts';

/** Serves a request outside of dialogs. It has to answer. */
export type RequestHandler = (transaction: ServerTransaction, request: SipRequest) => void;

/** Seconds after which a caller may try again when there is no room. */
const RETRY_AFTER_S = '5';

/**
 * Takes what the transaction layer brings (RFC 3261 §8.2, §12.2.2): a request with a To-tag goes to its dialog, one
 * without to who serves its method. Whatever a peer sends, and whatever a handler throws, ends here.
 */
export class IncomingRequests {
  readonly #core: UserAgentCore;
  readonly #handlers = new Map<string, RequestHandler>();
  /** Takes the INVITEs outside of a dialog. While it is not set they get 480. */
  onInvite: ((invite: ServerInvite) => void) | undefined;

  constructor(core: UserAgentCore) {
    this.#core = core;
  }

  handle(method: string, handler: RequestHandler): void {
    this.#handlers.set(method, handler);
    this.#core.allowed.add(method);
  }

  onRequest(transaction: ServerTransaction, request: SipRequest): void {
    try {
      this.#dispatch(transaction, request);
    } catch (error) {
      if (error instanceof ParseError) this.#refuse(transaction, request, { status: 400, reason: badRequest(error) });
      else this.#onFault(transaction, request, error);
    }
  }

  onAck(ack: SipRequest): void {
    try {
      const member = this.#core.dialogs.findFor(ack, ack.to.tag ?? '');
      if (member === undefined) this.#core.counters.strayAcks++;
      else member.onPeerAck(ack);
    } catch (error) {
      this.#core.logger.debug({ err: toError(error) }, 'an ACK could not be read');
    }
  }

  onStrayResponse(response: SipResponse): void {
    try {
      if (response.cseq.method !== 'INVITE') return;
      const set = this.#core.dialogs.find(response.callId, response.from.tag ?? '');
      if (set?.onStrayResponse === undefined) this.#core.counters.strayResponses++;
      else set.onStrayResponse(response);
    } catch (error) {
      this.#core.logger.debug({ err: toError(error) }, 'a stray response could not be read');
    }
  }
  #dispatch(transaction: ServerTransaction, request: SipRequest): void {
    const toTag = request.to.tag;
    if (request.method === 'CANCEL') this.#onCancel(transaction, request);
    else if (toTag === undefined) this.#onOutOfDialog(transaction, request);
    else this.#onInDialog(transaction, request, toTag);
  }

  /** RFC 3261 §9.2. */
  #onCancel(transaction: ServerTransaction, request: SipRequest): void {
    const invite = this.#core.transactions.findInviteFor(request);
    if (invite === undefined) {
      this.#refuse(transaction, request, { status: 481 });
      return;
    }
    const cancellable = this.#core.cancellable.get(invite);
    // The To-tag is that of the responses to the INVITE.
    transaction.respond(this.#core.reply(request, 200, {}, cancellable?.localTag ?? this.#core.tag()));
    cancellable?.onPeerCancel(request);
  }

  #onInDialog(transaction: ServerTransaction, request: SipRequest, toTag: string): void {
    const member = this.#core.dialogs.findFor(request, toTag);
    const refusal = member === undefined ? { status: 481 } : screenExtensions(this.#core, request);
    if (refusal === undefined) member?.onPeerRequest(transaction, request);
    else this.#refuse(transaction, request, refusal);
  }

  #onOutOfDialog(transaction: ServerTransaction, request: SipRequest): void {
    const { method } = request;
    const handler = this.#handlers.get(method);
    if (method === 'BYE' || method === 'INFO') {
      // They make sense within a dialog only.
      this.#refuse(transaction, request, { status: 481 });
      return;
    }
    if (handler === undefined && method !== 'INVITE' && method !== 'OPTIONS') {
      refuseMethod(this.#core, transaction, request);
      return;
    }
    const refusal = screenRequest(this.#core, request);
    if (refusal !== undefined) this.#refuse(transaction, request, refusal);
    else if (method === 'INVITE') this.#onNewInvite(transaction, request);
    else if (handler === undefined) answerOptions(this.#core, transaction, request);
    else handler(transaction, request);
  }

  #onNewInvite(transaction: ServerTransaction, request: SipRequest): void {
    const handler = this.onInvite;
    if (handler === undefined) {
      this.#refuse(transaction, request, { status: 480 });
      return;
    }
    if (this.#core.dialogs.full) {
      this.#core.counters.refusedWhenFull++;
      this.#refuse(transaction, request, { status: 503, headers: [['Retry-After', RETRY_AFTER_S]] });
      return;
    }
    const invite = new IncomingInvite(this.#core, transaction, request);
    try {
      handler(invite);
    } catch (error) {
      this.#logFault(error);
      invite.reject(500);
    }
  }

  #refuse(transaction: ServerTransaction, request: SipRequest, { status, reason, headers = [] }: Refusal): void {
    transaction.respond(this.#core.reply(request, status, { reason, headers }, this.#core.tag()));
  }

  #onFault(transaction: ServerTransaction, request: SipRequest, error: unknown): void {
    this.#logFault(error);
    this.#refuse(transaction, request, { status: 500 });
  }

  #logFault(error: unknown): void {
    this.#core.counters.userErrors++;
    this.#core.logger.error({ err: toError(error) }, 'a handler of the user agent failed');
  }
}

/** The phrase says what is wrong (RFC 3261 §21.4.1); what the peer sent may be in it. */
function badRequest({ message }: ParseError): string {
  return `Bad Request: ${message.replace(/[^\x20-\x7e]/g, '?')}`;
}
