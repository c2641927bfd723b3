import type { Clock, TimerHandle } from '@groupcall/kernel';

interface PendingTimer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** 2026-01-01 00:00:00 UTC: where every FakeClock starts, so that times in failures can be compared. */
export const FAKE_EPOCH_MS = Date.UTC(2026, 0, 1);

/** A clock that moves only when told to. Timers that are due at the same moment fire in the order they were set. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Map<PendingTimer, TimerHandle>();

  constructor(startMs = FAKE_EPOCH_MS) {
    this.#now = startMs;
  }

  /** How many timers wait. A test ends with none, or something leaks. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(delayMs: number, callback: () => void): TimerHandle {
    const timer: PendingTimer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    const handle: TimerHandle = { timer };
    this.#timers.set(timer, handle);
    return handle;
  }

  clearTimeout(handle: TimerHandle | undefined): void {
    if (handle !== undefined) this.#timers.delete(handle.timer as PendingTimer);
  }

  /** Moves on by `ms` milliseconds and fires what falls due, at its own time, also what these timers set anew. */
  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  /** Moves on to the moment `ms` (since the epoch). */
  advanceTo(ms: number): void {
    for (;;) {
      const next = this.#earliest();
      if (next === undefined || next.at > ms) break;
      this.#fire(next);
    }
    this.#now = Math.max(this.#now, ms);
  }

  /** Jumps to the earliest timer and fires it. False when none waits. */
  step(): boolean {
    const next = this.#earliest();
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  /** When the earliest timer is due, in ms since the epoch. */
  get nextAt(): number | undefined {
    return this.#earliest()?.at;
  }

  #fire(timer: PendingTimer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }

  #earliest(): PendingTimer | undefined {
    let earliest: PendingTimer | undefined;
    for (const timer of this.#timers.keys()) {
      if (
        earliest === undefined ||
        timer.at < earliest.at ||
        (timer.at === earliest.at && timer.order < earliest.order)
      ) {
        earliest = timer;
      }
    }
    return earliest;
  }
}
