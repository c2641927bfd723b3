import type { Address } from './address.ts';
import type { CallId, CustomerId, GroupCallId } from './ids.ts';

/** Moves forward only. `canceling` comes before an answer, `terminating` after it. */
export type CallStatus = 'dialing' | 'ringing' | 'progressing' | 'canceling' | 'terminating' | 'hangup';

export type CallDirection = 'outgoing' | 'incoming';

/** Which side ended the call; `''` while it lives. */
export type HangupBy = '' | 'remote' | 'local';

/** Why a call or a group call ended; `''` while it lives. See the groupcall rules for what each stands for. */
export type HangupReason = '' | 'normal' | 'busy' | 'noanswer' | 'dialout' | 'cancel' | 'failed' | 'timeout' | 'amd';

/** One call with one phone, as it is stored and shown. Times in ms since the epoch; absent = has not come. */
export interface CallRecord {
  readonly id: CallId;
  readonly customerId: CustomerId;
  /** The root of the tree this call belongs to, also when the call shows no group call. */
  readonly rootId: GroupCallId;
  readonly groupcallId?: GroupCallId;
  readonly flowId?: string;
  readonly masterCallId?: CallId;
  readonly type: 'sip';
  readonly direction: CallDirection;
  readonly source: Address;
  readonly destination: Address;
  readonly status: CallStatus;
  /** The flow action that runs; `''` when none. */
  readonly action: string;
  readonly hangupBy: HangupBy;
  readonly hangupReason: HangupReason;
  /** The final SIP status that the phone sent; 0 when none came. */
  readonly sipCode: number;
  readonly why: string;
  /** Call-ID of the dialog; `''` before it is placed. */
  readonly sipCallId: string;
  readonly tmCreate: number;
  readonly tmUpdate?: number;
  readonly tmProgressing?: number;
  readonly tmRinging?: number;
  readonly tmHangup?: number;
  readonly tmDelete?: number;
}
