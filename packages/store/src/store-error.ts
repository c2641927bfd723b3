import { AppError, type AppErrorOptions } from '@groupcall/kernel';

/** What can go wrong with the database. Stable: code compares these. */
export type StoreErrorCode =
  /** The database URL names no database that this store can open. */
  | 'STORE_URL_INVALID'
  /** The file or its folder can't be made, read or written. */
  | 'STORE_PATH_UNUSABLE'
  /** Another process has the database open. */
  | 'STORE_LOCKED'
  /** The file is a database of another program. */
  | 'STORE_FOREIGN_FILE'
  /** A newer version of the server has written the file. */
  | 'STORE_SCHEMA_NEWER'
  /** A migration that was applied is not the one this version knows. */
  | 'STORE_SCHEMA_MISMATCH'
  /** The file is damaged, or no database at all. */
  | 'STORE_CORRUPT'
  /** No room is left on the disk, or the size limit is reached. */
  | 'STORE_FULL'
  /** The disk refused to read or write. */
  | 'STORE_IO'
  /** A write has been waiting for the disk for too long. */
  | 'STORE_STALLED'
  /** More changes wait for the disk than may. */
  | 'STORE_OVERLOADED'
  /** A unique value is taken. */
  | 'STORE_CONSTRAINT'
  /** A value can't be stored; the fault of the one who gave it. */
  | 'STORE_DATA'
  /** The store was closed. */
  | 'STORE_CLOSED'
  /** The thread that owns the database ended on its own. */
  | 'STORE_WORKER_FAILED';

/** Every failure of the database, be it at the opening or later. */
export class StoreError extends AppError<StoreErrorCode> {}

/** True for a failure that lies in what was to be written; the database itself is well. */
export function isDataFailure(error: StoreError): boolean {
  return error.code === 'STORE_DATA' || error.code === 'STORE_CONSTRAINT';
}

/** The error of everything that is asked of a store after its end. */
export function closedError(options: AppErrorOptions = {}): StoreError {
  return new StoreError('STORE_CLOSED', 'the store is closed', options);
}
