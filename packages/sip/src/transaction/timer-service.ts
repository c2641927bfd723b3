import type { Clock, TimerHandle } from '@groupcall/kernel';
import { type QueuedTimer, TimerQueue } from './timer-queue.ts';

/**
 * The clock may be this much ahead of a timer, or behind it, before it is taken to have been moved: more than a timer that
 * is fired early by the rounding of milliseconds, less than a round trip.
 */
const MAX_DRIFT_MS = 250;

/** A queue, and the one timer of the clock that waits for its head. */
interface Wait {
  readonly queue: TimerQueue;
  readonly onClock: () => void;
  handle: TimerHandle | undefined;
  /** What the handle waits for, in the time of the service. */
  until: number;
  /** Its timers are being fired; what is started meanwhile waits behind them. */
  isFiring: boolean;
}

/**
 * The timers of all transactions. They use a handful of durations, so there is a queue for each, with one timer of the clock
 * in front: to start or to stop one costs no allocation, no search, and mostly nothing of the clock.
 *
 * Its time goes on evenly where the clock does not: when the wall clock is set, or the process was stopped for a while, what
 * waits goes on waiting for as long as was asked, and does not run out all at once.
 */
export class TimerService {
  readonly #clock: Clock;
  readonly #waits = new Map<number, Wait>();
  /** Added to the clock's time. */
  #correction = 0;
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many timers run. */
  get running(): number {
    return this.#running;
  }

  /** Has a timer fire once, `delayMs` from now, also if it runs already. */
  start(timer: QueuedTimer, delayMs: number): void {
    this.#remove(timer);
    const wait = this.#waits.get(delayMs) ?? this.#addWait(delayMs);
    timer.dueAt = this.#now() + delayMs;
    wait.queue.append(timer);
    this.#running++;
    if (wait.handle === undefined && !wait.isFiring) this.#arm(wait);
  }

  /** Stops a timer, if it runs. */
  stop(timer: QueuedTimer | undefined): void {
    if (timer?.queue === undefined) return;
    this.#remove(timer);
    if (this.#running === 0) this.#disarmAll();
  }

  /** Stops all timers. */
  close(): void {
    for (const { queue } of this.#waits.values()) {
      while (queue.head !== undefined) this.#remove(queue.head);
    }
    this.#disarmAll();
  }

  #remove(timer: QueuedTimer): void {
    if (timer.queue === undefined) return;
    timer.queue.remove(timer);
    this.#running--;
  }

  #now(): number {
    return this.#clock.now() + this.#correction;
  }

  #addWait(delayMs: number): Wait {
    const wait: Wait = {
      queue: new TimerQueue(delayMs),
      onClock: () => {
        this.#onClock(wait);
      },
      handle: undefined,
      until: 0,
      isFiring: false,
    };
    this.#waits.set(delayMs, wait);
    return wait;
  }

  #arm(wait: Wait): void {
    const { head } = wait.queue;
    if (head === undefined) return;
    wait.until = head.dueAt;
    wait.handle = this.#clock.setTimeout(Math.max(0, head.dueAt - this.#now()), wait.onClock);
  }

  /** A stack in which nothing happens leaves no timer of the clock behind. */
  #disarmAll(): void {
    for (const wait of this.#waits.values()) {
      this.#clock.clearTimeout(wait.handle);
      wait.handle = undefined;
    }
  }

  #onClock(wait: Wait): void {
    wait.handle = undefined;
    const drift = this.#now() - wait.until;
    if (Math.abs(drift) > MAX_DRIFT_MS) this.#correction -= drift;
    // The clock's own timers keep to the millisecond only, so it may be a little early.
    const now = Math.max(this.#now(), wait.until);
    wait.isFiring = true;
    try {
      this.#fire(wait.queue, now);
    } finally {
      wait.isFiring = false;
      this.#arm(wait);
    }
    if (this.#running === 0) this.#disarmAll();
  }

  #fire(queue: TimerQueue, now: number): void {
    for (let timer = queue.head; timer !== undefined && timer.dueAt <= now; timer = queue.head) {
      this.#remove(timer);
      timer.fire();
    }
  }
}
