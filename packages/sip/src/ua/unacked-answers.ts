import type { SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { AcceptedAnswer } from './accepted-answer.ts';
import type { UserAgentCore } from './core.ts';

/** The 2xx of ours in one dialog, to the INVITE and to re-INVITEs, that wait for their ACK. */
export class UnackedAnswers {
  readonly #core: UserAgentCore;
  readonly #onNoAck: (sequence: number) => void;
  readonly #answers: AcceptedAnswer[] = [];

  /** @param onNoAck is told the CSeq number of a 2xx that was given up. */
  constructor(core: UserAgentCore, onNoAck: (sequence: number) => void) {
    this.#core = core;
    this.#onNoAck = onNoAck;
  }

  get count(): number {
    return this.#answers.length;
  }

  /** Whether the 2xx to the INVITE with that CSeq number still waits. */
  waits(sequence: number): boolean {
    return this.#answers.some((answer) => answer.sequence === sequence);
  }

  /** Sends a 2xx and keeps it until its ACK. */
  send(transaction: ServerTransaction, response: SipResponse): void {
    const { clock, t1, t2 } = this.#core;
    const answer: AcceptedAnswer = new AcceptedAnswer({
      clock,
      t1,
      t2,
      transaction,
      response,
      onNoAck: () => {
        this.#core.counters.unackedAnswers++;
        this.#take(answer.sequence);
        this.#onNoAck(answer.sequence);
      },
    });
    this.#answers.push(answer);
  }

  /** The ACK with that CSeq number has come. False when nothing waited for it: it was seen before, or fits nothing. */
  acknowledge(sequence: number): boolean {
    const answer = this.#take(sequence);
    answer?.stop();
    return answer !== undefined;
  }

  /** Waits for nothing any more. */
  close(): void {
    for (const answer of this.#answers.splice(0)) answer.stop();
  }

  #take(sequence: number): AcceptedAnswer | undefined {
    const index = this.#answers.findIndex((answer) => answer.sequence === sequence);
    return index < 0 ? undefined : this.#answers.splice(index, 1)[0];
  }
}
