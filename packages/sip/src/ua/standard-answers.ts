import type { HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { UserAgentCore } from './core.ts';

/** What OPTIONS is told we read (RFC 3261 §11.2). */
const ACCEPT = 'application/sdp';

/** The 200 to OPTIONS, within a dialog or outside (RFC 3261 §11.2). */
export function answerOptions(core: UserAgentCore, transaction: ServerTransaction, request: SipRequest): void {
  const headers: HeaderLine[] = [
    ['Allow', core.allowed.header],
    ['Accept', ACCEPT],
    ['Accept-Encoding', 'identity'],
    ['Accept-Language', 'en'],
    ['Supported', core.supported.join(', ')],
  ];
  transaction.respond(core.reply(request, 200, { headers }, core.tag()));
}

/** 405 to a known method that is not served here, 501 to an unknown one, with Allow (RFC 3261 §8.2.1). */
export function refuseMethod(core: UserAgentCore, transaction: ServerTransaction, request: SipRequest): void {
  const headers: HeaderLine[] = [['Allow', core.allowed.header]];
  transaction.respond(core.reply(request, core.allowed.refusal(request.method), { headers }, core.tag()));
}

/** RFC 3261 §12.2.2: a request that comes out of order. */
export function refuseOutOfOrder(core: UserAgentCore, transaction: ServerTransaction, request: SipRequest): void {
  transaction.respond(core.reply(request, 500, { reason: 'Request Out of Order' }));
}

/** RFC 3261 §14.2: try again after 0 to 10 seconds, chosen at random. */
export function refuseForNow(core: UserAgentCore, transaction: ServerTransaction, request: SipRequest): void {
  const seconds = Number.parseInt(core.ids.token(1), 36) % 11;
  transaction.respond(core.reply(request, 500, { headers: [['Retry-After', String(seconds)]] }));
}
