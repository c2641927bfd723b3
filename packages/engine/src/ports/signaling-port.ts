import type { Address } from '../records/address.ts';
import type { CallId, CustomerId } from '../records/ids.ts';

/** How a leg reaches its phone. */
export type LegRoute =
  /** A registered phone: `contactId` is the location service's key. */
  | { readonly kind: 'contact'; readonly aor: string; readonly contactId: string; readonly uri: string }
  /** Straight to a SIP URI. */
  | { readonly kind: 'uri'; readonly uri: string }
  /** A telephone number (E.164 with `+`) through a trunk. */
  | {
      readonly kind: 'trunk';
      readonly trunkId: string;
      readonly number: string;
      /** New calls a second and calls at once that the trunk takes; absent: no limit. The engine sees to both. */
      readonly maxCps?: number;
      readonly maxCalls?: number;
    };

/** Why a leg is given up; what the phone is told follows from it (rules 6 and 7). */
export type ReleaseReason =
  | 'elsewhere'
  | 'caller-gone'
  | 'ring-timeout'
  | 'total-timeout'
  | 'talk-timeout'
  | 'hang-up'
  | 'normal'
  | 'failed'
  | 'shutdown';

/** How one attempt to reach a phone ended, in the engine's words. */
export type LegOutcome =
  /** 486, 600, 603. */
  | 'busy'
  /** 408, 480, or a 487 that we did not ask for. */
  | 'noanswer'
  /** A redirection (3xx); `redirectTo` says where. */
  | 'redirected'
  /** Any other refusal, no route, no reply at all. */
  | 'failed'
  /** It ended because we cancelled it. */
  | 'cancelled'
  /** The phone hung up, or our hang-up went through, after an answer. */
  | 'normal';

export interface LegEnd {
  readonly by: 'remote' | 'local';
  readonly outcome: LegOutcome;
  /** Final SIP status; 0 when none came. */
  readonly sipCode: number;
  /** For people: `486 Busy Here`, `no reply to INVITE within 32 s`. */
  readonly detail: string;
  /** Where a 3xx points, best first. */
  readonly redirectTo: readonly string[];
  /** A fault of the way and not of the phone (5xx, no reply, unreachable): another trunk may do better. */
  readonly tryNextRoute: boolean;
}

/** What a leg reports. Called from the network's callbacks, never from within a call of {@link SignalingPort}. */
export interface LegListener {
  /** The Call-ID of this attempt. */
  placed(sipCallId: string): void;
  /** A 18x came. `earlyMedia`: it carried SDP. */
  ringing(sipCode: number, earlyMedia: boolean): void;
  /** The first 2xx came, be it after a cancel. */
  answered(): void;
  /** A CANCEL or BYE with this Reason header field left (`''`: without one). */
  released(reasonSent: string): void;
  /** Comes once, last. */
  ended(end: LegEnd): void;
}

export interface PlaceLeg {
  readonly callId: CallId;
  readonly customerId: CustomerId;
  /** The customer's SIP domain. */
  readonly domain: string;
  readonly route: LegRoute;
  readonly source: Address;
  /** Shown in place of the source. */
  readonly callerId?: string;
  /** Hide who calls (RFC 3323). */
  readonly anonymous: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** The incoming call whose offer this leg gets; absent: the server's own audio is offered. */
  readonly caller?: CallId;
  readonly listener: LegListener;
}

/** How the caller's side ended. */
export interface CallerEnd {
  readonly by: 'remote' | 'local';
  readonly kind: 'cancel' | 'bye' | 'no-ack' | 'rejected' | 'failed';
  /** For people. */
  readonly detail: string;
}

/** What the caller's call reports. Called from the network's callbacks, never from within a call of the port. */
export interface CallerListener {
  /** The caller wants no more, or can't be reached: CANCEL, BYE, no ACK, transport gone. Then, or with it, {@link ended}. */
  gone(end: CallerEnd): void;
  /** Everything on the caller's side is over. Comes once, last. */
  ended(end: CallerEnd): void;
}

/** An incoming call that may ring somebody, already authenticated. */
export interface IncomingCall {
  readonly callId: CallId;
  readonly sipCallId: string;
  readonly customerId: CustomerId;
  readonly source: Address;
  /** User part of the Request-URI. */
  readonly dialled: string;
  /** Host part of the Request-URI. */
  readonly dialledDomain: string;
  readonly from: 'extension' | 'trunk';
  /** Wires the reports; what came before is told at once, after this call has returned. */
  attach(listener: CallerListener): void;
}

/** Phones. Orders are fire-and-forget, never throw, and are ignored when they come too late. */
export interface SignalingPort {
  /** Sends the INVITE. */
  place(leg: PlaceLeg): void;
  /** Before an answer: CANCEL, held until the first 1xx. */
  cancel(callId: CallId, reason: ReleaseReason): void;
  /** After an answer, also a late one: ACK if it is still owed, then BYE. */
  release(callId: CallId, reason: ReleaseReason): void;
  /** ACKs the winner's answer and joins it with the caller, or with the server's own audio when there is no caller. */
  connect(callId: CallId, caller: CallId | undefined): void;
  /** 180 to the caller. */
  callerRinging(caller: CallId): void;
  /** 183 to the caller, with the early SDP of that leg. */
  callerProgress(caller: CallId, from: CallId): void;
  /** The final refusal to the caller. */
  callerReject(caller: CallId, sipCode: number): void;
  /** BYE to the caller (or a refusal, if it was never answered). */
  callerRelease(caller: CallId, reason: ReleaseReason): void;
}
