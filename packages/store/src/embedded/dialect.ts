import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqlValue } from '../rows/column.ts';
import type { QueryRows, Statement } from './messages.ts';

/** Runs one statement in the worker. */
export type RunStatement = (statement: Statement) => Promise<QueryRows>;

/** SQLite in the worker thread, for Kysely. */
export class EmbeddedDialect implements Dialect {
  readonly #run: RunStatement;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  createDriver(): Driver {
    return new EmbeddedDriver(this.#run);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new EmbeddedAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** The worker takes requests one by one, so Kysely need not hold a query back until the one before it is answered. */
class EmbeddedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * All queries share the worker's one connection. A transaction that is open across several queries would take in
 * whatever others write meanwhile, so there is none: a transaction is handed to the worker as a whole.
 */
class EmbeddedDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(run: RunStatement) {
    this.#connection = new EmbeddedConnection(run);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new Error('the embedded database takes a transaction as a whole'));
  }

  commitTransaction(): Promise<void> {
    return this.beginTransaction();
  }

  rollbackTransaction(): Promise<void> {
    return this.beginTransaction();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

class EmbeddedConnection implements DatabaseConnection {
  readonly #run: RunStatement;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes } = await this.#run(statementOf(query));
    const result = { rows: rows as Row[] };
    return changes === undefined ? result : { ...result, numAffectedRows: BigInt(changes) };
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the embedded database gives its rows at once');
  }
}

/** A compiled query as the worker takes it. */
export function statementOf({ sql, parameters }: CompiledQuery): Statement {
  return { sql, parameters: parameters as readonly SqlValue[] };
}
