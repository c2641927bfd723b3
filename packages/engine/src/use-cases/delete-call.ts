import { callNotFound, notWritten } from '../errors.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { CallId, CustomerId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';
import { createHangUpCall } from './hang-up-call.ts';
import { OnceAtATime } from './once-at-a-time.ts';

/**
 * Deletes a call; one that lives is hung up first, and is deleted when it is over (rule 13). Deleting again changes nothing.
 * Resolves when the change is durable.
 *
 * @throws EngineError CALL_NOT_FOUND, also for another customer's; SERVICE_UNAVAILABLE when it could not be written.
 */
export function createDeleteCall(context: UseCaseContext) {
  const { runner, store, clock } = context;
  const hangUpCall = createHangUpCall(context);
  const deleting = new OnceAtATime<CallRecord>();

  return async function deleteCall(customerId: CustomerId, id: CallId): Promise<CallRecord> {
    const live = runner.find(id);
    const before = live?.callRecord(id);
    if (live === undefined || before === undefined) {
      return deleting.run(`${customerId} ${id}`, () => deleteStored(customerId, id));
    }
    if (before.customerId !== customerId) throw callNotFound(id);
    live.push({ type: 'delete', id });
    await live.durable().catch((error: unknown) => {
      throw notWritten(error);
    });
    return live.callRecord(id) ?? before;
  };

  async function deleteStored(customerId: CustomerId, id: CallId): Promise<CallRecord> {
    const ended = await hangUpCall(customerId, id);
    if (ended.tmDelete !== undefined) return ended;
    const now = clock.now();
    const call = { ...ended, tmUpdate: now, tmDelete: now };
    await store.commit({ groupCalls: [], calls: [call], events: [] }).catch((error: unknown) => {
      throw notWritten(error);
    });
    return call;
  }
}
