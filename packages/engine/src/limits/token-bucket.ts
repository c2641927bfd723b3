import type { Clock } from '@groupcall/kernel';

/** Fractions of a token that come from adding up times, and are no debt. */
const ROUNDING = 1e-6;

/**
 * Lets `rate` things pass in a second, and as many at once after a pause. A number that is larger than that passes when the
 * bucket is full; those behind it then wait until it is paid for.
 */
export class TokenBucket {
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#tokens = rate;
    this.#filledAt = clock.now();
  }

  /**
   * Takes `count` tokens, or none.
   *
   * @param rate tokens a second; it may differ from call to call.
   * @returns 0 when they were taken, else the time in ms after which they can be; Infinity when they never can, at a rate of 0.
   */
  take(rate: number, count: number): number {
    const now = this.#clock.now();
    this.#tokens = Math.min(rate, this.#tokens + ((now - this.#filledAt) * rate) / 1000);
    this.#filledAt = now;
    if (rate <= 0) return Infinity;
    const missing = Math.min(count, rate) - this.#tokens;
    if (missing > ROUNDING) return Math.ceil(((missing - ROUNDING) * 1000) / rate);
    this.#tokens -= count;
    return 0;
  }
}
