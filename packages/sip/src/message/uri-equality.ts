import { normalizeEscapes, unescape } from './escape.ts';
import type { Params } from './params.ts';

/** What is compared of a URI. */
export interface ComparableUri {
  readonly scheme: string;
  readonly escapedUser: string | undefined;
  readonly escapedPassword: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
  readonly headers: string;
  readonly opaque: string;
}

/** Parameters that must be in both URIs or in neither: a default that is left out is not one that is given (§19.1.4). */
const NEVER_IGNORED = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** RFC 3261 §19.1.4 for sip and sips, RFC 3966 §5 for tel; URIs of other schemes are equal when their text is. */
export function urisAreEqual(left: ComparableUri, right: ComparableUri): boolean {
  if (left.scheme !== right.scheme) return false;
  if (left.scheme === 'tel') return telUrisAreEqual(left, right);
  return (
    left.opaque === right.opaque &&
    left.port === right.port &&
    sameText(left.escapedUser, right.escapedUser) &&
    sameText(left.escapedPassword, right.escapedPassword) &&
    left.host.toLowerCase() === right.host.toLowerCase() &&
    sipParamsMatch(left.params, right.params) &&
    headersMatch(left.headers, right.headers)
  );
}

/** The userinfo is the one part that is compared with regard to case. */
function sameText(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left === right || normalizeEscapes(left) === normalizeEscapes(right);
}

function sipParamsMatch(left: Params, right: Params): boolean {
  if (left.size === 0 && right.size === 0) return true;
  for (const name of NEVER_IGNORED) if (left.has(name) !== right.has(name)) return false;
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false;
  }
  return true;
}

/** Headers are never ignored: each must be in both, with the same value; their order does not matter. */
function headersMatch(left: string, right: string): boolean {
  if (left === right) return true;
  const rest = new Map<string, number>();
  for (const header of splitHeaders(left)) rest.set(header, (rest.get(header) ?? 0) + 1);
  for (const header of splitHeaders(right)) {
    const count = rest.get(header) ?? 0;
    if (count === 0) return false;
    if (count === 1) rest.delete(header);
    else rest.set(header, count - 1);
  }
  return rest.size === 0;
}

function splitHeaders(headers: string): string[] {
  if (headers === '') return [];
  return headers.split('&').map((header) => {
    const equals = header.indexOf('=');
    const name = equals < 0 ? header : header.slice(0, equals);
    return `${unescape(name).toLowerCase()}=${equals < 0 ? '' : unescape(header.slice(equals + 1))}`;
  });
}

/** Visual separators do not count, and all parameters do. */
function telUrisAreEqual(left: ComparableUri, right: ComparableUri): boolean {
  if (withoutSeparators(left.escapedUser) !== withoutSeparators(right.escapedUser)) return false;
  if (left.params.size !== right.params.size) return false;
  for (const [name, value] of left.params) {
    const other = right.params.get(name);
    if (other === undefined) return false;
    if (withoutSeparators(other) !== withoutSeparators(value)) return false;
  }
  return true;
}

function withoutSeparators(text: string | undefined): string {
  const plain = unescape(text ?? '').toLowerCase();
  return /^[+\d*#a-f().-]+$/.test(plain) ? plain.replace(/[().-]/g, '') : plain;
}
