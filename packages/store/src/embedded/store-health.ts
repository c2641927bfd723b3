import { type Clock, type Logger, type TimerHandle, toError } from '@groupcall/kernel';
import { isDataFailure, StoreError } from '../store-error.ts';

export interface StoreHealthOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retryMs: number;
  /** Tries a write that is like any other. Rejects when the disk still refuses it. */
  readonly probe: () => Promise<void>;
}

/**
 * Whether the database works. After a failure of the disk it tries a write from time to time, since nobody else would
 * while the server refuses calls for want of a store.
 */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #failure: StoreError | undefined;
  #timer: TimerHandle | undefined;
  #closed = false;

  constructor(options: StoreHealthOptions) {
    this.#options = options;
  }

  /** Why the database does not work; `undefined` when it does. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** No more tries. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A write went through. */
  succeeded(): void {
    if (this.#failure === undefined || isFinal(this.#failure)) return;
    this.#failure = undefined;
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.logger.info({}, 'the database works again');
  }

  /** An access failed. What lies in the data, and not in the database, is not looked at. */
  failed(error: unknown): void {
    const failure =
      error instanceof StoreError
        ? error
        : new StoreError('STORE_IO', `an access failed: ${toError(error).message}`, { cause: error });
    if (this.#closed || isDataFailure(failure) || failure.code === 'STORE_CLOSED') return;
    if (this.#failure === undefined) {
      this.#options.logger.error({ err: failure, code: failure.code, help: failure.help }, 'the database has failed');
    }
    if (this.#failure === undefined || isFinal(failure)) this.#failure = failure;
    if (!isFinal(this.#failure)) this.#retryLater();
  }

  #retryLater(): void {
    this.#timer ??= this.#options.clock.setTimeout(this.#options.retryMs, () => {
      this.#timer = undefined;
      this.#options.probe().then(
        () => {
          this.succeeded();
        },
        (error: unknown) => {
          this.failed(error);
        },
      );
    });
  }
}

/** True for what no further write can put right. */
function isFinal(failure: StoreError): boolean {
  return failure.code === 'STORE_WORKER_FAILED' || failure.code === 'STORE_CORRUPT';
}
