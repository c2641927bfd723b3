import { callNotFound, groupCallNotFound } from '../errors.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CallId, CustomerId, GroupCallId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';

/**
 * Reads a group call as it is now, also a deleted one (rule 13).
 *
 * @throws EngineError GROUPCALL_NOT_FOUND, also for another customer's.
 */
export function createGetGroupCall({ runner, store }: UseCaseContext) {
  return async function getGroupCall(customerId: CustomerId, id: GroupCallId): Promise<GroupCallRecord> {
    const record = runner.find(id)?.groupCallRecord(id) ?? (await store.groupCall(id));
    if (record?.customerId !== customerId) throw groupCallNotFound(id);
    return record;
  };
}

/**
 * Reads a call as it is now, also a deleted one.
 *
 * @throws EngineError CALL_NOT_FOUND, also for another customer's.
 */
export function createGetCall({ runner, store }: UseCaseContext) {
  return async function getCall(customerId: CustomerId, id: CallId): Promise<CallRecord> {
    const record = runner.find(id)?.callRecord(id) ?? (await store.call(id));
    if (record?.customerId !== customerId) throw callNotFound(id);
    return record;
  };
}
