import type {
  CallId,
  CallRecord,
  CallStore,
  Change,
  GroupCallId,
  GroupCallRecord,
  ListQuery,
  Page,
} from '@groupcall/engine';
import type { RecordReader } from '../queries/record-reader.ts';
import type { CommitQueue } from './commit-queue.ts';

/** Group calls and calls: written through the group commit, read through queries. */
export class EmbeddedCallStore implements CallStore {
  readonly #queue: CommitQueue;
  readonly #groupCalls: RecordReader<GroupCallRecord>;
  readonly #calls: RecordReader<CallRecord>;

  constructor(queue: CommitQueue, groupCalls: RecordReader<GroupCallRecord>, calls: RecordReader<CallRecord>) {
    this.#queue = queue;
    this.#groupCalls = groupCalls;
    this.#calls = calls;
  }

  commit(change: Change): Promise<void> {
    return this.#queue.commit(change);
  }

  groupCall(id: GroupCallId): Promise<GroupCallRecord | undefined> {
    return this.#groupCalls.get(id);
  }

  call(id: CallId): Promise<CallRecord | undefined> {
    return this.#calls.get(id);
  }

  listGroupCalls(query: ListQuery): Promise<Page<GroupCallRecord>> {
    return this.#groupCalls.list(query);
  }

  listCalls(query: ListQuery): Promise<Page<CallRecord>> {
    return this.#calls.list(query);
  }

  async unfinished(): Promise<{
    readonly groupCalls: readonly GroupCallRecord[];
    readonly calls: readonly CallRecord[];
  }> {
    const [groupCalls, calls] = await Promise.all([this.#groupCalls.unfinished(), this.#calls.unfinished()]);
    return { groupCalls, calls };
  }
}
