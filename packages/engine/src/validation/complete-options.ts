import { invalidArgument } from '../errors.ts';
import { DEFAULT_GROUP_CALL_OPTIONS, type GroupCallOptions } from '../records/group-call-options.ts';
import { checkHeaders, checkOneOf, checkText, checkWhole } from './check-text.ts';

/** Options of a request; what is absent takes its default. */
export type GroupCallOptionsInput = {
  readonly [Option in keyof GroupCallOptions]?: GroupCallOptions[Option] | undefined;
};

/** Longest of all durations, in ms: a day. */
export const MAX_DURATION_MS = 86_400_000;

const MAX_CALLER_ID_LENGTH = 255;
const MAX_FAIL_ON = 100;

/**
 * The options with their defaults filled in.
 *
 * @throws EngineError INVALID_ARGUMENT, naming the member as the API spells it.
 */
export function completeOptions(input: GroupCallOptionsInput): GroupCallOptions {
  const defaults = DEFAULT_GROUP_CALL_OPTIONS;
  const { timeoutMs, callerId } = input;
  const options: GroupCallOptions = {
    ringTimeoutMs: input.ringTimeoutMs ?? defaults.ringTimeoutMs,
    talkTimeoutMs: input.talkTimeoutMs ?? defaults.talkTimeoutMs,
    redirects: checkOneOf('redirects', input.redirects ?? defaults.redirects, ['ignore', 'follow']),
    failOn: input.failOn ?? defaults.failOn,
    earlyMedia: checkOneOf('early_media', input.earlyMedia ?? defaults.earlyMedia, ['never', 'single']),
    anonymous: checkOneOf('anonymous', input.anonymous ?? defaults.anonymous, ['yes', 'no', 'auto']),
    headers: input.headers ?? defaults.headers,
    ...(timeoutMs === undefined ? undefined : { timeoutMs }),
    ...(callerId === undefined || callerId === '' ? undefined : { callerId }),
  };
  checkOptions(options);
  return options;
}

function checkOptions({ ringTimeoutMs, timeoutMs, talkTimeoutMs, failOn, headers, callerId }: GroupCallOptions): void {
  checkWhole('ring_timeout_ms', ringTimeoutMs, 1, MAX_DURATION_MS);
  checkWhole('talk_timeout_ms', talkTimeoutMs, 1, MAX_DURATION_MS);
  if (timeoutMs !== undefined) checkWhole('timeout_ms', timeoutMs, 1, MAX_DURATION_MS);
  if (failOn.length > MAX_FAIL_ON) throw invalidArgument('fail_on', 'is too long', `at most ${MAX_FAIL_ON} codes`);
  failOn.forEach((code, index) => {
    checkWhole(`fail_on[${index}]`, code, 300, 699);
  });
  checkHeaders('headers', headers);
  if (callerId !== undefined) checkText('caller_id', callerId, MAX_CALLER_ID_LENGTH);
}
