import type { Address, Destination } from './address.ts';
import type { CallStatus, HangupBy, HangupReason } from './call-record.ts';
import type { CallId, CustomerId, GroupCallId } from './ids.ts';

export const RING_METHODS = ['ring_all', 'linear'] as const;
export type RingMethod = (typeof RING_METHODS)[number];

export const ANSWER_METHODS = ['hangup_others'] as const;
export type AnswerMethod = (typeof ANSWER_METHODS)[number];

/** `progressing` rings or talks; `hangup` is final. Answered is `progressing` with an answer id. */
export type GroupCallStatus = 'progressing' | 'hangingup' | 'hangup';

/** What one destination did and why: the one record of what happened. Times in ms since the epoch. */
export interface LegRecord {
  /** Index into the group call's `destinations`. */
  readonly destination: number;
  /** Set when the destination is one phone. */
  readonly callId?: CallId;
  /** Set when the destination is a nested group call. */
  readonly groupcallId?: GroupCallId;
  /** `''` until it is tried. */
  readonly status: CallStatus | GroupCallStatus | '';
  readonly hangupBy: HangupBy;
  readonly hangupReason: HangupReason;
  /** The final SIP status that the phone sent; 0 when none came. */
  readonly sipCode: number;
  /** The Reason header field that the phone got with its CANCEL or BYE; `''` when none was sent. */
  readonly reasonSent: string;
  /** One plain sentence. */
  readonly why: string;
  readonly tmDial?: number;
  readonly tmRinging?: number;
  readonly tmAnswer?: number;
  readonly tmConfirm?: number;
  readonly tmHangup?: number;
}

/** A group call as it is stored and shown. Times in ms since the epoch; absent = has not come. */
export interface GroupCallRecord {
  readonly id: GroupCallId;
  readonly customerId: CustomerId;
  /** The group call at the top of the tree; its own id for a root. */
  readonly rootId: GroupCallId;
  readonly ownerType: string;
  readonly ownerId?: string;
  readonly source: Address;
  readonly destinations: readonly Destination[];
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  readonly status: GroupCallStatus;
  readonly flowId?: string;
  /** The incoming call on whose behalf this one rings. */
  readonly masterCallId?: CallId;
  /** The group call of which this one is a destination. */
  readonly masterGroupcallId?: GroupCallId;
  readonly answerCallId?: CallId;
  readonly answerGroupcallId?: GroupCallId;
  /** In the order of `destinations`; nested ones stand in `groupcallIds`. */
  readonly callIds: readonly CallId[];
  readonly groupcallIds: readonly GroupCallId[];
  /** Legs of this level that are alive. */
  readonly callCount: number;
  /** Nested group calls of this level that are alive. */
  readonly groupcallCount: number;
  /** With `linear`: index of the destination that is being tried. */
  readonly dialIndex: number;
  readonly hangupReason: HangupReason;
  readonly legs: readonly LegRecord[];
  readonly tmCreate: number;
  readonly tmUpdate?: number;
  readonly tmDelete?: number;
}
