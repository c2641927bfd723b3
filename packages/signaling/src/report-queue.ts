import { type Logger, toError } from '@groupcall/kernel';

/**
 * Carries reports to the engine, each after the call that led to it has returned, and in the order in which things
 * happened. So an order of the engine is never answered from within, and the SIP stack never re-entered from below.
 */
export class ReportQueue {
  readonly #logger: Logger;
  #waiting: (() => void)[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Runs `report` as soon as the current callback is over. What it throws is logged. */
  push(report: () => void): void {
    this.#waiting.push(report);
    if (this.#waiting.length > 1) return;
    queueMicrotask(() => {
      this.#drain();
    });
  }

  #drain(): void {
    // Reports that come meanwhile are appended to the array that is being walked.
    for (const report of this.#waiting) {
      try {
        report();
      } catch (error) {
        this.#logger.error({ err: toError(error) }, 'a report was not taken');
      }
    }
    this.#waiting = [];
  }
}
