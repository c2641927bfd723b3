/** Opaque handle of a pending timer, given back to {@link Clock.clearTimeout}. */
export interface TimerHandle {
  readonly timer: unknown;
}

/** Where time comes from. Tests pass a FakeClock, the server a {@link SystemClock}. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with microseconds as the fraction. Never runs backwards. */
  now(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now. The callback must not throw. */
  setTimeout(delayMs: number, callback: () => void): TimerHandle;
  /** Forgets a timer; a handle that has fired or was cleared is ignored. */
  clearTimeout(handle: TimerHandle | undefined): void;
}

/** `setTimeout` holds its delay in 32 bits; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A step of the wall clock larger than this is followed; smaller differences are left to the monotonic clock. */
const MAX_DRIFT_MS = 1000;

/** The machine's clock: monotonic between readings, and set again when the wall clock is moved forward. */
export class SystemClock implements Clock {
  #offset = performance.timeOrigin;
  #last = 0;
  #checkAt = 0;

  now(): number {
    const elapsed = performance.now();
    if (elapsed >= this.#checkAt) {
      this.#checkAt = elapsed + MAX_DRIFT_MS;
      // eslint-disable-next-line no-restricted-properties -- This is the one place where the wall clock is read.
      const wall = Date.now();
      if (Math.abs(wall - (this.#offset + elapsed)) > MAX_DRIFT_MS) this.#offset = wall - elapsed;
    }
    this.#last = Math.max(this.#last, this.#offset + elapsed);
    return this.#last;
  }

  setTimeout(delayMs: number, callback: () => void): TimerHandle {
    return { timer: setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS)) };
  }

  clearTimeout(handle: TimerHandle | undefined): void {
    if (handle !== undefined) clearTimeout(handle.timer as NodeJS.Timeout);
  }
}
