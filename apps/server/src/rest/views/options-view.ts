import type { GroupcallOptionsInput } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';

/** The options that were sent, by the engine's names; what was left out is absent, and what is to be unset `undefined`. */
export function readOptions(input: GroupcallOptionsInput): engine.GroupCallOptionsInput {
  return {
    ...(input.ring_timeout_ms === undefined ? {} : { ringTimeoutMs: input.ring_timeout_ms }),
    ...(input.timeout_ms === undefined ? {} : { timeoutMs: input.timeout_ms === 0 ? undefined : input.timeout_ms }),
    ...(input.talk_timeout_ms === undefined ? {} : { talkTimeoutMs: input.talk_timeout_ms }),
    ...(input.redirects === undefined ? {} : { redirects: input.redirects }),
    ...(input.fail_on === undefined ? {} : { failOn: input.fail_on }),
    ...(input.early_media === undefined ? {} : { earlyMedia: input.early_media }),
    ...(input.anonymous === undefined ? {} : { anonymous: input.anonymous }),
    ...(input.headers === undefined ? {} : { headers: input.headers }),
    ...(input.caller_id === undefined ? {} : { callerId: input.caller_id }),
  };
}

/** The options as a saved group shows them. */
export function optionsView(options: engine.GroupCallOptions) {
  return {
    ring_timeout_ms: options.ringTimeoutMs,
    timeout_ms: options.timeoutMs ?? 0,
    talk_timeout_ms: options.talkTimeoutMs,
    redirects: options.redirects,
    fail_on: [...options.failOn],
    early_media: options.earlyMedia,
    anonymous: options.anonymous,
    headers: { ...options.headers },
    caller_id: options.callerId ?? '',
  };
}
