import type { HeaderLine } from '@groupcall/sip';

/**
 * Header fields that a destination may not set, in lower case and with their compact forms: those that say how a message
 * travels, whose call it is, who vouches for whom, and what is agreed on.
 */
const DENIED: ReadonlySet<string> = new Set([
  ...['via', 'v', 'from', 'f', 'to', 't', 'call-id', 'i', 'cseq', 'contact', 'm', 'max-forwards', 'max-breadth'],
  ...['route', 'record-route', 'path', 'service-route', 'timestamp', 'date', 'expires', 'reason'],
  ...['c', 'e', 'l', 'mime-version', 'require', 'proxy-require', 'supported', 'k', 'unsupported', 'allow'],
  ...['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate', 'authentication-info'],
  ...['session-expires', 'x', 'min-se', 'rack', 'rseq', 'replaces', 'join', 'refer-to', 'r', 'referred-by', 'b'],
  ...['event', 'o', 'allow-events', 'u', 'subscription-state', 'sip-etag', 'sip-if-match'],
  ...['p-asserted-identity', 'p-preferred-identity', 'remote-party-id', 'privacy', 'identity', 'y', 'identity-info'],
]);

/** RFC 3261 §25.1: a token. */
const NAME = /^[A-Za-z0-9.!%*_+`'~-]+$/;

/** A value may hold any text but what could end its line, and NUL. */
// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * The header lines of a destination, or why they can't be sent: `{ problem }` is a sentence that names the header. A
 * caller of the API may add to an INVITE, and not take over its routing, its identity or its body.
 */
export function customHeaders(
  headers: Readonly<Record<string, string>>,
): { readonly lines: readonly HeaderLine[] } | { readonly problem: string } {
  const lines: HeaderLine[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!NAME.test(name)) return { problem: `${JSON.stringify(name)} is no name of a header` };
    if (DENIED.has(lower) || lower.startsWith('content-')) return { problem: `the header ${name} can't be set` };
    if (FORBIDDEN_IN_VALUE.test(value)) return { problem: `the header ${name} holds control characters` };
    lines.push([name, value.trim()]);
  }
  return { lines };
}
