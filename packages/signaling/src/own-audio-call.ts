import type { CallId, MediaPort, MediaSession } from '@groupcall/engine';
import { type Logger, toError } from '@groupcall/kernel';
import {
  type ClientAnswer,
  type IncomingReinvite,
  type MessageContent,
  type ServerTransaction,
  type SipRequest,
  SipResponse,
} from '@groupcall/sip';
import { AudioError, CALL_METHODS, type LegAudio } from './leg-audio.ts';
import { contentOf, sdpOf } from './message-content.ts';

export interface OwnAudioCallOptions {
  readonly callId: CallId;
  readonly media: MediaPort;
  readonly logger: Logger;
}

/** Digits and the like, which are taken and need no answer of ours. */
const INFO_TYPES = ['application/dtmf-relay', 'application/dtmf', 'application/media_control+xml'];

/** A leg that talks to the server itself, for a group call with no caller. */
export class OwnAudioCall implements LegAudio {
  readonly #callId: CallId;
  readonly #media: MediaPort;
  readonly #logger: Logger;
  #session: MediaSession | undefined;
  #isClosed = false;

  constructor({ callId, media, logger }: OwnAudioCallOptions) {
    this.#callId = callId;
    this.#media = media;
    this.#logger = logger;
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.close();
  }

  async offer(): Promise<MessageContent> {
    const session = await this.#media.open(this.#callId);
    this.#session = session;
    // The leg may have been given up while the ports were being opened.
    if (this.#isClosed) session.close();
    return this.#isClosed ? {} : { body: session.offer(), contentType: 'application/sdp' };
  }

  check(content: MessageContent): void {
    const answer = sdpOf(content);
    if (answer === undefined) throw new AudioError('the phone answered without a session description');
    this.#session?.accept(answer);
  }

  connect(answer: ClientAnswer): void {
    const { dialog } = answer;
    dialog.onReinvite = (invite) => {
      this.#onReinvite(invite);
    };
    dialog.onRequest = (transaction, request) => {
      this.#onRequest(transaction, request);
    };
    answer.acknowledge();
  }

  /** Hold, resume, another port (RFC 3264 §8). What can't be met leaves the session as it is (RFC 3261 §14.2). */
  #onReinvite(invite: IncomingReinvite): void {
    const offer = sdpOf(contentOf(invite.request));
    try {
      const body = offer === undefined ? this.#session?.offer() : this.#session?.answer(offer);
      invite.respond(200, body === undefined ? {} : { body });
    } catch (error) {
      const { message } = toError(error);
      this.#logger.info({ reason: message }, 're-INVITE refused');
      // RFC 3261 §20.43: 399 is a warning in words.
      const text = message.replace(/["\\]/g, "'");
      invite.respond(488, { headers: [['Warning', `399 groupcall "${text}"`]] });
    }
  }

  /** RFC 6086 §3.2.1 and RFC 2976 §2.2: an INFO with a body that nobody understands gets 415. */
  #onRequest(transaction: ServerTransaction, request: SipRequest): void {
    const type = (request.header('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (request.method !== 'INFO') {
      transaction.respond(SipResponse.replyTo(request, 405, undefined, { headers: [['Allow', CALL_METHODS]] }));
    } else if (request.header('Info-Package') !== undefined) {
      transaction.respond(SipResponse.replyTo(request, 469, 'Bad Info Package', { headers: [['Recv-Info', '']] }));
    } else if (request.body.length > 0 && !INFO_TYPES.includes(type)) {
      transaction.respond(
        SipResponse.replyTo(request, 415, undefined, { headers: [['Accept', INFO_TYPES.join(', ')]] }),
      );
    } else {
      transaction.respond(SipResponse.replyTo(request, 200));
    }
  }
}
