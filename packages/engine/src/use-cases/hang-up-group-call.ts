import { groupCallNotFound, notWritten } from '../errors.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CustomerId, GroupCallId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';
import { endOrphan } from './end-orphans.ts';

/**
 * Ends a group call, root or nested, with all that is in it. One that has ended is returned as it is (rule 13). Resolves
 * when the change is durable; the phones were told before.
 *
 * @throws EngineError GROUPCALL_NOT_FOUND, also for another customer's; SERVICE_UNAVAILABLE when it could not be written.
 */
export function createHangUpGroupCall({ runner, store, clock, ids }: UseCaseContext) {
  return async function hangUpGroupCall(customerId: CustomerId, id: GroupCallId): Promise<GroupCallRecord> {
    const live = runner.find(id);
    const before = live?.groupCallRecord(id) ?? (await store.groupCall(id));
    if (before?.customerId !== customerId) throw groupCallNotFound(id);
    if (before.status === 'hangup') return before;
    if (live === undefined) return endStored(before);
    live.push({ type: 'hang-up', id, cause: 'hang-up' });
    await live.durable().catch((error: unknown) => {
      throw notWritten(error);
    });
    return live.groupCallRecord(id) ?? before;
  };

  /** Nobody carries it any more, though its record says so: its last commit was lost. */
  async function endStored(stale: GroupCallRecord): Promise<GroupCallRecord> {
    const change = endOrphan({ groupCalls: [stale], calls: [] }, clock.now(), () => ids.uuid());
    await store.commit(change).catch((error: unknown) => {
      throw notWritten(error);
    });
    return change.groupCalls[0] ?? stale;
  }
}
