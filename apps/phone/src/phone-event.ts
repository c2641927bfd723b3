import type { Direction } from './sdp.ts';
import type { RtpCounts } from './audio.ts';

export type CallDirection = 'in' | 'out';

/** How a call ended, in words a phone's display would use. */
export type EndReason =
  /** Somebody hung up after the answer. */
  | 'hung up'
  /** The caller gave up, or the time to answer ran out: a missed call. */
  | 'missed'
  /** Another phone took it: no missed call. */
  | 'answered elsewhere'
  /** This phone gave up its own call before an answer. */
  | 'cancelled'
  /** This phone refused an incoming call. */
  | 'declined'
  /** The other side refused a call of this phone; `status` says how. */
  | 'refused'
  /** Nothing came back, the answer was never acknowledged, the network failed, or no common audio. */
  | 'failed';

/** What a phone reports. Written as one line of JSON each by the command line program. */
export type PhoneEvent =
  /** The sockets are open. Comes first. */
  | {
      readonly event: 'ready';
      readonly user: string;
      readonly transport: string;
      readonly address: string;
      readonly port: number;
    }
  | { readonly event: 'registered'; readonly contact: string; readonly expires: number }
  /** `status` is that of the refusal; 200 when the phone itself wanted it. */
  | { readonly event: 'unregistered'; readonly status: number; readonly reason: string }
  /** An INVITE of this phone left. */
  | { readonly event: 'calling'; readonly callId: string; readonly to: string }
  /** This phone rings, or (`out`) it was told that the other one does. */
  | {
      readonly event: 'ringing';
      readonly callId: string;
      readonly direction: CallDirection;
      readonly from: string;
      readonly to: string;
      readonly status: number;
    }
  /** A CANCEL came for the ringing call; `reason` holds its Reason header fields. */
  | {
      readonly event: 'cancelled';
      readonly callId: string;
      readonly reason: readonly string[];
      readonly answeredElsewhere: boolean;
    }
  /** A 2xx was sent or came. */
  | { readonly event: 'answered'; readonly callId: string; readonly direction: CallDirection }
  /** The ACK is through: both sides may talk. */
  | { readonly event: 'talking'; readonly callId: string; readonly direction: CallDirection }
  /** `direction` is what this phone does from now on; `by` says who changed it. */
  | { readonly event: 'media'; readonly callId: string; readonly by: 'local' | 'remote'; readonly direction: Direction }
  /** Once a second while talking, and before `ended`. */
  | ({ readonly event: 'rtp'; readonly callId: string } & RtpCounts)
  | {
      readonly event: 'ended';
      readonly callId: string;
      readonly direction: CallDirection;
      readonly by: 'local' | 'remote';
      readonly reason: EndReason;
      /** The final status of the INVITE, 0 when there was none. */
      readonly status: number;
      /** The Reason header fields of the BYE or CANCEL that came. */
      readonly reasonHeaders: readonly string[];
      /** Of this phone, since it was started. */
      readonly missedCalls: number;
    }
  /** A command could not be done, or something failed outside a call. */
  | { readonly event: 'error'; readonly code: string; readonly message: string; readonly help?: string };
