import type { ReleaseReason } from '@groupcall/engine';
import { type HeaderLine, ParseError, type SipMessage } from '@groupcall/sip';

/** One value of a Reason header (RFC 3326): which protocol's cause, and its text. */
export interface Reason {
  /** `SIP` or `Q.850`, or what the peer wrote. */
  readonly protocol: string;
  /** A SIP status or a Q.850 cause; undefined when the peer gave none. */
  readonly cause: number | undefined;
  readonly text: string;
}

/**
 * What a phone is told when it is given up, in words of SIP and in words of the telephone network. Only `elsewhere` may
 * say 200 or 26, by which phones leave the call out of their list of missed ones (rules 6 and 7).
 */
const REASONS: Readonly<Record<ReleaseReason, readonly string[]>> = {
  elsewhere: ['SIP;cause=200;text="Call completed elsewhere"', 'Q.850;cause=26'],
  'caller-gone': ['SIP;cause=487;text="Originator cancelled"', 'Q.850;cause=16;text="Normal call clearing"'],
  'ring-timeout': ['SIP;cause=408;text="Ring time is over"', 'Q.850;cause=102;text="Recovery on timer expiry"'],
  'total-timeout': ['SIP;cause=408;text="Total time is over"', 'Q.850;cause=102;text="Recovery on timer expiry"'],
  'talk-timeout': ['Q.850;cause=102;text="Longest talk time is over"'],
  'hang-up': ['Q.850;cause=16;text="Normal call clearing"'],
  normal: ['Q.850;cause=16;text="Normal call clearing"'],
  failed: ['Q.850;cause=41;text="Temporary failure"'],
  shutdown: ['Q.850;cause=16;text="Server shutdown"'],
};

/** The Reason lines of a CANCEL or BYE. */
export function reasonHeaders(reason: ReleaseReason): readonly HeaderLine[] {
  return REASONS[reason].map((value) => ['Reason', value]);
}

/** Several Reason lines as the one value that they amount to (RFC 3261 §7.3.1); '' without any. */
export function reasonValue(headers: readonly HeaderLine[]): string {
  return headers
    .filter(([name]) => name.toLowerCase() === 'reason')
    .map(([, value]) => value)
    .join(', ');
}

const PROTOCOL = /^\s*([^\s;]+)\s*(;.*)?$/s;
const CAUSE = /;\s*cause\s*=\s*(\d{1,4})\b/i;
const TEXT = /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i;

/** The Reason values of a message, in their order. One that can't be read is left out. */
export function readReasons(message: SipMessage): readonly Reason[] {
  return valuesOf(message).flatMap((value) => {
    const [, protocol, params = ''] = PROTOCOL.exec(value) ?? [];
    if (protocol === undefined) return [];
    const cause = CAUSE.exec(params)?.[1];
    const text = (TEXT.exec(params)?.[1] ?? '').replace(/\\(.)/g, '$1');
    return [{ protocol, cause: cause === undefined ? undefined : Number(cause), text }];
  });
}

/** A list that can't be taken apart is none. */
function valuesOf(message: SipMessage): readonly string[] {
  try {
    return message.headerList('Reason');
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

/** For people: the method, and what the peer gave as its reason: `BYE (Q.850 16: Normal call clearing)`. */
export function describeRequest(method: string, request: SipMessage): string {
  const reasons = readReasons(request).map(({ protocol, cause, text }) => {
    const code = cause === undefined ? protocol : `${protocol} ${cause}`;
    return text === '' ? code : `${code}: ${text}`;
  });
  return reasons.length === 0 ? method : `${method} (${reasons.join(', ')})`;
}
