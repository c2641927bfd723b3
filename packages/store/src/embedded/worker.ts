import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerFailure, WorkerOptions, WorkerReply, WorkerRequest, WorkerResults } from './messages.ts';
import { ForeignFileError, SqliteDatabase } from './sqlite-database.ts';

/** The port to the thread that started this one: requests come in, and replies leave, in the same order. */
interface RequestPort {
  on(event: 'message', listener: (request: WorkerRequest) => void): unknown;
  postMessage(reply: WorkerReply): void;
  close(): void;
}

/** Opens the database, says whether that went well, then serves one request after the other until `close`. */
function serve(port: RequestPort, options: WorkerOptions): void {
  const database = attempt(port, () => new SqliteDatabase(options));
  if (database === undefined) {
    port.close();
    return;
  }
  port.postMessage({ ok: true, result: undefined });
  let checkpointing = false;
  port.on('message', (request) => {
    const outcome = attempt(port, () => ({ result: carryOut(database, request) }));
    if (outcome !== undefined) port.postMessage({ ok: true, result: outcome.result });
    if (request.kind === 'close') port.close();
    else if (database.checkpointDue && !checkpointing) {
      checkpointing = true;
      // After the requests that have come already, so that none of them waits for it without need.
      setImmediate(() => {
        checkpointing = false;
        checkpoint(database);
      });
    }
  });
}

function carryOut(database: SqliteDatabase, request: WorkerRequest): WorkerResults[keyof WorkerResults] {
  switch (request.kind) {
    case 'batch':
      return database.write(request.batch);
    case 'query':
      return database.query(request.statement);
    case 'transaction':
      database.transaction(request.statements);
      return undefined;
    case 'prepare':
      database.prepareWrites(request.statements);
      return undefined;
    case 'close':
      database.close();
      return undefined;
  }
}

/** A checkpoint that fails has lost nothing: the log still holds it all, and the next write meets the same disk. */
function checkpoint(database: SqliteDatabase): void {
  try {
    database.checkpoint();
  } catch {
    // The write that comes next reports what is wrong with the disk.
  }
}

/** Does the work; a failure is replied, and `undefined` returned. */
function attempt<Result>(port: RequestPort, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    port.postMessage({ ok: false, failure: failureOf(error) });
    return undefined;
  }
}

function failureOf(error: unknown): WorkerFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ForeignFileError) return { kind: 'foreign-file', sqliteCode: 0, message };
  const code: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number'
    ? { kind: 'sqlite', sqliteCode: code, message }
    : { kind: 'other', sqliteCode: 0, message };
}

if (parentPort !== null) serve(parentPort, workerData as WorkerOptions);
