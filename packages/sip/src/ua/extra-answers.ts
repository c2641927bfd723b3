import type { AppError, TimerHandle } from '@groupcall/kernel';
import type { HeaderLine } from '../message/sip-message.ts';
import type { AnsweredInvite } from './client-answer.ts';
import type { UserAgentCore } from './core.ts';
import type { DialogMember } from './dialog-table.ts';

interface ExtraAnswer {
  readonly answer: AnsweredInvite;
  readonly timer: TimerHandle;
}

/** Phones behind one INVITE that may answer too late; a 2xx beyond them is left to its sender's own timeout. */
const MAX_EXTRA_ANSWERS = 500;

/**
 * The 2xx that came too late, be it from another fork or after the INVITE was given up. Each makes a dialog of its own,
 * which gets its ACK and at once its BYE (RFC 3261 §13.2.2.4), and is watched for 64*T1, so that its retransmissions are
 * acknowledged too.
 */
export class ExtraAnswers {
  readonly #core: UserAgentCore;
  readonly #onEmpty: () => void;
  readonly #byRemoteTag = new Map<string, ExtraAnswer>();

  /** @param onEmpty is called when none is left. */
  constructor(core: UserAgentCore, onEmpty: () => void) {
    this.#core = core;
    this.#onEmpty = onEmpty;
  }

  get count(): number {
    return this.#byRemoteTag.size;
  }

  get full(): boolean {
    return this.#byRemoteTag.size >= MAX_EXTRA_ANSWERS;
  }

  get(remoteTag: string): AnsweredInvite | undefined {
    return this.#byRemoteTag.get(remoteTag)?.answer;
  }

  member(remoteTag: string): DialogMember | undefined {
    return this.get(remoteTag)?.dialog;
  }

  /** Acknowledges one and hangs it up. `headers` go into the BYE. */
  end(answer: AnsweredInvite, headers: readonly HeaderLine[]): void {
    const { remoteTag } = answer.dialog.id;
    const timer = this.#core.clock.setTimeout(this.#core.patience, () => {
      this.#byRemoteTag.delete(remoteTag);
      if (this.#byRemoteTag.size === 0) this.#onEmpty();
    });
    this.#core.counters.extraAnswers++;
    this.#byRemoteTag.set(remoteTag, { answer, timer });
    answer.acknowledge();
    answer.dialog.bye(headers);
  }

  abandon(error: AppError): void {
    for (const { answer, timer } of this.#byRemoteTag.values()) {
      this.#core.clock.clearTimeout(timer);
      answer.dialog.abandon(error);
    }
    this.#byRemoteTag.clear();
  }
}
