import { QueuedTimer } from './timer-queue.ts';

/** Whom a timer tells that it is due. */
export interface TimerOwner<Name extends string> {
  /** Must not throw. */
  onTimer(name: Name): void;
}

/** A timer of one transaction. It is several of RFC 3261's timers, one after the other, and its name says which one now. */
export class TransactionTimer<Name extends string> extends QueuedTimer {
  readonly #owner: TimerOwner<Name>;
  name: Name;
  /** How long it waits, ms: what the next pause between retransmissions is made of. */
  delayMs = 0;

  constructor(owner: TimerOwner<Name>, name: Name) {
    super();
    this.#owner = owner;
    this.name = name;
  }

  override fire(): void {
    this.#owner.onTimer(this.name);
  }
}
