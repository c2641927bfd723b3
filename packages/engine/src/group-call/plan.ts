import type { LegRoute } from '../ports/signaling-port.ts';
import type { Address, Destination } from '../records/address.ts';
import type { GroupCallOptions } from '../records/group-call-options.ts';
import type { AnswerMethod, RingMethod } from '../records/group-call-record.ts';
import type { CallId, CustomerId, GroupCallId } from '../records/ids.ts';

/** One phone to ring. */
export interface PlannedLeg {
  readonly kind: 'leg';
  readonly callId: CallId;
  /** What the call's record shows as its destination. */
  readonly destination: Address;
  /** Ways to the phone, best first: the next is tried when the one before is at fault (`tryNextRoute`). */
  readonly routes: readonly LegRoute[];
  /**
   * Set when this destination can't be rung at all: the whole sentence that its leg shows ("not dialled: no registered
   * contact"). The leg then ends `failed` at the moment it would have been placed (rule 3), and `routes` is not looked at.
   */
  readonly failure?: string;
  /** How long it rings, all its routes and redirections together, in ms (rule 15). */
  readonly ringTimeoutMs: number;
  /** How long after the begin of its group it is rung, in ms. Only `ring_all` looks at it. */
  readonly delayMs: number;
  /** Shown to this phone in place of the source. */
  readonly callerId?: string;
  /** Header fields of the INVITE: those of the options and of the destination, merged. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A group of destinations: the root, or one that is itself a destination (an agent, a saved group, several phones). */
export interface PlannedGroup {
  readonly kind: 'group';
  readonly id: GroupCallId;
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  /** As the record shows them. */
  readonly destinations: readonly Destination[];
  /** One for each of `destinations`, in the same order. */
  readonly members: readonly PlannedMember[];
  /** How long after the begin of the group around it this one begins, in ms. 0 for the root; only `ring_all` looks at it. */
  readonly delayMs: number;
  /**
   * Total time until an answer, in ms. Absent on the root: `timeoutMs` of the options, or else rule 15's default, which the
   * machine works out. Absent on a nested group: only the root's holds.
   */
  readonly timeoutMs?: number;
}

export type PlannedMember = PlannedLeg | PlannedGroup;

/** The incoming call on whose behalf we ring. */
export interface PlannedMasterCall {
  readonly callId: CallId;
  readonly sipCallId: string;
  /** Who calls. */
  readonly source: Address;
  /** What was dialled. */
  readonly destination: Address;
}

/** Who is rung, when and how, worked out to the last phone and with every id already given. Never changes afterwards. */
export interface Plan {
  readonly customerId: CustomerId;
  /** The customer's SIP domain. */
  readonly domain: string;
  readonly source: Address;
  readonly ownerType: string;
  readonly ownerId?: string;
  readonly flowId?: string;
  readonly root: PlannedGroup;
  /** Of the root; what differs for one leg stands in that leg, merged by the planner. */
  readonly options: GroupCallOptions;
  /** Hide from the phones who calls: `options.anonymous`, with `auto` already decided. */
  readonly anonymous: boolean;
  /** What happens to the answered call: it stays up, or (an empty list of actions) it is ended right after the answer. */
  readonly winner: 'stay' | 'hang-up';
  /** Absent for a group call that the API started. */
  readonly master?: PlannedMasterCall;
  /** The calls show no group call: the root's record is neither written nor told of (a single call of `POST /calls`). */
  readonly bare: boolean;
  /**
   * How long after the answer the phones that ring go on ringing, so that they can take over should the winner drop, in ms
   * (rule 11). Absent or 0: they are cancelled at once.
   */
  readonly resumeWindowMs?: number;
}
