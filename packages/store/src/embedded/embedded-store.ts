import type {
  AccessKey,
  Agent,
  CallStore,
  Change,
  Customer,
  Extension,
  Group,
  NumberRoute,
  Resource,
  ResourceStore,
  Trunk,
} from '@groupcall/engine';
import type { Clock, Logger } from '@groupcall/kernel';
import { Kysely } from 'kysely';
import { EventReader } from '../queries/event-reader.ts';
import { RecordReader } from '../queries/record-reader.ts';
import { SqlRegistrationStore, type Transact } from '../queries/registration-store.ts';
import { SqlResourceStore } from '../queries/resource-store.ts';
import { SqlSettingsStore } from '../queries/settings-store.ts';
import { writeStatements } from '../queries/write-statements.ts';
import { accessKeyTable } from '../rows/access-key-row.ts';
import { agentTable } from '../rows/agent-row.ts';
import { callTable } from '../rows/call-row.ts';
import { customerTable } from '../rows/customer-row.ts';
import type { Database } from '../rows/database.ts';
import { extensionTable } from '../rows/extension-row.ts';
import { groupCallTable } from '../rows/group-call-row.ts';
import { groupTable } from '../rows/group-row.ts';
import { numberTable } from '../rows/number-row.ts';
import type { Table } from '../rows/table.ts';
import { trunkTable } from '../rows/trunk-row.ts';
import type { EventLog, RegistrationStore, SettingsStore, Store, StoreLimits } from '../store.ts';
import { closedError, StoreError } from '../store-error.ts';
import { encodeBatch } from './batch.ts';
import { EmbeddedCallStore } from './call-store.ts';
import { CommitQueue } from './commit-queue.ts';
import { EmbeddedDialect, statementOf } from './dialect.ts';
import { EmbeddedEventLog } from './event-log.ts';
import type { QueryRows, Statement } from './messages.ts';
import { StoreHealth } from './store-health.ts';
import type { WorkerClient } from './worker-client.ts';

export interface EmbeddedStoreOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: StoreLimits;
  readonly client: WorkerClient;
}

/** Characters of the row that the probe writes and takes away again: several pages, so that a full disk is noticed. */
const PROBE_CHARACTERS = 32_768;

/** The database in a file, owned by a worker thread. `openEmbedded` makes it; {@link start} comes before all else. */
export class EmbeddedStore implements Store {
  readonly calls: CallStore;
  readonly customers: ResourceStore<Customer>;
  readonly accesskeys: ResourceStore<AccessKey>;
  readonly extensions: ResourceStore<Extension>;
  readonly agents: ResourceStore<Agent>;
  readonly groups: ResourceStore<Group>;
  readonly numbers: ResourceStore<NumberRoute>;
  readonly trunks: ResourceStore<Trunk>;
  readonly registrations: RegistrationStore;
  readonly settings: SettingsStore;
  readonly #events: EmbeddedEventLog;
  readonly #options: EmbeddedStoreOptions;
  readonly #db: Kysely<Database>;
  readonly #queue: CommitQueue;
  readonly #health: StoreHealth;
  #closed: Promise<void> | undefined;

  constructor(options: EmbeddedStoreOptions) {
    const { clock, logger, limits } = options;
    this.#options = options;
    this.#health = new StoreHealth({ clock, logger, retryMs: limits.retryMs, probe: () => this.#probe() });
    options.client.onFailure = (error) => {
      this.#health.failed(error);
    };
    const db = new Kysely<Database>({ dialect: new EmbeddedDialect((statement) => this.#run(statement)) });
    this.#db = db;
    this.#queue = new CommitQueue({ clock, limits, write: (changes) => this.#write(changes) });
    this.#events = new EmbeddedEventLog(new EventReader(db), logger);
    this.calls = new EmbeddedCallStore(
      this.#queue,
      new RecordReader(db, groupCallTable),
      new RecordReader(db, callTable),
    );
    this.customers = this.#resources(customerTable);
    this.accesskeys = this.#resources(accessKeyTable);
    this.extensions = this.#resources(extensionTable);
    this.agents = this.#resources(agentTable);
    this.groups = this.#resources(groupTable);
    this.numbers = this.#resources(numberTable);
    this.trunks = this.#resources(trunkTable);
    const transact: Transact = (queries) => this.#transact(queries.map(statementOf));
    this.registrations = new SqlRegistrationStore(db, transact);
    this.settings = new SqlSettingsStore(db, transact);
  }

  get events(): EventLog {
    return this.#events;
  }

  healthy(): boolean {
    return this.failure() === undefined;
  }

  failure(): StoreError | undefined {
    if (this.#closed !== undefined) return closedError();
    const { clock, limits } = this.#options;
    const since = this.#queue.writingSince;
    if (since !== undefined && clock.now() - since > limits.stallMs) {
      return new StoreError('STORE_STALLED', `a write has been under way for more than ${limits.stallMs} ms`, {
        help: 'The disk hangs or is far too slow.',
      });
    }
    return this.#health.failure;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Makes the worker ready to write. The schema must be there. */
  async start(): Promise<void> {
    const statements = writeStatements(this.#db, groupCallTable, callTable);
    await this.#options.client.request({ kind: 'prepare', statements });
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    this.#health.close();
    await this.#options.client.close();
  }

  /** Writes something and takes it away again. Rejects with a StoreError when the disk refuses. */
  #probe(): Promise<void> {
    const name = 'probe'.padEnd(PROBE_CHARACTERS, '.');
    const add = this.#db.insertInto('sequences').values({ name, last: 0 }).compile();
    const remove = this.#db.deleteFrom('sequences').where('name', '=', name).compile();
    return this.#options.client.request({ kind: 'transaction', statements: [add, remove].map(statementOf) });
  }

  #resources<Item extends Resource>(table: Table<Item>): ResourceStore<Item> {
    return new SqlResourceStore(this.#db, table);
  }

  /** Runs a query behind every change that was committed before it, so that it sees them. */
  async #run(statement: Statement): Promise<QueryRows> {
    if (this.#closed !== undefined) throw closedError();
    const pending = this.#queue.handedOver();
    if (pending !== undefined) await pending;
    return this.#watch(this.#options.client.request({ kind: 'query', statement }));
  }

  async #transact(statements: readonly Statement[]): Promise<void> {
    if (this.#closed !== undefined) throw closedError();
    await this.#watch(this.#options.client.request({ kind: 'transaction', statements }));
  }

  async #write(changes: readonly Change[]): Promise<void> {
    const batch = encodeBatch(changes);
    const written = await this.#watch(this.#options.client.request({ kind: 'batch', batch }));
    this.#health.succeeded();
    this.#events.announce(changes, batch, written);
  }

  /** Takes note of a failure. */
  async #watch<Result>(asked: Promise<Result>): Promise<Result> {
    try {
      return await asked;
    } catch (error) {
      this.#health.failed(error);
      throw error;
    }
  }
}
