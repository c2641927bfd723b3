import type { AppError } from '@groupcall/kernel';
import type { HeaderLine, SipRequest } from '../message/sip-message.ts';
import type { Flow } from '../transport/flow.ts';
import type { InviteDialog, MessageContent } from './invite-dialog-types.ts';

/** A provisional response to an incoming INVITE. */
export interface RingOptions extends MessageContent {
  /** Default 180. */
  readonly status?: 180 | 181 | 182 | 183;
}

/** An incoming INVITE outside of a dialog. Its handlers are properties, to be set at once. */
export interface ServerInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly callId: string;
  /** A final response was sent. */
  readonly ended: boolean;
  /** Sends a provisional response. All carry one To-tag; the last is repeated each minute (RFC 3261 §13.3.1.1). */
  ring(options?: RingOptions): void;
  /** Sends the 200, and again until its ACK (RFC 3261 §13.3.1.4). Undefined when a final response was already sent. */
  answer(content?: MessageContent): InviteDialog | undefined;
  /** Sends a final response from 300 to 699. Does nothing when one was already sent. */
  reject(status: number, options?: { readonly reason?: string; readonly headers?: readonly HeaderLine[] }): void;
  /**
   * The caller gave up before a final response: a CANCEL, or a BYE in the early dialog. It has its 200, and the INVITE its
   * 487.
   */
  onCancel: (request: SipRequest) => void;
  /** Our 2xx was acknowledged. */
  onAck: (ack: SipRequest) => void;
  /** No ACK came within 64*T1; a BYE was sent. */
  onNoAck: () => void;
  /** A response could not be sent. */
  onTransportError: (error: AppError) => void;
}
