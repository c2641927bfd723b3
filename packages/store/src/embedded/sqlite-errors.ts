import { StoreError, type StoreErrorCode } from '../store-error.ts';
import type { WorkerFailure } from './messages.ts';

interface Verdict {
  readonly code: StoreErrorCode;
  readonly says: (path: string) => string;
  readonly help?: string;
}

const LOCKED: Verdict = {
  code: 'STORE_LOCKED',
  says: (path) => `${path} is open in another process`,
  help: 'Two servers can not share a database file: stop the other one, or give this one a database URL of its own.',
};

const CORRUPT: Verdict = {
  code: 'STORE_CORRUPT',
  says: (path) => `${path} is damaged, or no database`,
  help: 'Restore it from a backup, or move it away to start with an empty database.',
};

const FOREIGN: Verdict = {
  code: 'STORE_FOREIGN_FILE',
  says: (path) => `${path} belongs to another program`,
  help: 'Name another file in the database URL; a missing one is made.',
};

const UNUSABLE: Verdict = {
  code: 'STORE_PATH_UNUSABLE',
  says: (path) => `${path} can not be opened for writing`,
  help: 'Make the file and its folder writable for the user the server runs as, or name another one in the database URL.',
};

const IO: Verdict = {
  code: 'STORE_IO',
  says: (path) => `an access to ${path} failed`,
  help: "Look into the machine's log for errors of the disk.",
};

const FULL: Verdict = {
  code: 'STORE_FULL',
  says: (path) => `there is no room left for ${path}`,
  help: 'Make room on the disk, or raise the size limit of the database. The server goes on by itself then.',
};

/** SQLite's primary result codes, which are the low eight bits of every result code. See sqlite.org/rescode.html. */
const VERDICTS: ReadonlyMap<number, Verdict> = new Map([
  [3, UNUSABLE], // PERM
  [5, LOCKED], // BUSY
  [6, LOCKED], // LOCKED
  [7, IO], // NOMEM
  [8, UNUSABLE], // READONLY
  [10, IO], // IOERR
  [11, CORRUPT], // CORRUPT
  [13, FULL], // FULL
  [14, UNUSABLE], // CANTOPEN
  [19, { code: 'STORE_CONSTRAINT', says: () => 'a constraint of the database refuses the row' }], // CONSTRAINT
  [26, CORRUPT], // NOTADB
]);

/** SQLITE_CONSTRAINT_NOTNULL: no value of another row is in the way, the row itself is wrong. */
const NOT_NULL = 1299;

/** The StoreError of a failure in the worker. */
export function storeErrorOf({ kind, sqliteCode, message }: WorkerFailure, path: string): StoreError {
  const cause = new Error(message);
  const verdict =
    kind === 'foreign-file' ? FOREIGN : sqliteCode === NOT_NULL ? undefined : VERDICTS.get(sqliteCode & 0xff);
  if (verdict === undefined)
    return new StoreError('STORE_DATA', `the database refuses a statement: ${message}`, { cause });
  const options = verdict.help === undefined ? { cause } : { cause, help: verdict.help };
  return new StoreError(verdict.code, `${verdict.says(path)}: ${message}`, options);
}
