/** The parts of a SIP URI that decide who is rung. Its parameters are kept, and read by nobody here. */
export interface SipTarget {
  readonly scheme: 'sip' | 'sips';
  /** `''` when there is none; otherwise as it was written. */
  readonly user: string;
  /** In lower case; an IPv6 address in its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** With its first semicolon; `''` when there are none. */
  readonly parameters: string;
}

/**
 * Characters of a user part (RFC 3261 §25.1: unreserved, escaped, user-unreserved). No password: it has no use here, and
 * without it `mailto:alice@example.com` is no SIP URI.
 */
const USER = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+$/;

const HOST_NAME = /^[a-z0-9](?:[a-z0-9\-_]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9\-_]*[a-z0-9])?)*\.?$/;

const IPV6 = /^\[[0-9a-f:.]+\]$/;

const PARAMETERS = /^(?:;[A-Za-z0-9\-_.!~*'()[\]/:&+$%]+(?:=[A-Za-z0-9\-_.!~*'()[\]/:&+$%]*)?)*$/;

const MAX_LENGTH = 1024;

/**
 * Reads `user@host:port;parameters`, with or without `sip:` before it; undefined when it is no SIP URI. URI headers (`?…`)
 * are refused: they have no place in a Request-URI (RFC 3261 §19.1.1).
 */
export function parseSipTarget(text: string): SipTarget | undefined {
  if (text.length === 0 || text.length > MAX_LENGTH) return undefined;
  const scheme = /^sips?:/i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : rest.slice(0, at);
  if (at === 0 || (user !== '' && !USER.test(user))) return undefined;
  const semicolon = rest.indexOf(';', at + 1);
  const end = semicolon < 0 ? rest.length : semicolon;
  const place = parseHostPort(rest.slice(at + 1, end).toLowerCase());
  const parameters = rest.slice(end);
  if (place === undefined || !PARAMETERS.test(parameters)) return undefined;
  return { scheme: scheme.toLowerCase() === 'sips:' ? 'sips' : 'sip', user, ...place, parameters };
}

/** The URI as it is rung. */
export function formatSipTarget({ scheme, user, host, port, parameters }: SipTarget): string {
  return `${scheme}:${user === '' ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}${parameters}`;
}

/** Equal for two URIs of the same phone: parameters and a default port make no difference. */
export function phoneKey(uri: string): string {
  const target = parseSipTarget(uri);
  return target === undefined ? uri : `${target.user}@${target.host}:${target.port ?? DEFAULT_PORT}`;
}

const DEFAULT_PORT = 5060;

function parseHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const colon = text.lastIndexOf(':');
  const hasPort = colon > text.lastIndexOf(']');
  const host = hasPort ? text.slice(0, colon) : text;
  if (!HOST_NAME.test(host) && !IPV6.test(host)) return undefined;
  if (!hasPort) return { host, port: undefined };
  const port = Number(text.slice(colon + 1));
  return /^\d{1,5}$/.test(text.slice(colon + 1)) && port > 0 && port < 65536 ? { host, port } : undefined;
}
