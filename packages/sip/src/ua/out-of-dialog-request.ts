import { MAX_FORWARDS } from '../dialog/dialog.ts';
import { routeRequest } from '../dialog/route-set.ts';
import { type HeaderLine, SipRequest, type SipResponse } from '../message/sip-message.ts';
import { ClientRequest } from './client-request.ts';
import { addContent, type UserAgentCore } from './core.ts';
import { asResponse } from './made-up-response.ts';
import { findTargets } from './next-hop.ts';
import type { RequestOptions } from './user-agent-types.ts';

/**
 * Sends a request outside of dialogs (RFC 3261 §8.1), other than INVITE. Never rejects: a timeout is a 408 and a
 * transport error a 503 (§8.1.3.1).
 */
export function sendOutOfDialog(core: UserAgentCore, options: RequestOptions): Promise<SipResponse> {
  const { method, uri, from, to, target, routes = [], callId, cseq = 1, maxForwards, body } = options;
  const routed = routeRequest(uri, routes);
  const headers: HeaderLine[] = [];
  for (const route of routed.routes) headers.push(['Route', route]);
  headers.push(
    ['Max-Forwards', maxForwards === undefined ? MAX_FORWARDS : String(maxForwards)],
    ['From', from.withTag(core.tag()).toString()],
    ['To', to.toString()],
    ['Call-ID', callId ?? core.newCallId()],
    ['CSeq', `${cseq} ${method}`],
    ['User-Agent', core.agent],
  );
  addContent(headers, options);
  const uriAndBody = { uri: routed.requestUri, ...(body === undefined ? {} : { body }) };
  const request = SipRequest.create({ method, headers, ...uriAndBody });
  return new Promise((resolve) => {
    let sequence = cseq;
    const client = new ClientRequest({
      core,
      request,
      credentials: options.credentials,
      nextSequence: () => ++sequence,
      onDone: (outcome) => {
        resolve(asResponse(client.request, outcome));
      },
    });
    if (target !== undefined) client.send([target]);
    else {
      findTargets(core, routed.nextHop, (targets, error) => {
        if (error === undefined) client.send(targets);
        else client.abandon(error);
      });
    }
  });
}
