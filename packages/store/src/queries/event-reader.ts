import type { CustomerId } from '@groupcall/engine';
import type { Kysely } from 'kysely';
import type { Database } from '../rows/database.ts';
import { eventOf } from '../rows/event-row.ts';
import type { StoredEvent } from '../store.ts';

const MAX_EVENTS = 1000;

/** Reads the outbox. */
export class EventReader {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** The customer's events behind `seq`, in order. */
  async after(customerId: CustomerId, seq: number, limit: number): Promise<readonly StoredEvent[]> {
    const rows = await this.#db
      .selectFrom('events')
      .selectAll()
      .where('customer_id', '=', customerId)
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(limitOf(limit))
      .execute();
    return rows.map(eventOf);
  }

  /** All customers' events behind `position`, in order. */
  async afterPosition(position: number, limit: number): Promise<readonly StoredEvent[]> {
    const rows = await this.#db
      .selectFrom('events')
      .selectAll()
      .where('position', '>', position)
      .orderBy('position')
      .limit(limitOf(limit))
      .execute();
    return rows.map(eventOf);
  }
}

function limitOf(limit: number): number {
  return Number.isInteger(limit) && limit >= 1 && limit <= MAX_EVENTS ? limit : MAX_EVENTS;
}
