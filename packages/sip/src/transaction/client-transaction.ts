import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Target } from '../transport/flow.ts';
import type { TransportError } from '../transport/transport-error.ts';

/** Who sent a request: told of what comes of it, never from within the call that sends. Must not throw. */
export interface ClientTransactionUser {
  /** A response that is no retransmission; for an INVITE, every 2xx (RFC 6026 §7.2). */
  onResponse(response: SipResponse): void;
  /** No final response came in time: timer B or F. */
  onTimeout(): void;
  /** The request did not leave, or the ACK to a final response. */
  onTransportError(error: TransportError): void;
  /** Comes last. */
  onTerminated?(): void;
}

/** A request on its way (RFC 3261 §17.1). */
export interface ClientTransaction {
  /** As it was sent, with its Via. */
  readonly request: SipRequest;
  readonly branch: string;
  readonly target: Target;
  readonly state: string;
  /** A 1xx has come: only then may a CANCEL be sent (RFC 3261 §9.1). */
  readonly hasProvisional: boolean;
  /** Gives it up: nothing more is sent or told, and what still comes belongs to no transaction. */
  terminate(): void;
}
