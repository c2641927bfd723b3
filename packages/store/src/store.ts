import type {
  AccessKey,
  Agent,
  CallStore,
  Customer,
  CustomerId,
  DomainEvent,
  Extension,
  Group,
  NumberRoute,
  ResourceStore,
  Trunk,
} from '@groupcall/engine';
import type { Clock, Logger } from '@groupcall/kernel';
import type { StoreError } from './store-error.ts';

/** An event of the outbox, with its place in it. */
export interface StoredEvent {
  /** Among all events: grows by one, from 1. */
  readonly position: number;
  /** Among the customer's events: grows by one, from 1. */
  readonly seq: number;
  readonly event: DomainEvent;
}

/** The outbox: every event ever committed, in order. */
export interface EventLog {
  /** The customer's events with a seq above `seq`, in order; at most `limit` (1 to 1000). */
  after(customerId: CustomerId, seq: number, limit: number): Promise<readonly StoredEvent[]>;
  /** The events of all customers with a position above `position`, in order; at most `limit` (1 to 1000). */
  afterPosition(position: number, limit: number): Promise<readonly StoredEvent[]>;
  /** Tells `listener` of new events, in order, once they are durable; until the function it returns is called. */
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void;
}

/** A registered phone, as the registrar wants to find it again after a restart. */
export interface Registration {
  /** `name@domain`. */
  readonly aor: string;
  /** What tells the contacts of one address apart. */
  readonly contact: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
  /** Anything else, as far as JSON can say it. */
  readonly data: object;
}

/** Where the registrar keeps its snapshot. */
export interface RegistrationStore {
  /** Replaces the snapshot. Rejects with StoreError; the one before is then still there. */
  save(rows: readonly Registration[]): Promise<void>;
  /** The snapshot, by address and contact. */
  load(): Promise<readonly Registration[]>;
}

/** What the installation remembers of itself, such as the hash of a root key that it made. */
export interface SettingsStore {
  get(name: string): Promise<string | undefined>;
  /** Durable when it resolves. */
  set(name: string, value: string): Promise<void>;
}

/** The database. */
export interface Store {
  readonly calls: CallStore;
  readonly customers: ResourceStore<Customer>;
  readonly accesskeys: ResourceStore<AccessKey>;
  readonly extensions: ResourceStore<Extension>;
  readonly agents: ResourceStore<Agent>;
  readonly groups: ResourceStore<Group>;
  readonly numbers: ResourceStore<NumberRoute>;
  readonly trunks: ResourceStore<Trunk>;
  readonly events: EventLog;
  readonly registrations: RegistrationStore;
  readonly settings: SettingsStore;
  /** Whether the last write went through, and none hangs. A store that failed on the disk tries again by itself. */
  healthy(): boolean;
  /** Why it is not healthy. */
  failure(): StoreError | undefined;
  /** Writes what waits and closes the database. Idempotent; what is asked afterwards rejects with `STORE_CLOSED`. */
  close(): Promise<void>;
}

export interface StoreLimits {
  /** Rows of one transaction; what is more goes into the next one. */
  readonly batchRows: number;
  /** Rows that may wait for the disk; further commits are refused with `STORE_OVERLOADED`. */
  readonly waitingRows: number;
  /** A write that takes longer than this, in ms, makes the store unhealthy. */
  readonly stallMs: number;
  /** How often a store that failed on the disk tries to write again, in ms. */
  readonly retryMs: number;
  /** Size that the database may not grow beyond, in bytes (rounded up to whole pages); 0: as the disk allows. */
  readonly maxBytes: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = {
  batchRows: 512,
  waitingRows: 50_000,
  stallMs: 5000,
  retryMs: 1000,
  maxBytes: 0,
};

export interface StoreOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<StoreLimits>;
}
