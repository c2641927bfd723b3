import { MAX_FORWARDS } from '../dialog/dialog.ts';
import { type HeaderLine, SipRequest } from '../message/sip-message.ts';
import { type RoutedRequest, routeRequest } from '../dialog/route-set.ts';
import type { InviteOptions } from './client-invite-types.ts';
import { addContent, type UserAgentCore } from './core.ts';
import { checkHeaderLines } from './header-lines.ts';

/** How an INVITE is routed: by its preloaded route set (RFC 3261 §8.1.2). */
export function routeInvite({ uri, routes }: InviteOptions): RoutedRequest {
  return routeRequest(uri, routes ?? []);
}

/** The first INVITE of a call (RFC 3261 §8.1.1, §13.2.1). `from` is the From header field value with our tag, `contact` that of Contact. */
export function createInvite(
  core: UserAgentCore,
  options: InviteOptions,
  { requestUri, routes }: RoutedRequest,
  { from, callId, contact }: { readonly from: string; readonly callId: string; readonly contact: string },
): SipRequest {
  const { to, maxForwards, body } = options;
  checkHeaderLines(options.extraAnswerHeaders);
  const headers: HeaderLine[] = [];
  for (const route of routes) headers.push(['Route', route]);
  headers.push(
    ['Max-Forwards', maxForwards === undefined ? MAX_FORWARDS : String(maxForwards)],
    ['From', from],
    ['To', to.toString()],
    ['Call-ID', callId],
    ['CSeq', '1 INVITE'],
    ['Contact', contact],
    ['User-Agent', core.agent],
    ['Allow', core.allowed.header],
  );
  if (core.supported.length > 0) headers.push(['Supported', core.supported.join(', ')]);
  addContent(headers, options);
  return SipRequest.create({ method: 'INVITE', uri: requestUri, headers, ...(body === undefined ? {} : { body }) });
}
