import type { Clock, TimerHandle } from '@groupcall/kernel';
import type { SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';

export interface AcceptedAnswerOptions {
  readonly clock: Clock;
  /** RFC 3261's T1 and T2, ms. */
  readonly t1: number;
  readonly t2: number;
  readonly transaction: ServerTransaction;
  /** The 2xx. */
  readonly response: SipResponse;
  /** 64*T1 have passed without an ACK. */
  readonly onNoAck: () => void;
}

/**
 * A 2xx of ours to an INVITE, from when it is sent until its ACK (RFC 3261 §13.3.1.4): repeated after T1, then at twice
 * the interval each time up to T2, over every transport, and given up after 64*T1.
 */
export class AcceptedAnswer {
  /** The CSeq number that its ACK has. */
  readonly sequence: number;
  readonly #clock: Clock;
  readonly #t2: number;
  readonly #transaction: ServerTransaction;
  readonly #response: SipResponse;
  readonly #onNoAck: () => void;
  readonly #deadline: number;
  #interval: number;
  #timer: TimerHandle | undefined;

  /** Sends it at once. */
  constructor({ clock, t1, t2, transaction, response, onNoAck }: AcceptedAnswerOptions) {
    this.#clock = clock;
    this.#t2 = t2;
    this.#transaction = transaction;
    this.#response = response;
    this.#onNoAck = onNoAck;
    this.sequence = response.cseq.number;
    this.#interval = t1;
    this.#deadline = clock.now() + 64 * t1;
    transaction.respond(response);
    this.#wait();
  }

  /** The ACK has come, or nobody waits for it any more. Idempotent. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const left = this.#deadline - this.#clock.now();
    this.#timer = this.#clock.setTimeout(Math.min(this.#interval, left), this.#onTimer);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    if (this.#clock.now() >= this.#deadline) {
      this.#onNoAck();
      return;
    }
    this.#transaction.respond(this.#response);
    this.#interval = Math.min(this.#interval * 2, this.#t2);
    this.#wait();
  };
}
