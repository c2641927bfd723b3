import type { CallerEnd, LegEnd, LegRoute } from '../ports/signaling-port.ts';
import type { CallId } from '../records/ids.ts';
import type { TimerKey } from './timer-key.ts';

/** Why somebody outside ends a call or a group call. `failed`: it can't be kept, say because the store is gone. */
export type HangUpCause = 'hang-up' | 'shutdown' | 'failed';

/** What one leg reports. `attempt` is the one of the `place` effect: a report of an earlier attempt is stale. */
interface LegInput<Type extends string> {
  readonly type: Type;
  readonly callId: CallId;
  readonly attempt: number;
}

/** The `prepare` effect of this number, and all before it, are durable. */
export interface Prepared {
  readonly type: 'prepared';
  readonly batch: number;
}

export interface LegPlaced extends LegInput<'leg-placed'> {
  readonly sipCallId: string;
}

export interface LegRinging extends LegInput<'leg-ringing'> {
  readonly sipCode: number;
  /** The 18x carried SDP. */
  readonly earlyMedia: boolean;
}

export type LegAnswered = LegInput<'leg-answered'>;

/** A CANCEL or BYE left, with this Reason header field (`''`: without one). */
export interface LegReleased extends LegInput<'leg-released'> {
  readonly reasonSent: string;
}

export interface LegEnded extends LegInput<'leg-ended'> {
  readonly end: LegEnd;
}

/** The reply to a `resolve-redirect` effect. */
export interface RedirectResolved extends LegInput<'redirect-resolved'> {
  /** Ways to the new target, best first; empty when it may not or can't be rung. */
  readonly routes: readonly LegRoute[];
  /** Why `routes` is empty, without a full stop ("no such endpoint"). */
  readonly why: string;
}

export interface TimerFired {
  readonly type: 'timer';
  readonly key: TimerKey;
}

/** End the root, a nested group, a leg or the master call, by its id. */
export interface HangUp {
  readonly type: 'hang-up';
  readonly id: string;
  readonly cause: HangUpCause;
}

/** End what has this id, as a hang-up does, and mark it deleted when it is over (rule 13). */
export interface Delete {
  readonly type: 'delete';
  readonly id: string;
}

export interface CallerGone {
  readonly type: 'caller-gone';
  readonly end: CallerEnd;
}

export interface CallerEnded {
  readonly type: 'caller-ended';
  readonly end: CallerEnd;
}

/** Everything that can happen to a group call that has begun. */
export type Input =
  | Prepared
  | LegPlaced
  | LegRinging
  | LegAnswered
  | LegReleased
  | LegEnded
  | RedirectResolved
  | TimerFired
  | HangUp
  | Delete
  | CallerGone
  | CallerEnded;
