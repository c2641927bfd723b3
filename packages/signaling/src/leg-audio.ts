import { AppError } from '@groupcall/kernel';
import type { ClientAnswer, MessageContent } from '@groupcall/sip';

/** Whom a leg talks to: the caller, or the server itself. */
export interface LegAudio {
  /** The body of the INVITE. Rejects with an AppError when there is none to be had. */
  offer(): Promise<MessageContent>;
  /**
   * Looks at what the phone answered, before anybody is told of it.
   * @throws AppError when no call can come of it.
   */
  check(content: MessageContent): void;
  /** ACKs the answer and joins the two sides. */
  connect(answer: ClientAnswer, content: MessageContent): void;
  /** Frees what was taken. Idempotent. */
  close(): void;
}

/** The two sides can't talk. The message is for people. */
export class AudioError extends AppError<'SIGNALING_NO_AUDIO'> {
  constructor(message: string) {
    super('SIGNALING_NO_AUDIO', message);
  }
}

/** What is understood within a call: the value of Allow. */
export const CALL_METHODS = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO';
