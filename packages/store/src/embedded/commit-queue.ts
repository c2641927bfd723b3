import type { Change } from '@groupcall/engine';
import { type Clock, toError } from '@groupcall/kernel';
import type { StoreLimits } from '../store.ts';
import { closedError, isDataFailure, StoreError } from '../store-error.ts';

export interface CommitQueueOptions {
  readonly clock: Clock;
  readonly limits: Pick<StoreLimits, 'batchRows' | 'waitingRows'>;
  /** Writes all changes in one transaction; resolves when it is durable. Called again only after it has settled. */
  readonly write: (changes: readonly Change[]) => Promise<void>;
}

interface Commit {
  readonly change: Change;
  readonly rows: number;
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
  /** Written in a transaction of its own. */
  alone: boolean;
}

/** Somebody who waits until the first so many commits have been handed over. */
interface Barrier {
  readonly commits: number;
  readonly pass: () => void;
}

/**
 * Group commit: the changes of one turn of the event loop, and those that come while the write before them is under
 * way, go to the disk in one transaction, which costs hardly more than a single change. Strictly in the order they were
 * given. No timer holds a change back: a slower disk makes larger transactions by itself, and a quick one answers at once.
 *
 * One transaction is under way at a time. When it fails, all its changes are rejected; but if one of them was at fault
 * (a value that can't be stored), each is tried again by itself, so that it takes no others with it.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Commit[] = [];
  #waitingRows = 0;
  #barriers: Barrier[] = [];
  /** Commits given so far, and those of them that were handed to the writer. */
  #given = 0;
  #handedOver = 0;
  #writing = false;
  #writingSince = Number.NEGATIVE_INFINITY;
  #scheduled = false;
  #closing = false;
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Since when the write that is under way has been so, in ms since the epoch; `undefined` when there is none. */
  get writingSince(): number | undefined {
    return this.#writing ? this.#writingSince : undefined;
  }

  /** Writes all that waits; later commits are refused. Resolves when the last write has settled. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#closing = true;
      this.#onIdle = resolve;
      if (!this.#scheduled && !this.#writing) resolve();
    });
    return this.#closed;
  }

  /** Resolves when the change is durable; rejects with a StoreError when it could not be written. */
  commit(change: Change): Promise<void> {
    if (this.#closing) return Promise.reject(closedError());
    const rows = change.groupCalls.length + change.calls.length + change.events.length;
    if (this.#waitingRows + rows > this.#options.limits.waitingRows) {
      return Promise.reject(
        new StoreError('STORE_OVERLOADED', `${this.#waitingRows} rows wait for the disk, as many as may`, {
          help: 'The disk is too slow for this load. Use a faster one, or take fewer calls.',
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, rows, resolve, reject, alone: false });
      this.#waitingRows += rows;
      this.#given++;
      this.#schedule();
    });
  }

  /**
   * Resolves when every change given so far has been handed to the writer, so that what is asked of the same worker
   * afterwards sees it; `undefined` when that is so already.
   */
  handedOver(): Promise<void> | undefined {
    if (this.#handedOver === this.#given) return undefined;
    return new Promise((pass) => {
      this.#barriers.push({ commits: this.#given, pass });
    });
  }

  #schedule(): void {
    if (this.#writing || this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#scheduled = false;
    this.#writing = true;
    this.#writingSince = this.#options.clock.now();
    const batch = this.#take();
    this.#options.write(batch.map(({ change }) => change)).then(
      () => {
        for (const { resolve } of batch) resolve();
        this.#onSettled();
      },
      (error: unknown) => {
        this.#onFailed(batch, error);
        this.#onSettled();
      },
    );
    this.#handedOver += batch.length;
    this.#passBarriers();
  }

  /** What goes into the next transaction. */
  #take(): Commit[] {
    let rows = 0;
    let count = 0;
    for (const commit of this.#waiting) {
      if (count > 0 && (commit.alone || rows + commit.rows > this.#options.limits.batchRows)) break;
      rows += commit.rows;
      count++;
      if (commit.alone) break;
    }
    this.#waitingRows -= rows;
    return this.#waiting.splice(0, count);
  }

  #passBarriers(): void {
    if (this.#barriers.length === 0) return;
    const passing = this.#barriers.filter(({ commits }) => commits <= this.#handedOver);
    this.#barriers = this.#barriers.filter(({ commits }) => commits > this.#handedOver);
    for (const { pass } of passing) pass();
  }

  #onFailed(batch: readonly Commit[], thrown: unknown): void {
    const error =
      thrown instanceof StoreError
        ? thrown
        : new StoreError('STORE_IO', `a write failed: ${toError(thrown).message}`, { cause: thrown });
    if (!isDataFailure(error) || batch.length === 1) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const commit of batch) commit.alone = true;
    this.#waiting.unshift(...batch);
    this.#waitingRows += batch.reduce((sum, { rows }) => sum + rows, 0);
    this.#handedOver -= batch.length;
  }

  #onSettled(): void {
    this.#writing = false;
    if (this.#waiting.length > 0) this.#schedule();
    else this.#onIdle?.();
  }
}
