import type { Destination } from '../records/address.ts';
import type { GroupCallOptions } from '../records/group-call-options.ts';

type Headers = Readonly<Record<string, string>>;

/** What holds for a destination that says nothing itself. */
export interface InheritedRules {
  readonly ringTimeoutMs: number;
  readonly headers: Headers;
  readonly callerId?: string;
}

/** The rules under which the destinations of the root are rung. */
export function rulesOf(options: GroupCallOptions): InheritedRules {
  const { ringTimeoutMs, headers, callerId } = options;
  return { ringTimeoutMs, headers, ...(callerId === undefined ? undefined : { callerId }) };
}

/** The rules within a saved group that is itself a destination: its own options, above those it is rung under. */
export function rulesWithin(outer: InheritedRules, options: GroupCallOptions): InheritedRules {
  const callerId = options.callerId ?? outer.callerId;
  return {
    ringTimeoutMs: options.ringTimeoutMs,
    headers: mergeHeaders(outer.headers, options.headers),
    ...(callerId === undefined ? undefined : { callerId }),
  };
}

/** The rules for one destination, and for all that is nested in it: its own, above those it is rung under. */
export function rulesFor(outer: InheritedRules, destination: Destination): InheritedRules {
  if (destination.callerId === undefined && destination.headers === undefined) return outer;
  const callerId = destination.callerId ?? outer.callerId;
  return {
    ringTimeoutMs: outer.ringTimeoutMs,
    headers: mergeHeaders(outer.headers, destination.headers),
    ...(callerId === undefined ? undefined : { callerId }),
  };
}

/** Names of header fields are equal whatever their case (RFC 3261 §7.3.1); the inner value wins. */
function mergeHeaders(outer: Headers, inner: Headers | undefined): Headers {
  if (inner === undefined) return outer;
  const innerNames = new Set(Object.keys(inner).map((name) => name.toLowerCase()));
  if (innerNames.size === 0) return outer;
  const kept = Object.entries(outer).filter(([name]) => !innerNames.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...inner };
}
