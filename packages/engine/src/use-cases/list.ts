import type { ListQuery, Page } from '../ports/call-store.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { UseCaseContext } from './context.ts';

/**
 * Lists group calls as they were last written, at most one commit ago: filters and pages hold for what is listed.
 *
 * @throws AppError INVALID_REQUEST_PARAMETER for a filter or token that is not right.
 */
export function createListGroupCalls({ store }: UseCaseContext) {
  return function listGroupCalls(query: ListQuery): Promise<Page<GroupCallRecord>> {
    return store.listGroupCalls(query);
  };
}

/** As {@link createListGroupCalls}, for calls. */
export function createListCalls({ store }: UseCaseContext) {
  return function listCalls(query: ListQuery): Promise<Page<CallRecord>> {
    return store.listCalls(query);
  };
}
