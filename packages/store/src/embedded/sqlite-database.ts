import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { RowStatement, WriteStatements } from '../queries/write-statements.ts';
import type { SqlValue } from '../rows/column.ts';
import { ALL_EVENTS } from '../rows/sequence-row.ts';
import type { QueryRows, Statement, WorkerOptions, WriteBatch, WrittenBatch } from './messages.ts';

/** `GCll`, so that a file that is another program's database is told from ours. */
const APPLICATION_ID = 0x47436c6c;

/** Statements that are kept ready; the oldest makes room. */
const MAX_STATEMENTS = 200;

/**
 * Rows written until the log is carried over into the database file. Few, since commits wait meanwhile: at 4,000 rows/s
 * 250 make a p99 of 5 ms, 1000 one of 10 ms; the price is a tenth of what can be written at most.
 */
const CHECKPOINT_ROWS = 250;

/** Should no quiet moment come, SQLite itself carries the log over at this many pages. */
const AUTO_CHECKPOINT_PAGES = 16_000;

/** Memory for pages of the file. Ids are random, so that rows go all over their indexes. */
const CACHE_KIB = 16_000;

/** What the log file is cut back to after it has grown beyond it. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** The file is a database, but not ours. It was not touched. */
export class ForeignFileError extends Error {}

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

interface PreparedWrites {
  readonly groupCall: StatementSync;
  readonly call: StatementSync;
  readonly event: StatementSync;
  readonly reserve: StatementSync;
  readonly widths: WriteStatements;
}

/**
 * The database file, as the worker thread has it. Every method blocks until the disk has answered, and throws SQLite's
 * errors as they are.
 *
 * Write-ahead log with `synchronous = FULL`: a transaction is on the disk when its commit returns. The exclusive lock
 * keeps a second process out; the operating system drops it when the process ends, in whatever way.
 */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, PreparedStatement>();
  #writes: PreparedWrites | undefined;
  #rowsSinceCheckpoint = 0;

  constructor({ path, maxBytes }: WorkerOptions) {
    this.#database = new DatabaseSync(path);
    try {
      this.#configure(maxBytes);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Whether enough was written to carry the log over. */
  get checkpointDue(): boolean {
    return this.#rowsSinceCheckpoint >= CHECKPOINT_ROWS;
  }

  /** Carries the log over into the file, so that it does not grow without end. */
  checkpoint(): void {
    this.#rowsSinceCheckpoint = 0;
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  close(): void {
    this.#database.close();
  }

  /** Runs one statement; what it writes is durable when this returns. */
  query({ sql, parameters }: Statement): QueryRows {
    const { statement, returnsRows } = this.#prepared(sql);
    if (returnsRows) return { rows: statement.all(...parameters) };
    const changes = Number(statement.run(...parameters).changes);
    this.#rowsSinceCheckpoint += changes;
    return { rows: [], changes };
  }

  /** Runs all statements or none. */
  transaction(statements: readonly Statement[]): void {
    this.#atomically(() => {
      for (const statement of statements) this.query(statement);
    });
  }

  prepareWrites(statements: WriteStatements): void {
    this.#writes = {
      groupCall: this.#database.prepare(statements.groupCall.sql),
      call: this.#database.prepare(statements.call.sql),
      event: this.#database.prepare(statements.event.sql),
      reserve: this.#database.prepare(statements.reserve),
      widths: statements,
    };
  }

  /** Writes a batch in one transaction, numbering its events in their order. */
  write(batch: WriteBatch): WrittenBatch {
    const writes = this.#writes;
    if (writes === undefined) throw new Error('a batch came before the statements to write it with');
    return this.#atomically(() => {
      this.#writeRows(writes.groupCall, writes.widths.groupCall, batch.groupCalls);
      this.#writeRows(writes.call, writes.widths.call, batch.calls);
      return this.#writeEvents(writes, batch);
    });
  }

  #configure(maxBytes: number): void {
    const database = this.#database;
    // Taken before the first read, the exclusive lock also spares the shared memory file of the log.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    this.#claim();
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${AUTO_CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`);
    // A file that is in write-ahead mode already is locked by its first transaction only.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    if (maxBytes > 0) {
      database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / this.#pragma('page_size'))}`);
    }
  }

  /** Marks an empty file as ours. */
  #claim(): void {
    if (this.#pragma('application_id') === APPLICATION_ID) return;
    const { tables } = this.#database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {};
    if (tables !== 0) throw new ForeignFileError('it holds tables that this server has not made');
    this.#database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  #writeRows(statement: StatementSync, { width }: RowStatement, values: readonly SqlValue[]): void {
    for (let start = 0; start < values.length; start += width) {
      statement.run(...values.slice(start, start + width));
    }
    this.#rowsSinceCheckpoint += values.length / width;
  }

  #writeEvents(writes: PreparedWrites, batch: WriteBatch): WrittenBatch {
    const { width } = writes.widths.event;
    const total = batch.events.length / width;
    if (total === 0) return { lastPosition: 0, lastSeqs: [] };
    const lastPosition = this.#reserve(writes, ALL_EVENTS, total);
    const lastSeqs = batch.customers.map((customer, index) =>
      this.#reserve(writes, customer, batch.counts[index] ?? 0),
    );
    const next = new Map(
      batch.customers.map((customer, index) => [customer, (lastSeqs[index] ?? 0) - (batch.counts[index] ?? 0) + 1]),
    );
    let position = lastPosition - total + 1;
    for (let start = 0; start < batch.events.length; start += width) {
      const customer = String(batch.events[start]);
      const seq = next.get(customer) ?? 0;
      next.set(customer, seq + 1);
      writes.event.run(position++, seq, ...batch.events.slice(start, start + width));
    }
    this.#rowsSinceCheckpoint += total;
    return { lastPosition, lastSeqs };
  }

  /** The last of `count` new numbers of a sequence. */
  #reserve({ reserve }: PreparedWrites, name: string, count: number): number {
    return Number(reserve.get(name, count)?.['last']);
  }

  #atomically<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk and some others have rolled it back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepared(sql: string): PreparedStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#statements.size >= MAX_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, prepared);
    return prepared;
  }
}
