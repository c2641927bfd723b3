import { groupCallNotFound, notWritten } from '../errors.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CustomerId, GroupCallId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';
import { createHangUpGroupCall } from './hang-up-group-call.ts';
import { OnceAtATime } from './once-at-a-time.ts';

/**
 * Deletes a group call; one that lives is hung up first, and is deleted when it is over (rule 13). Deleting again changes
 * nothing. Resolves when the change is durable.
 *
 * @throws EngineError GROUPCALL_NOT_FOUND, also for another customer's; SERVICE_UNAVAILABLE when it could not be written.
 */
export function createDeleteGroupCall(context: UseCaseContext) {
  const { runner, store, clock, ids } = context;
  const hangUpGroupCall = createHangUpGroupCall(context);
  const deleting = new OnceAtATime<GroupCallRecord>();

  return async function deleteGroupCall(customerId: CustomerId, id: GroupCallId): Promise<GroupCallRecord> {
    const live = runner.find(id);
    const before = live?.groupCallRecord(id);
    if (live === undefined || before === undefined) {
      return deleting.run(`${customerId} ${id}`, () => deleteStored(customerId, id));
    }
    if (before.customerId !== customerId) throw groupCallNotFound(id);
    live.push({ type: 'delete', id });
    await live.durable().catch((error: unknown) => {
      throw notWritten(error);
    });
    return live.groupCallRecord(id) ?? before;
  };

  async function deleteStored(customerId: CustomerId, id: GroupCallId): Promise<GroupCallRecord> {
    const ended = await hangUpGroupCall(customerId, id);
    if (ended.tmDelete !== undefined) return ended;
    const now = clock.now();
    const subject = { ...ended, tmUpdate: now, tmDelete: now };
    const event = { id: ids.uuid(), type: 'groupcall_deleted', tm: now, customerId, subject } as const;
    await store.commit({ groupCalls: [subject], calls: [], events: [event] }).catch((error: unknown) => {
      throw notWritten(error);
    });
    return subject;
  }
}
