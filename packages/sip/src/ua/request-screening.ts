import type { HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { UserAgentCore } from './core.ts';

/** How a request is refused before anybody looks at what it wants. */
export interface Refusal {
  readonly status: number;
  /** Default: the usual phrase. */
  readonly reason?: string;
  readonly headers?: readonly HeaderLine[];
}

/**
 * What a request outside of a dialog is checked for (RFC 3261 §8.2.2, §8.2.3, §16.3): the scheme of the Request-URI (416),
 * the encoding of the body (415), the hops that are left (483; an OPTIONS that ends here is answered, §11) and the
 * extensions it requires (420). Undefined: go on.
 * @throws ParseError on a malformed header field.
 */
export function screenRequest(core: UserAgentCore, request: SipRequest): Refusal | undefined {
  if (!request.uri.isSip) return { status: 416 };
  const encoding = request.header('Content-Encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== 'identity') {
    return { status: 415, headers: [['Accept-Encoding', 'identity']] };
  }
  if (request.maxForwards === 0 && request.method !== 'OPTIONS') return { status: 483 };
  return screenExtensions(core, request);
}

/** RFC 3261 §8.2.2.3: 420 with what is not understood of Require. */
export function screenExtensions(core: UserAgentCore, request: SipRequest): Refusal | undefined {
  const required = request.headerList('Require');
  if (required.length === 0) return undefined;
  const unknown = required.filter((tag) => !core.supported.includes(tag.toLowerCase()));
  if (unknown.length === 0) return undefined;
  return { status: 420, headers: [['Unsupported', unknown.join(', ')]] };
}
