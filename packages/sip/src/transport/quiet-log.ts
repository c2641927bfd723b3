import type { Clock, LogFields, Logger } from '@groupcall/kernel';

export interface QuietLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The least time between two lines, ms. */
  readonly everyMs: number;
}

/** Logs things that a peer can make happen as often as it likes: whoever floods the port must not flood the log. */
export class QuietLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #everyMs: number;
  #nextAt = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor({ clock, logger, everyMs }: QuietLogOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#everyMs = everyMs;
  }

  /** Logs a warning, with how many were left out since the last one. */
  warn(fields: LogFields, message: string): void {
    const now = this.#clock.now();
    if (now < this.#nextAt) {
      this.#unsaid++;
      return;
    }
    this.#nextAt = now + this.#everyMs;
    this.#logger.warn(this.#unsaid === 0 ? fields : { ...fields, unsaid: this.#unsaid }, message);
    this.#unsaid = 0;
  }
}
