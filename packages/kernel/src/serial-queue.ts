/**
 * Hands items to one handler, one at a time and in the order they came. An item that is pushed while the handler runs
 * waits until the handler has returned, so the handler never meets a half-done state of its own.
 */
export class SerialQueue<Item> {
  readonly #handle: (item: Item) => void;
  readonly #onError: (error: unknown, item: Item) => void;
  #waiting: Item[] = [];
  #running = false;

  /**
   * @param handle takes one item, synchronously.
   * @param onError is told what `handle` threw; the items behind it go on.
   */
  constructor(handle: (item: Item) => void, onError: (error: unknown, item: Item) => void) {
    this.#handle = handle;
    this.#onError = onError;
  }

  /** Handles `item` now, or after those that wait before it. Returns when the queue is empty or was already running. */
  push(item: Item): void {
    this.#waiting.push(item);
    if (this.#running) return;
    this.#running = true;
    try {
      this.#drain();
    } finally {
      this.#running = false;
    }
  }

  #drain(): void {
    // Items that come meanwhile are appended to the array that is being walked.
    for (const item of this.#waiting) {
      try {
        this.#handle(item);
      } catch (error) {
        this.#onError(error, item);
      }
    }
    this.#waiting = [];
  }
}
