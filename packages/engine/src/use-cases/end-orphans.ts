import type { Change } from '../ports/call-store.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { DomainEvent } from '../records/domain-event.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { GroupCallId } from '../records/ids.ts';
import type { UseCaseContext } from './context.ts';
import { endedCall, endedGroupCall } from './ended-record.ts';

/** Unfinished records of one root. */
export interface Orphan {
  readonly groupCalls: readonly GroupCallRecord[];
  readonly calls: readonly CallRecord[];
}

type Gathered = { -readonly [Kind in keyof Orphan]: Orphan[Kind][number][] };

/** How many roots are written at once. */
const BATCH = 200;

/**
 * Ends the records that a crash left unfinished, with their events: calls first, then group calls from the innermost out
 * (rule 16: what can't go on is ended). For the start of the server, before anything is taken. Resolves with the number of
 * roots that were ended.
 */
export function createEndOrphans({ store, clock, ids, logger }: UseCaseContext) {
  return async function endOrphans(): Promise<number> {
    const orphans = [...byRoot(await store.unfinished()).values()];
    const now = clock.now();
    for (let at = 0; at < orphans.length; at += BATCH) {
      const changes = orphans.slice(at, at + BATCH).map((orphan) => endOrphan(orphan, now, () => ids.uuid()));
      await Promise.all(changes.map((change) => store.commit(change)));
    }
    if (orphans.length > 0) logger.warn({ ended: orphans.length }, 'calls that a stop cut off were ended');
    return orphans.length;
  };
}

/** What is left unfinished of one root, ended; in the order in which it is told. */
export function endOrphan({ groupCalls, calls }: Orphan, now: number, nextId: () => string): Change {
  const endedCalls = calls.map((call) => endedCall(call, now));
  const endedGroupCalls = innermostFirst(groupCalls).map((groupCall) => endedGroupCall(groupCall, now));
  const events: DomainEvent[] = [];
  for (const subject of endedCalls) {
    events.push({ id: nextId(), type: 'call_hangup', tm: now, customerId: subject.customerId, subject });
  }
  for (const subject of endedGroupCalls) {
    events.push({ id: nextId(), type: 'groupcall_hangup', tm: now, customerId: subject.customerId, subject });
  }
  return { calls: endedCalls, groupCalls: endedGroupCalls, events };
}

function byRoot({ groupCalls, calls }: Orphan): Map<GroupCallId, Orphan> {
  const roots = new Map<GroupCallId, Gathered>();
  const rootOf = ({ rootId }: { readonly rootId: GroupCallId }): Gathered => {
    const known = roots.get(rootId);
    if (known !== undefined) return known;
    const orphan: Gathered = { groupCalls: [], calls: [] };
    roots.set(rootId, orphan);
    return orphan;
  };
  for (const groupCall of groupCalls) rootOf(groupCall).groupCalls.push(groupCall);
  for (const call of calls) rootOf(call).calls.push(call);
  return roots;
}

function innermostFirst(groupCalls: readonly GroupCallRecord[]): readonly GroupCallRecord[] {
  const around = new Map(groupCalls.map(({ id, masterGroupcallId }) => [id, masterGroupcallId]));
  const depthOf = (id: GroupCallId): number => {
    let depth = 0;
    for (let outer = around.get(id); outer !== undefined && depth < around.size; outer = around.get(outer)) depth++;
    return depth;
  };
  return groupCalls
    .map((groupCall) => ({ groupCall, depth: depthOf(groupCall.id) }))
    .sort((one, other) => other.depth - one.depth)
    .map(({ groupCall }) => groupCall);
}
