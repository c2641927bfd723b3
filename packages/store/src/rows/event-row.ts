import type { CallRecord, ContactSubject, CustomerId, DomainEvent, GroupCallRecord } from '@groupcall/engine';
import type { StoredEvent } from '../store.ts';
import type { SqlValue } from './column.ts';
import { fromMicros, toMicros } from './micros.ts';
import { parseDoc } from './doc.ts';

/** An event of the outbox. */
export interface EventRow {
  /** Its place among all events, from 1, without gaps. */
  readonly position: number;
  /** Its place among the customer's events, from 1, without gaps. */
  readonly seq: number;
  readonly customer_id: string;
  readonly id: string;
  readonly type: string;
  /** Microseconds since the epoch. */
  readonly tm: number;
  readonly subject_id: string;
  /** The root of the tree that the event belongs to; of a contact, none. */
  readonly root_id: string | null;
  /** The subject as JSON. */
  readonly doc: string;
}

/** The columns in the order of their values; the first two are given by the database, the rest by {@link pushEvent}. */
export const EVENT_COLUMNS = [
  'position',
  'seq',
  'customer_id',
  'id',
  'type',
  'tm',
  'subject_id',
  'root_id',
  'doc',
] as const satisfies readonly (keyof EventRow)[];

/** How many values {@link pushEvent} appends. */
export const EVENT_WIDTH = EVENT_COLUMNS.length - 2;

/** Appends the event's values, without its position and seq; `doc` is the subject's JSON. */
export function pushEvent(values: SqlValue[], event: DomainEvent, doc: string): void {
  const subject: GroupCallRecord | CallRecord | ContactSubject = event.subject;
  const isContact = 'extensionId' in subject;
  values.push(
    event.customerId,
    event.id,
    event.type,
    toMicros(event.tm),
    isContact ? subject.extensionId : subject.id,
    isContact ? null : subject.rootId,
    doc,
  );
}

/** The event of a row. Throws StoreError `STORE_CORRUPT` when the row is damaged. */
export function eventOf(row: EventRow): StoredEvent {
  const event = {
    id: row.id,
    type: row.type,
    tm: fromMicros(row.tm),
    customerId: row.customer_id as CustomerId,
    subject: parseDoc('events', row.doc),
  };
  return { position: row.position, seq: row.seq, event: event as DomainEvent };
}
