/** A row that counts: the events of one customer by the customer's id, all events by {@link ALL_EVENTS}. */
export interface SequenceRow {
  readonly name: string;
  /** The number given out last. */
  readonly last: number;
}

/** The name of the row that counts the events of all customers. No customer's id is like it. */
export const ALL_EVENTS = 'events';
