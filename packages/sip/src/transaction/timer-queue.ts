/** A timer that waits in a {@link TimerQueue}. Made once, started as often as needed. */
export abstract class QueuedTimer {
  /** When it is due, in the time of its service, ms. */
  dueAt = 0;
  /** Where it waits; undefined while it does not run. Only the queue sets this and its neighbours. */
  queue: TimerQueue | undefined = undefined;
  previous: QueuedTimer | undefined = undefined;
  next: QueuedTimer | undefined = undefined;

  /** It is due. Must not throw. */
  abstract fire(): void;
}

/** The running timers of one duration, the first due at the head: every timer is appended, and taken out in one step. */
export class TimerQueue {
  /** The duration of its timers, ms. */
  readonly delayMs: number;
  #head: QueuedTimer | undefined;
  #tail: QueuedTimer | undefined;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  get head(): QueuedTimer | undefined {
    return this.#head;
  }

  append(timer: QueuedTimer): void {
    const tail = this.#tail;
    timer.queue = this;
    timer.previous = tail;
    if (tail === undefined) this.#head = timer;
    else tail.next = timer;
    this.#tail = timer;
  }

  remove(timer: QueuedTimer): void {
    const { previous, next } = timer;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    timer.queue = undefined;
    timer.previous = undefined;
    timer.next = undefined;
  }
}
