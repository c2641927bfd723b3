import type { LegRoute, ReleaseReason } from '../ports/signaling-port.ts';
import type { CallStatus, HangupBy, HangupReason } from '../records/call-record.ts';
import type { Plan, PlannedGroup, PlannedLeg, PlannedMasterCall } from './plan.ts';
import type { TimerName } from './timer-key.ts';

/**
 * Where a leg stands. Only `placed`, `answered`, `canceling` and `terminating` have something on the wire.
 *
 * - `planned`: its turn has not come (`linear`).
 * - `delayed`: it waits for its delay (`ring_all`).
 * - `preparing`: its record is being made durable; then the INVITE leaves.
 * - `placed`: the INVITE left. It dials or rings, and may win.
 * - `resolving`: a redirection is being looked up.
 * - `answered`: it won, and talks.
 * - `canceling`: given up before an answer. It can never win any more.
 * - `terminating`: given up after an answer, be it the winner's or one that came too late.
 * - `ended`: over.
 * - `skipped`: over without having been tried; it has no call record.
 */
export type LegPhase =
  | 'planned'
  | 'delayed'
  | 'preparing'
  | 'placed'
  | 'resolving'
  | 'answered'
  | 'canceling'
  | 'terminating'
  | 'ended'
  | 'skipped';

/** Where a group call stands: as its record says, and before that `planned`, `delayed`, or `skipped` for good. */
export type GroupPhase = 'planned' | 'delayed' | 'progressing' | 'hangingup' | 'hangup' | 'skipped';

/** One leg. Times in ms since the epoch. */
export interface LegState {
  /** The step that made this copy; see Step. */
  readonly stamp: number;
  readonly plan: PlannedLeg;
  /** Index of its group in {@link GroupCallTree.groups}. */
  readonly group: number;
  /** Index among the destinations of its group. */
  readonly destination: number;
  /** Destination numbers from the root down, counted from 1: `2.1`. */
  readonly path: string;
  readonly phase: LegPhase;
  readonly status: CallStatus;
  /** Counts the tries of this leg, from 1: raised for the next trunk and for each redirection. 0 before the first. */
  readonly attempt: number;
  /** The timer of this leg that runs; never more than one. */
  readonly timer: TimerName | undefined;
  /** The way of the current attempt. */
  readonly route: LegRoute | undefined;
  /** Ways not tried yet, best first. */
  readonly nextRoutes: readonly LegRoute[];
  /** Targets of the last 3xx not tried yet, best first. */
  readonly nextRedirects: readonly string[];
  /** How many redirection targets were looked up. */
  readonly redirects: number;
  /** Targets it was redirected to, by their route keys: no redirection leads there again. */
  readonly redirectedTo: readonly string[];
  /** The `prepare` that makes the current attempt durable. */
  readonly batch: number;
  /** Why it was given up; absent while it is wanted, and when it ended by itself. */
  readonly givenUp: ReleaseReason | undefined;
  /** Its early media went to the caller. */
  readonly passedEarlyMedia: boolean;
  readonly deleteWanted: boolean;
  readonly sipCallId: string;
  readonly sipCode: number;
  readonly reasonSent: string;
  readonly hangupBy: HangupBy;
  readonly hangupReason: HangupReason;
  readonly why: string;
  readonly tmCreate: number;
  readonly tmUpdate: number | undefined;
  readonly tmDial: number | undefined;
  readonly tmRinging: number | undefined;
  /** When its 2xx came, be it too late. */
  readonly tmAnswer: number | undefined;
  /** When it won. */
  readonly tmProgressing: number | undefined;
  readonly tmHangup: number | undefined;
  readonly tmDelete: number | undefined;
}

/** A destination of a group: an index into the legs or the groups of the tree. */
export interface Member {
  readonly kind: 'leg' | 'group';
  readonly index: number;
}

/** One group call of the tree. Times in ms since the epoch. */
export interface GroupState {
  readonly stamp: number;
  readonly plan: PlannedGroup;
  /** Index of the group around it; -1 for the root. */
  readonly parent: number;
  /** Index among the destinations of the group around it. */
  readonly destination: number;
  readonly path: string;
  /** One for each destination, in their order. */
  readonly members: readonly Member[];
  readonly phase: GroupPhase;
  /** The timer of this group that runs; never more than one. */
  readonly timer: TimerName | undefined;
  /** With `linear`: the destination that is being tried. */
  readonly dialIndex: number;
  /** Leg that won, as shown: set in the leg's own group and in the root (rule 9). */
  readonly answerLeg: number | undefined;
  /** Nested group that won: the one of this group's own destinations (rule 9). */
  readonly answerGroup: number | undefined;
  /** Why it was given up as a whole; absent when it ended by itself. */
  readonly givenUp: ReleaseReason | undefined;
  readonly deleteWanted: boolean;
  readonly hangupReason: HangupReason;
  readonly hangupBy: HangupBy;
  readonly why: string;
  readonly tmCreate: number;
  readonly tmUpdate: number | undefined;
  /** When its first leg rang. */
  readonly tmRinging: number | undefined;
  readonly tmAnswer: number | undefined;
  readonly tmHangup: number | undefined;
  readonly tmDelete: number | undefined;
}

/**
 * Where the caller stands.
 *
 * - `waiting`: has no final answer yet.
 * - `connected`: talks with the winner.
 * - `closing`: was refused or released by us, or said that it wants no more; its end has not been reported.
 * - `ended`: over.
 */
export type CallerPhase = 'waiting' | 'connected' | 'closing' | 'ended';

/** The master call. Times in ms since the epoch. */
export interface CallerState {
  readonly stamp: number;
  readonly plan: PlannedMasterCall;
  readonly phase: CallerPhase;
  /** The timer of the caller that runs. */
  readonly timer: TimerName | undefined;
  readonly status: CallStatus;
  /** Somebody's 18x was told to the caller. */
  readonly rang: boolean;
  readonly deleteWanted: boolean;
  readonly sipCode: number;
  readonly hangupBy: HangupBy;
  readonly hangupReason: HangupReason;
  readonly why: string;
  readonly tmCreate: number;
  readonly tmUpdate: number | undefined;
  readonly tmRinging: number | undefined;
  readonly tmProgressing: number | undefined;
  readonly tmHangup: number | undefined;
  readonly tmDelete: number | undefined;
}

/** The whole state of one root group call, with all that is nested in it. Never changed in place: each step returns a new one. */
export interface GroupCallTree {
  readonly plan: Plan;
  /** Number of the step that made this state; 1 after the start. */
  readonly version: number;
  /** From the root down, each group before its nested ones. Index 0 is the root. */
  readonly groups: readonly GroupState[];
  /** In the order of the destinations, depth first. */
  readonly legs: readonly LegState[];
  readonly caller: CallerState | undefined;
  readonly groupIndex: ReadonlyMap<string, number>;
  readonly legIndex: ReadonlyMap<string, number>;
  /** Index of the leg that won. Set once (but see rule 11), and kept when the leg has ended. */
  readonly winner: number | undefined;
  /** A leg of the tree whose code ended everything (`failOn`); the caller gets that code. */
  readonly failedBy: number | undefined;
  /** Number of the last `prepare` effect. */
  readonly batch: number;
  /** Inputs that were illegal when they came. */
  readonly ignored: number;
  /** Everything is over. */
  readonly finished: boolean;
}
