import type { LegOutcome, ReleaseReason } from '../ports/signaling-port.ts';
import type { HangupReason } from '../records/call-record.ts';

/** What the record of a leg or group says that we gave up before an answer. */
export function reasonBeforeAnswer(givenUp: ReleaseReason): HangupReason {
  switch (givenUp) {
    case 'ring-timeout':
      return 'noanswer';
    case 'total-timeout':
      return 'dialout';
    case 'talk-timeout':
      return 'timeout';
    case 'normal':
    case 'elsewhere':
    case 'caller-gone':
    case 'hang-up':
    case 'failed':
    case 'shutdown':
      return 'cancel';
  }
}

/** What the record of a call says that we ended after the two sides had talked. */
export function reasonAfterAnswer(givenUp: ReleaseReason): HangupReason {
  if (givenUp === 'talk-timeout') return 'timeout';
  return givenUp === 'failed' ? 'failed' : 'normal';
}

/** What the record of a leg says that ended by itself before an answer. */
export function reasonOfOutcome(outcome: LegOutcome): HangupReason {
  switch (outcome) {
    case 'busy':
    case 'noanswer':
    case 'failed':
    case 'normal':
      return outcome;
    case 'redirected':
      return 'failed';
    case 'cancelled':
      return 'cancel';
  }
}

/** The more telling a reason is, the earlier it stands: a group that nobody answered takes the first that one of its legs has. */
const MOST_TELLING: readonly HangupReason[] = ['busy', 'noanswer', 'dialout', 'normal', 'cancel', 'timeout', 'failed'];

/** The one of two reasons that tells more about a group that nobody answered; `''` counts as none. */
export function moreTelling(one: HangupReason, other: HangupReason): HangupReason {
  if (one === '' || other === '') return one === '' ? other : one;
  return MOST_TELLING.indexOf(one) <= MOST_TELLING.indexOf(other) ? one : other;
}
