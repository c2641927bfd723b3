import { SipRequest } from '../message/sip-message.ts';

/** The same request for another address (RFC 3263 §4.3): without the Via it was sent with, so that it gets a branch of its own. */
export function copyForNextTarget(request: SipRequest): SipRequest {
  const headers = request.headers().filter(([name]) => name !== 'Via');
  return SipRequest.create({ method: request.method, uri: request.uri, headers, body: request.body });
}
