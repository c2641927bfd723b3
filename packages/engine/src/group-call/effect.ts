import type { PlaceLeg, ReleaseReason } from '../ports/signaling-port.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { CallEventType, GroupCallEventType } from '../records/domain-event.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';
import type { TimerKey } from './timer-key.ts';

/** These records changed in this step and are to be written, with the events of the same step. At most one a step, first. */
export interface Persist {
  readonly type: 'persist';
  readonly groupCalls: readonly GroupCallId[];
  /** Legs and the master call. */
  readonly calls: readonly CallId[];
}

/** An event. `subject` is the record as it was right after the change, which may not be the last one of this step. */
export type Publish =
  | { readonly type: 'publish'; readonly event: GroupCallEventType; readonly subject: GroupCallRecord }
  | { readonly type: 'publish'; readonly event: CallEventType; readonly subject: CallRecord };

/** Answer with the input `prepared` of the same batch once this step is durable. At most one a step, last. */
export interface Prepare {
  readonly type: 'prepare';
  readonly batch: number;
}

/** Send the INVITE. The leg's reports come back with the same `attempt`. */
export interface Place {
  readonly type: 'place';
  readonly attempt: number;
  readonly leg: Omit<PlaceLeg, 'listener'>;
}

/** Give up a leg that has not answered. At most one a leg and attempt. */
export interface Cancel {
  readonly type: 'cancel';
  readonly callId: CallId;
  readonly reason: ReleaseReason;
}

/** End a leg that has answered, be it too late. At most one a leg. */
export interface Release {
  readonly type: 'release';
  readonly callId: CallId;
  readonly reason: ReleaseReason;
}

/** Join the winner with the caller, or with the server's own audio. */
export interface Connect {
  readonly type: 'connect';
  readonly callId: CallId;
  readonly caller: CallId | undefined;
}

/** Feed the input `timer` with this key, `delayMs` from now. No timer of the same key runs. */
export interface SetTimer {
  readonly type: 'set-timer';
  readonly key: TimerKey;
  readonly delayMs: number;
}

export interface ClearTimer {
  readonly type: 'clear-timer';
  readonly key: TimerKey;
}

/** Find out how `uri`, to which a 3xx points, can be rung; answer with the input `redirect-resolved` (rule 22). */
export interface ResolveRedirect {
  readonly type: 'resolve-redirect';
  readonly callId: CallId;
  readonly attempt: number;
  readonly uri: string;
}

/** 180 to the caller. At most one a tree. */
export interface CallerRinging {
  readonly type: 'caller-ringing';
  readonly caller: CallId;
}

/** 183 to the caller, with the early SDP of the leg `from`. At most one a leg. */
export interface CallerProgress {
  readonly type: 'caller-progress';
  readonly caller: CallId;
  readonly from: CallId;
}

/** The final refusal to a caller who was never connected. At most one a tree. */
export interface CallerReject {
  readonly type: 'caller-reject';
  readonly caller: CallId;
  readonly sipCode: number;
}

/** BYE to a caller who was connected. At most one a tree. */
export interface CallerRelease {
  readonly type: 'caller-release';
  readonly caller: CallId;
  readonly reason: ReleaseReason;
}

/** Everything is over, on every side: the tree can be forgotten. Once a tree, the last effect of all. */
export interface Finished {
  readonly type: 'finished';
}

/** What is to be done after a step, in the order in which it happened. */
export type Effect =
  | Persist
  | Publish
  | Prepare
  | Place
  | Cancel
  | Release
  | Connect
  | SetTimer
  | ClearTimer
  | ResolveRedirect
  | CallerRinging
  | CallerProgress
  | CallerReject
  | CallerRelease
  | Finished;
