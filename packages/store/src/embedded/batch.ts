import type { CallRecord, Change, GroupCallRecord } from '@groupcall/engine';
import type { SqlValue } from '../rows/column.ts';
import { callTable } from '../rows/call-row.ts';
import { toDoc } from '../rows/doc.ts';
import { pushEvent } from '../rows/event-row.ts';
import { groupCallTable } from '../rows/group-call-row.ts';
import type { WriteBatch } from './messages.ts';

/**
 * Changes as the worker takes them. A record that was changed several times is written once, as it was last; its events
 * are all written. A record is made into JSON once, and shared with the event that has it as its subject.
 * @throws StoreError `STORE_DATA` when a record can't be written as JSON.
 */
export function encodeBatch(changes: readonly Change[]): WriteBatch {
  const docs = new Map<object, string>();
  const docOf = (subject: object): string => {
    const known = docs.get(subject);
    if (known !== undefined) return known;
    const doc = toDoc(subject);
    docs.set(subject, doc);
    return doc;
  };

  const lastGroupCalls = new Map<string, GroupCallRecord>();
  const lastCalls = new Map<string, CallRecord>();
  const counts = new Map<string, number>();
  const events: SqlValue[] = [];
  for (const change of changes) {
    for (const groupCall of change.groupCalls) lastGroupCalls.set(groupCall.id, groupCall);
    for (const call of change.calls) lastCalls.set(call.id, call);
    for (const event of change.events) {
      pushEvent(events, event, docOf(event.subject));
      counts.set(event.customerId, (counts.get(event.customerId) ?? 0) + 1);
    }
  }

  const groupCalls: SqlValue[] = [];
  for (const groupCall of lastGroupCalls.values()) groupCallTable.push(groupCalls, groupCall, docOf(groupCall));
  const calls: SqlValue[] = [];
  for (const call of lastCalls.values()) callTable.push(calls, call, docOf(call));
  return { groupCalls, calls, events, customers: [...counts.keys()], counts: [...counts.values()] };
}
