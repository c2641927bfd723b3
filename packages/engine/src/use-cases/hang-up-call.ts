import { callNotFound, notWritten } from '../errors.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { CallId, CustomerId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';
import { endOrphan } from './end-orphans.ts';

/**
 * Ends one call: a leg alone, while the others of its group ring on, or the master call and with it all that rings for it.
 * One that has ended is returned as it is (rule 13). Resolves when the change is durable.
 *
 * @throws EngineError CALL_NOT_FOUND, also for another customer's; SERVICE_UNAVAILABLE when it could not be written.
 */
export function createHangUpCall({ runner, store, clock, ids }: UseCaseContext) {
  return async function hangUpCall(customerId: CustomerId, id: CallId): Promise<CallRecord> {
    const live = runner.find(id);
    const before = live?.callRecord(id) ?? (await store.call(id));
    if (before?.customerId !== customerId) throw callNotFound(id);
    if (before.status === 'hangup') return before;
    if (live === undefined) return endStored(before);
    live.push({ type: 'hang-up', id, cause: 'hang-up' });
    await live.durable().catch((error: unknown) => {
      throw notWritten(error);
    });
    return live.callRecord(id) ?? before;
  };

  /** Nobody carries it any more, though its record says so: its last commit was lost. */
  async function endStored(stale: CallRecord): Promise<CallRecord> {
    const change = endOrphan({ groupCalls: [], calls: [stale] }, clock.now(), () => ids.uuid());
    await store.commit(change).catch((error: unknown) => {
      throw notWritten(error);
    });
    return change.calls[0] ?? stale;
  }
}
