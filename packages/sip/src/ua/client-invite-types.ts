import type { AppError } from '@groupcall/kernel';
import type { HeaderLine, SipResponse } from '../message/sip-message.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import type { DigestSecret } from './digest.ts';
import type { InviteDialog } from './invite-dialog-types.ts';

/** An INVITE to be sent. */
export interface InviteOptions {
  /** Where the INVITE is sent; undefined: to where the first route, else `uri`, resolves. */
  readonly target: Target | undefined;
  /** The Request-URI. */
  readonly uri: SipUri;
  /** The From header. A tag in it is replaced by one of our own. */
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** A preloaded route set, nearest hop first (RFC 3261 §8.1.1.1). */
  readonly routes?: readonly NameAddr[];
  /** More header lines, as they are to be sent. */
  readonly headers?: readonly HeaderLine[];
  readonly body?: Buffer | string;
  /** Default `application/sdp` when there is a body. */
  readonly contentType?: string;
  /** Answers a 401 or 407. */
  readonly credentials?: DigestSecret;
  /** Default: a new one. */
  readonly callId?: string;
  /** Default 70. */
  readonly maxForwards?: number;
  /** Header lines of the BYE to each further answer, when no `cancel` gave any. */
  readonly extraAnswerHeaders?: readonly HeaderLine[];
}

/** How an INVITE ended that was never answered by a 2xx. */
export type ClientInviteEnd =
  /** A final response of 300 or above; 487 made up here when it was cancelled before it left. */
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** No response at all (Timer B); with `cancelled`: a CANCEL was sent and no final response came within 64*T1. */
  | { readonly kind: 'timeout'; readonly cancelled?: true }
  /** It could not be sent, or the user agent was closed. */
  | { readonly kind: 'transport'; readonly error: AppError };

/** What the caller of {@link UserAgent.invite} is told. None is called before `invite` has returned. */
export interface ClientInviteHandlers {
  /** A response from 101 to 199. */
  onProvisional(response: SipResponse): void;
  /** The first 2xx, also when it came after `cancel()`. {@link ClientAnswer.acknowledge} is owed. */
  onAnswer(answer: ClientAnswer): void;
  /** Comes once, unless an answer was told. */
  onEnd(end: ClientInviteEnd): void;
  /** A CANCEL has left. */
  onCancelSent?(): void;
}

/** An INVITE on its way. */
export interface ClientInvite {
  readonly callId: string;
  readonly localTag: string;
  /**
   * Gives it up (RFC 3261 §9.1): one CANCEL, held until the first 1xx, which carries `headers` (such as Reason). Does
   * nothing after a final response, nor the second time.
   */
  cancel(headers?: readonly HeaderLine[]): void;
  /**
   * From now on the BYE to each further answer carries `headers`, in place of `extraAnswerHeaders`. Those of `cancel` go first.
   * @throws ParseError for a header line that can't be sent.
   */
  endExtraAnswersWith(headers: readonly HeaderLine[]): void;
}

/** The 2xx that won. */
export interface ClientAnswer {
  readonly response: SipResponse;
  readonly dialog: InviteDialog;
  /** Sends the ACK, once; each retransmission of the 2xx gets it again. */
  acknowledge(body?: Buffer | string, contentType?: string): void;
}
