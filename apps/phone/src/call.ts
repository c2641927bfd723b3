import type { Clock, IdSource, Logger, Network } from '@groupcall/kernel';
import type { CallDirection, EndReason, PhoneEvent } from './phone-event.ts';

/** What a call needs of its phone. */
export interface CallContext {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  /** The IP address for RTP. */
  readonly address: string;
  readonly toneHz: number;
  /** Hang up after talking for that many ms. */
  readonly hangUpAfterMs: number | undefined;
  readonly report: (event: PhoneEvent) => void;
  /** Called once, when everything of the call is over. */
  readonly onEnded: (call: Call, end: CallEnd) => void;
}

export interface CallEnd {
  readonly by: 'local' | 'remote';
  readonly reason: EndReason;
  /** The final status of the INVITE, 0 when there was none. */
  readonly status: number;
  /** The Reason header fields of the BYE or CANCEL that came. */
  readonly reasonHeaders: readonly string[];
}

/** A call as the phone handles it, from either side. No method throws; what can't be done in a state gives false. */
export interface Call {
  readonly callId: string;
  readonly direction: CallDirection;
  /** Picks up. */
  answer(): boolean;
  /** Refuses a ringing call. */
  decline(status: number): boolean;
  /** Gives up a call that was not answered yet. */
  cancel(): boolean;
  /** Ends the call in whatever state it is. */
  hangUp(): boolean;
  /** Holds the call, or goes on with it. Reports `media` once the other side has agreed. */
  hold(holding: boolean): boolean;
}
