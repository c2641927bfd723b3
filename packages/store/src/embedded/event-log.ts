import type { Change, CustomerId } from '@groupcall/engine';
import { type Logger, toError } from '@groupcall/kernel';
import type { EventReader } from '../queries/event-reader.ts';
import type { EventLog, StoredEvent } from '../store.ts';
import type { WriteBatch, WrittenBatch } from './messages.ts';

type Listener = (events: readonly StoredEvent[]) => void;

/** The outbox, and the news of what was added to it. */
export class EmbeddedEventLog implements EventLog {
  readonly #reader: EventReader;
  readonly #logger: Logger;
  readonly #listeners = new Set<Listener>();

  constructor(reader: EventReader, logger: Logger) {
    this.#reader = reader;
    this.#logger = logger;
  }

  after(customerId: CustomerId, seq: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#reader.after(customerId, seq, limit);
  }

  afterPosition(position: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#reader.afterPosition(position, limit);
  }

  subscribe(listener: Listener): () => void {
    // A function of our own, so that a listener that subscribes twice is two.
    const own: Listener = (events) => {
      listener(events);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** The changes are durable: their events are told. */
  announce(changes: readonly Change[], batch: WriteBatch, written: WrittenBatch): void {
    if (this.#listeners.size === 0 || written.lastPosition === 0) return;
    const events = number(changes, batch, written);
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#logger.error({ err: toError(error) }, 'a listener of the event log has failed');
      }
    }
  }
}

/** The events of the changes with the numbers that the database gave them. */
function number(
  changes: readonly Change[],
  { customers, counts }: WriteBatch,
  { lastPosition, lastSeqs }: WrittenBatch,
): readonly StoredEvent[] {
  const events = changes.flatMap((change) => change.events);
  const nextSeq = new Map<string, number>();
  for (const [index, customer] of customers.entries()) {
    nextSeq.set(customer, (lastSeqs[index] ?? 0) - (counts[index] ?? 0) + 1);
  }
  return events.map((event, index) => {
    const seq = nextSeq.get(event.customerId) ?? 0;
    nextSeq.set(event.customerId, seq + 1);
    return { position: lastPosition - events.length + 1 + index, seq, event };
  });
}
