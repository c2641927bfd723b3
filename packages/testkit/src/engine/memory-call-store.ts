import type {
  CallId,
  CallRecord,
  CallStore,
  Change,
  CustomerId,
  DomainEvent,
  GroupCallId,
  GroupCallRecord,
  ListQuery,
  Page,
} from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import { pageOf } from './list-page.ts';

const GROUP_CALL_FILTERS = [
  'id',
  'status',
  'ring_method',
  'answer_method',
  'hangup_reason',
  'owner_id',
  'flow_id',
  'master_call_id',
  'master_groupcall_id',
  'answer_call_id',
  'tm_create',
  'tm_update',
];

const CALL_FILTERS = [
  'id',
  'status',
  'direction',
  'hangup_by',
  'hangup_reason',
  'groupcall_id',
  'flow_id',
  'master_call_id',
  'tm_create',
  'tm_update',
];

interface WaitingCommit {
  readonly change: Change;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Keeps group calls, calls and events in memory. A test can hold the "disk" back ({@link hold}) to look at what happens
 * before a change is durable, or break it ({@link failCommits}).
 */
export class MemoryCallStore implements CallStore {
  readonly #groupCalls = new Map<GroupCallId, GroupCallRecord>();
  readonly #calls = new Map<CallId, CallRecord>();
  readonly #events: DomainEvent[] = [];
  #waiting: WaitingCommit[] = [];
  #held = false;
  #failure: Error | undefined;
  #closed = false;
  #commits = 0;

  /** Every event that is durable, in the order of its commit. */
  get events(): readonly DomainEvent[] {
    return this.#events;
  }

  /** How many changes were written. */
  get commits(): number {
    return this.#commits;
  }

  /** How many changes wait for the disk. */
  get waiting(): number {
    return this.#waiting.length;
  }

  eventsOf(customerId: CustomerId): readonly DomainEvent[] {
    return this.#events.filter((event) => event.customerId === customerId);
  }

  allCalls(): readonly CallRecord[] {
    return [...this.#calls.values()];
  }

  allGroupCalls(): readonly GroupCallRecord[] {
    return [...this.#groupCalls.values()];
  }

  /** From now on nothing becomes durable, until {@link release}. */
  hold(): void {
    this.#held = true;
  }

  /** Writes what waits, in order, and goes on at once from then on. */
  release(): void {
    this.#held = false;
    this.#flush();
  }

  /** Every commit from now on fails with `error`; `undefined` mends the disk. */
  failCommits(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Idempotent. Later commits are refused. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  commit(change: Change): Promise<void> {
    if (this.#closed) return Promise.reject(new AppError('STORE_CLOSED', 'the store is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
      if (!this.#held) this.#flush();
    });
  }

  groupCall(id: GroupCallId): Promise<GroupCallRecord | undefined> {
    return Promise.resolve(this.#groupCalls.get(id));
  }

  call(id: CallId): Promise<CallRecord | undefined> {
    return Promise.resolve(this.#calls.get(id));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- A query that is wrong must reject and not throw.
  async listGroupCalls(query: ListQuery): Promise<Page<GroupCallRecord>> {
    return pageOf(this.#groupCalls.values(), query, GROUP_CALL_FILTERS);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- A query that is wrong must reject and not throw.
  async listCalls(query: ListQuery): Promise<Page<CallRecord>> {
    return pageOf(this.#calls.values(), query, CALL_FILTERS);
  }

  unfinished(): Promise<{ readonly groupCalls: readonly GroupCallRecord[]; readonly calls: readonly CallRecord[] }> {
    return Promise.resolve({
      groupCalls: this.allGroupCalls().filter((groupCall) => groupCall.status !== 'hangup'),
      calls: this.allCalls().filter((call) => call.status !== 'hangup'),
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { change, resolve, reject } of waiting) {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        continue;
      }
      this.#write(change);
      resolve();
    }
  }

  #write(change: Change): void {
    for (const groupCall of change.groupCalls) this.#groupCalls.set(groupCall.id, groupCall);
    for (const call of change.calls) this.#calls.set(call.id, call);
    this.#events.push(...change.events);
    this.#commits++;
  }
}
