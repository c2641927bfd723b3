import type { Persist } from '../group-call/effect.ts';
import type { CallStore, Change } from '../ports/call-store.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { DomainEvent } from '../records/domain-event.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';

/** Whose changes a lane writes. */
export interface CommitLaneOwner {
  /** The record as it is now; undefined when there is none. */
  groupCallRecord(id: GroupCallId): GroupCallRecord | undefined;
  callRecord(id: CallId): CallRecord | undefined;
  /** Everything of one commit is durable. `batch`: the newest `prepare` in it, 0 when it held none. */
  onCommitted(batch: number): void;
  /** A commit was not written. What was in it goes with the next one. */
  onCommitFailed(error: unknown): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What waits to be written, or is being written. */
class Load {
  readonly groupCalls = new Set<GroupCallId>();
  readonly calls = new Set<CallId>();
  readonly waiters: Waiter[] = [];
  events: DomainEvent[] = [];
  batch = 0;

  get isEmpty(): boolean {
    return this.groupCalls.size + this.calls.size + this.events.length === 0;
  }
}

/**
 * Writes the changes of one root group call, one commit at a time and in order. What changes while a commit is under way is
 * gathered for the next one, and a record is made only when it is written: ten changes of a leg cost one row.
 */
export class CommitLane {
  readonly #store: CallStore;
  readonly #owner: CommitLaneOwner;
  #next = new Load();
  #flying: Load | undefined;
  /** Something came since the last attempt to write. */
  #fresh = false;

  constructor(store: CallStore, owner: CommitLaneOwner) {
    this.#store = store;
    this.#owner = owner;
  }

  /** Everything is written. */
  get isIdle(): boolean {
    return this.#flying === undefined && this.#next.isEmpty;
  }

  /** A commit is under way. */
  get isFlying(): boolean {
    return this.#flying !== undefined;
  }

  /** These records have changed. */
  mark({ groupCalls, calls }: Persist): void {
    for (const id of groupCalls) this.#next.groupCalls.add(id);
    for (const id of calls) this.#next.calls.add(id);
    this.#fresh = true;
  }

  publish(event: DomainEvent): void {
    this.#next.events.push(event);
    this.#fresh = true;
  }

  /** Has the owner told this number when all that was marked so far is durable. */
  prepare(batch: number): void {
    this.#next.batch = batch;
    this.#fresh = true;
  }

  /** Resolves when all that was marked so far is durable; rejects with the store's error when it could not be written. */
  durable(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    const load = this.#next.isEmpty && this.#flying !== undefined ? this.#flying : this.#next;
    return new Promise((resolve, reject) => {
      load.waiters.push({ resolve, reject });
      this.retry();
    });
  }

  /** Writes what is new. What failed to be written before goes with it, and is no reason to write by itself. */
  flush(): void {
    if (this.#fresh) this.retry();
  }

  /** Writes all that is not written. */
  retry(): void {
    if (this.#flying !== undefined || (this.#next.isEmpty && this.#next.batch === 0)) return;
    const load = this.#next;
    this.#next = new Load();
    this.#flying = load;
    this.#fresh = false;
    this.#store.commit(this.#changeOf(load)).then(this.#onCommitted, this.#onFailed);
  }

  #changeOf(load: Load): Change {
    const groupCalls: GroupCallRecord[] = [];
    const calls: CallRecord[] = [];
    for (const id of load.groupCalls) {
      const record = this.#owner.groupCallRecord(id);
      if (record !== undefined) groupCalls.push(record);
    }
    for (const id of load.calls) {
      const record = this.#owner.callRecord(id);
      if (record !== undefined) calls.push(record);
    }
    return { groupCalls, calls, events: load.events };
  }

  readonly #onCommitted = (): void => {
    const load = this.#flying;
    this.#flying = undefined;
    if (load === undefined) return;
    this.flush();
    for (const { resolve } of load.waiters) resolve();
    this.#owner.onCommitted(load.batch);
  };

  readonly #onFailed = (error: unknown): void => {
    const load = this.#flying;
    this.#flying = undefined;
    if (load === undefined) return;
    const waiters = [...load.waiters, ...this.#next.waiters.splice(0)];
    for (const id of load.groupCalls) this.#next.groupCalls.add(id);
    for (const id of load.calls) this.#next.calls.add(id);
    this.#next.events = [...load.events, ...this.#next.events];
    for (const { reject } of waiters) reject(error);
    this.#owner.onCommitFailed(error);
  };
}
