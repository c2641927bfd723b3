import type { AppError } from '@groupcall/kernel';
import type { DialogId } from '../dialog/dialog-id.ts';
import type { DialogState } from '../dialog/dialog.ts';
import type { HeaderLine, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';

/** What a request or response carries beside what the dialog gives it. */
export interface MessageContent {
  readonly body?: Buffer | string | undefined;
  /** Default `application/sdp` when there is a body. */
  readonly contentType?: string | undefined;
  readonly headers?: readonly HeaderLine[] | undefined;
}

/** Why a dialog ended. */
export type DialogEnd =
  | { readonly kind: 'bye-received' }
  /** Our BYE has its final response, or got none. */
  | { readonly kind: 'bye-sent' }
  /** A request of ours in the dialog got no final response at all. */
  | { readonly kind: 'timeout' }
  /** A request of ours in the dialog got 481 or 408 (RFC 3261 §12.2.1.2). */
  | { readonly kind: 'response-481-408' }
  /** A 2xx of ours was not acknowledged within 64*T1 (RFC 3261 §13.3.1.4). */
  | { readonly kind: 'no-ack' }
  /** The user agent was closed. */
  | { readonly kind: 'transport'; readonly error: AppError };

/** What {@link InviteDialog.reinvite} brings. */
export interface ReinviteResult {
  /** The final response; made up here when none came: 408, 503, 491 when another INVITE is pending, 481 after the end. */
  readonly response: SipResponse;
  /** ACKs a 2xx, once, and does nothing for another response. */
  acknowledge(body?: Buffer | string, contentType?: string): void;
}

/** A re-INVITE of the peer. */
export interface IncomingReinvite {
  readonly request: SipRequest;
  /** Answers it. The first final status counts; a 2xx is retransmitted until its ACK. */
  respond(status: number, content?: MessageContent): void;
}

/** A call that was answered, from either side. Its handlers are properties, to be set at once. */
export interface InviteDialog {
  readonly id: DialogId;
  readonly state: DialogState;
  readonly remoteTarget: SipUri;
  readonly routeSet: readonly NameAddr[];
  readonly secure: boolean;
  /**
   * Ends the call. Does nothing the second time. While our own 2xx is not acknowledged the BYE is held until its ACK or
   * its timeout (RFC 3261 §15); where an ACK is still owed by us, it goes first.
   */
  bye(headers?: readonly HeaderLine[]): void;
  /**
   * Sends a re-INVITE (RFC 3261 §14.1). Never rejects. A 491 is given to the caller, who knows when to try again.
   * @throws ParseError for a header line that can't be sent, at once; so do the others.
   */
  reinvite(content?: MessageContent): Promise<ReinviteResult>;
  /** Sends another request, such as INFO. Never rejects: a 408 or 503 is made up when no response came, a 481 after the end. */
  request(method: string, content?: MessageContent): Promise<SipResponse>;
  /** The peer hung up; its BYE has its 200. */
  onBye: (request: SipRequest) => void;
  /** Our BYE has left; with the header lines it carried. */
  onByeSent: (request: SipRequest) => void;
  /** Our BYE has its final response; undefined when none came. */
  onByeDone: (response?: SipResponse) => void;
  /** The peer sent a re-INVITE. Unset: 488, the session stays as it is. */
  onReinvite: ((invite: IncomingReinvite) => void) | undefined;
  /** Another request came, such as INFO. Unset: 405. */
  onRequest: ((transaction: ServerTransaction, request: SipRequest) => void) | undefined;
  /** The dialog is over. Comes once, last; only where the user agent sent the BYE by itself, `onByeDone` may follow. */
  onEnded: (why: DialogEnd) => void;
}
