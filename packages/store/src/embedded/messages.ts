import type { WriteStatements } from '../queries/write-statements.ts';
import type { SqlValue } from '../rows/column.ts';

/** What the worker is started with. */
export interface WorkerOptions {
  /** Absolute path of the database file. */
  readonly path: string;
  /** Size limit in bytes; 0: none. */
  readonly maxBytes: number;
}

/** A statement of SQL and the values of its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/**
 * The changes of one transaction. The rows' values stand one after the other in flat arrays, whose structured clone
 * costs the least of all ways to hand them over: 0.4 µs a row of 1.5 KB, a third of writing them into a transferred
 * buffer, a tenth of one JSON text.
 */
export interface WriteBatch {
  readonly groupCalls: readonly SqlValue[];
  readonly calls: readonly SqlValue[];
  /** Without position and seq. */
  readonly events: readonly SqlValue[];
  /** The customers of the events; no one twice. */
  readonly customers: readonly string[];
  /** How many events each of the customers has. */
  readonly counts: readonly number[];
}

/** What the database has counted for the events of a batch. */
export interface WrittenBatch {
  /** Position of the last event; 0 when there is none. */
  readonly lastPosition: number;
  /** Seq of the last event of each customer, in the order of the batch's customers. */
  readonly lastSeqs: readonly number[];
}

export interface QueryRows {
  readonly rows: readonly unknown[];
  /** Rows that were written; absent for a query that only reads. */
  readonly changes?: number;
}

/** What the worker is asked. It answers every request with one reply, in the order of the requests. */
export type WorkerRequest =
  /** From now on batches can be written, with these statements. */
  | { readonly kind: 'prepare'; readonly statements: WriteStatements }
  | { readonly kind: 'batch'; readonly batch: WriteBatch }
  | { readonly kind: 'query'; readonly statement: Statement }
  /** All in one transaction. */
  | { readonly kind: 'transaction'; readonly statements: readonly Statement[] }
  /** Closes the database; nothing can be asked afterwards. */
  | { readonly kind: 'close' };

/** An error as it crosses the thread border. */
export interface WorkerFailure {
  readonly kind: 'sqlite' | 'foreign-file' | 'other';
  /** SQLite's extended result code; 0 when the error is not SQLite's. */
  readonly sqliteCode: number;
  readonly message: string;
}

/** What a request gives. */
export interface WorkerResults {
  readonly prepare: undefined;
  readonly batch: WrittenBatch;
  readonly query: QueryRows;
  readonly transaction: undefined;
  readonly close: undefined;
}

/** The first reply tells whether the database could be opened. */
export type WorkerReply =
  | { readonly ok: true; readonly result: WorkerResults[keyof WorkerResults] }
  | { readonly ok: false; readonly failure: WorkerFailure };
