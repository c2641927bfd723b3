import { Worker } from 'node:worker_threads';
import { toError } from '@groupcall/kernel';
import { closedError, StoreError } from '../store-error.ts';
import type { WorkerOptions, WorkerReply, WorkerRequest, WorkerResults } from './messages.ts';
import { storeErrorOf } from './sqlite-errors.ts';

/** Requests that were answered are forgotten in lots of this many, which is cheaper than one by one. */
const MAX_ANSWERED = 256;

interface WaitingRequest {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * The main thread's end of the worker that owns the database. Requests are carried out one by one in the order they are
 * given, so a read sees every write that was asked for before it.
 */
export class WorkerClient {
  /** Told once, when the worker ends on its own. */
  onFailure: (error: StoreError) => void = () => undefined;

  readonly #worker: Worker;
  readonly #path: string;
  /** The worker answers in the order it was asked: each reply is that of the oldest request. */
  #waiting: WaitingRequest[] = [];
  #oldest = 0;
  /** Set when nothing can be asked any more. */
  #ended: StoreError | undefined;
  #closed: Promise<void> | undefined;
  readonly #exited: Promise<void>;

  private constructor(options: WorkerOptions) {
    this.#path = options.path;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: options,
      name: 'groupcall-store',
    });
    this.#worker.on('message', (reply: WorkerReply) => {
      this.#onReply(reply);
    });
    this.#worker.on('error', (error: unknown) => {
      this.#fail(toError(error));
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new Error('the thread has ended'));
        resolve();
      });
    });
  }

  /** Starts the worker. Resolves when it has the database open, rejects with a StoreError when that can't be. */
  static async open(options: WorkerOptions): Promise<WorkerClient> {
    const client = new WorkerClient(options);
    try {
      await client.#expectReply();
      return client;
    } catch (error) {
      // The worker has nothing to serve and ends, which is no further failure.
      client.#ended ??= closedError();
      await client.#exited;
      throw error;
    }
  }

  /** Closes the database after all that was asked before, and ends the worker. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Asks the worker. Rejects with a StoreError. */
  request<Request extends WorkerRequest>(request: Request): Promise<WorkerResults[Request['kind']]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    try {
      this.#worker.postMessage(request);
    } catch (error) {
      return Promise.reject(new StoreError('STORE_DATA', 'a value can not be stored', { cause: error }));
    }
    return this.#expectReply() as Promise<WorkerResults[Request['kind']]>;
  }

  async #close(): Promise<void> {
    if (this.#ended === undefined) {
      const closed = this.request({ kind: 'close' });
      this.#ended = closedError();
      // A database that can't be closed properly is put right when it is opened next.
      await closed.catch(() => undefined);
    }
    await this.#exited;
  }

  #expectReply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #onReply(reply: WorkerReply): void {
    const request = this.#waiting[this.#oldest++];
    if (this.#oldest === this.#waiting.length || this.#oldest >= MAX_ANSWERED) {
      this.#waiting = this.#waiting.slice(this.#oldest);
      this.#oldest = 0;
    }
    if (reply.ok) request?.resolve(reply.result);
    else request?.reject(storeErrorOf(reply.failure, this.#path));
  }

  /** The worker ended on its own: whoever waits is told, and whoever asks from now on. */
  #fail(cause: Error): void {
    if (this.#ended === undefined) {
      this.#ended = new StoreError('STORE_WORKER_FAILED', `the database thread failed: ${cause.message}`, {
        cause,
        help: 'Restart the server; nothing that was acknowledged is lost.',
      });
      this.onFailure(this.#ended);
    }
    const waiting = this.#waiting.slice(this.#oldest);
    this.#waiting = [];
    this.#oldest = 0;
    for (const { reject } of waiting) reject(this.#ended);
  }
}
