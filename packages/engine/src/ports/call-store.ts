import type { CallRecord } from '../records/call-record.ts';
import type { DomainEvent } from '../records/domain-event.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CallId, CustomerId, GroupCallId } from '../records/ids.ts';

/** What one step changed. Written whole or not at all. */
export interface Change {
  readonly groupCalls: readonly GroupCallRecord[];
  readonly calls: readonly CallRecord[];
  /** In the order they happened. */
  readonly events: readonly DomainEvent[];
}

export type FilterOperator = '=' | '>' | '<' | '>=' | '<=';

/** One condition of a list, by the API's name of the member (`ring_method`, `tm_create`). */
export interface ListFilter {
  readonly member: string;
  readonly operator: FilterOperator;
  readonly value: string;
}

export interface ListQuery {
  /** Absent: of every customer (the root key only). */
  readonly customerId?: CustomerId;
  /** 1 to 100. */
  readonly pageSize: number;
  /** From the page before, or a plain timestamp; `''` or absent: from the newest. */
  readonly pageToken?: string;
  readonly filters: readonly ListFilter[];
}

export interface Page<Item> {
  /** Newest first. */
  readonly items: readonly Item[];
  /** `''` on the last page. */
  readonly nextPageToken: string;
}

/** Where group calls, calls and events are kept. */
export interface CallStore {
  /**
   * Writes a change, together with all others of the same moment. Changes become durable in the order they were given.
   * Resolves when it is durable; rejects with a StoreError when it could not be written.
   */
  commit(change: Change): Promise<void>;
  /** Also a deleted one. */
  groupCall(id: GroupCallId): Promise<GroupCallRecord | undefined>;
  /** Also a deleted one. */
  call(id: CallId): Promise<CallRecord | undefined>;
  /** Without the deleted ones. Throws AppError `INVALID_REQUEST_PARAMETER` for a filter or token that is not right. */
  listGroupCalls(query: ListQuery): Promise<Page<GroupCallRecord>>;
  listCalls(query: ListQuery): Promise<Page<CallRecord>>;
  /** What was alive when the process ended, by `status` other than `hangup`. */
  unfinished(): Promise<{ readonly groupCalls: readonly GroupCallRecord[]; readonly calls: readonly CallRecord[] }>;
}
