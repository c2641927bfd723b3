import { StoreError } from '../store-error.ts';

/** A value as JSON. Throws StoreError `STORE_DATA` when it holds what JSON has no word for. */
export function toDoc(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new StoreError('STORE_DATA', 'a record can not be written as JSON', { cause: error });
  }
}

/** The value that {@link toDoc} wrote. Throws StoreError `STORE_CORRUPT` when it is damaged. */
export function parseDoc(table: string, doc: string): unknown {
  try {
    return JSON.parse(doc);
  } catch (error) {
    throw new StoreError('STORE_CORRUPT', `a row of ${table} is damaged`, {
      cause: error,
      help: 'Restore the database from a backup.',
    });
  }
}
