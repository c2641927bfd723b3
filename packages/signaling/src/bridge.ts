import { type Logger, toError } from '@groupcall/kernel';
import {
  type ClientAnswer,
  type HeaderLine,
  type IncomingReinvite,
  type InviteDialog,
  type MessageContent,
  type ServerTransaction,
  type SipMessage,
  type SipRequest,
  SipResponse,
} from '@groupcall/sip';
import type { CallerCall } from './incoming-call.ts';
import { AudioError, CALL_METHODS, type LegAudio } from './leg-audio.ts';
import { contentOf, sdpOf } from './message-content.ts';

/**
 * A leg that talks to the caller. The server stands in the signalling alone: the caller's session description goes to the
 * phone and the phone's to the caller, unharmed, and their audio flows between the two.
 */
export class CallerAudio implements LegAudio {
  readonly #caller: CallerCall;
  readonly #logger: Logger;

  constructor(caller: CallerCall, logger: Logger) {
    this.#caller = caller;
    this.#logger = logger;
  }

  close(): void {
    // Nothing is held here; the caller's call is ended by the engine.
  }

  /** The caller's own offer or, when it made none (RFC 3261 §13.2.1), nothing: then the phone's 2xx brings one. */
  offer(): Promise<MessageContent> {
    return Promise.resolve(contentOf(this.#caller.request));
  }

  check(content: MessageContent): void {
    if (sdpOf(content) === undefined) throw new AudioError('the phone answered without a session description');
  }

  connect(answer: ClientAnswer, content: MessageContent): void {
    const callerContent = contentOf(this.#caller.request);
    const dialog = this.#caller.answer(content);
    // A caller who is gone by now was told of; the engine releases this leg, with its ACK.
    if (dialog === undefined) return;
    const caller: Side = { dialog, content: callerContent };
    joinDialogs(caller, { dialog: answer.dialog, content }, this.#logger);
    if (this.#caller.hasOffer) {
      answer.acknowledge();
      return;
    }
    // The phone's offer is in the caller's 200, and the caller's answer comes with its ACK.
    this.#caller.onAck = (ack) => {
      caller.content = contentOf(ack);
      answer.acknowledge(caller.content.body, caller.content.contentType);
    };
  }
}

/** One side of a call. */
interface Side {
  readonly dialog: InviteDialog;
  /** What it last said of its own audio. */
  content: MessageContent;
}

/** Passes on what either side of a call sends within it, and the replies of the other side. */
function joinDialogs(one: Side, other: Side, logger: Logger): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.dialog.onReinvite = (invite) => {
      passReinvite(invite, from, to).catch((error: unknown) => {
        logger.error({ err: toError(error) }, 'a re-INVITE could not be passed on');
        invite.respond(500);
      });
    };
    from.dialog.onRequest = (transaction, request) => {
      passRequest(transaction, request, to.dialog).catch((error: unknown) => {
        logger.error({ err: toError(error) }, 'a request could not be passed on');
        transaction.respond(SipResponse.replyTo(request, 500));
      });
    };
  }
}

/** Headers of a refusal that tell the one who asked what to do about it. */
const REFUSAL_HEADERS = ['Retry-After', 'Warning', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Unsupported'];

/**
 * Hold, resume, another codec or address (RFC 3261 §14). Glare is passed on too: both sides are told 491, and each waits as
 * §14.1 has it.
 */
async function passReinvite(invite: IncomingReinvite, from: Side, to: Side): Promise<void> {
  const offer = contentOf(invite.request);
  if (offer.body === undefined) {
    // Without an offer it refreshes the session; what the other side last said of itself is offered again.
    invite.respond(200, to.content);
    return;
  }
  const result = await to.dialog.reinvite(offer);
  const { response } = result;
  if (response.status >= 300) {
    invite.respond(statusForPeer(response.status), { headers: pick(response, REFUSAL_HEADERS) });
    return;
  }
  from.content = offer;
  to.content = contentOf(response);
  invite.respond(response.status, to.content);
  result.acknowledge();
}

async function passRequest(transaction: ServerTransaction, request: SipRequest, to: InviteDialog): Promise<void> {
  if (request.method !== 'INFO') {
    transaction.respond(SipResponse.replyTo(request, 405, undefined, { headers: [['Allow', CALL_METHODS]] }));
    return;
  }
  const content = contentOf(request);
  const response = await to.request('INFO', {
    ...content,
    headers: [...(content.headers ?? []), ...pick(request, ['Info-Package'])],
  });
  transaction.respond(replyFrom(request, response));
}

function replyFrom(request: SipRequest, response: SipResponse): SipResponse {
  const status = response.status < 300 ? response.status : statusForPeer(response.status);
  const reason = status === response.status ? response.reason : undefined;
  const { body, contentType, headers = [] } = contentOf(response);
  const lines: HeaderLine[] = [...headers, ...pick(response, [...REFUSAL_HEADERS, 'Recv-Info'])];
  if (contentType !== undefined) lines.push(['Content-Type', contentType]);
  return SipResponse.replyTo(request, status, reason, { headers: lines, ...(body === undefined ? {} : { body }) });
}

/**
 * What the other side is told: a challenge and a redirection were meant for this server, and a dialog that is gone on one
 * side is not gone on the other, where a BYE is to come.
 */
function statusForPeer(status: number): number {
  if (status < 400 || status === 401 || status === 407) return 488;
  return status === 481 || status === 408 ? 500 : status;
}

function pick(message: SipMessage, names: readonly string[]): HeaderLine[] {
  return names.flatMap((name) => message.headerValues(name).map((value): HeaderLine => [name, value]));
}
