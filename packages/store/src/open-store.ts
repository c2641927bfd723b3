import { openEmbedded } from './embedded/open.ts';
import type { Store, StoreOptions } from './store.ts';
import { StoreError } from './store-error.ts';

/**
 * Opens the database of a URL: `sqlite:<path>`, a file that is made (with its folder) when it is missing.
 * Rejects with a StoreError: `STORE_URL_INVALID`, `STORE_PATH_UNUSABLE`, `STORE_LOCKED`, `STORE_FOREIGN_FILE`,
 * `STORE_SCHEMA_NEWER`, `STORE_SCHEMA_MISMATCH`, `STORE_CORRUPT`, `STORE_FULL` or `STORE_IO`.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  if (url.startsWith('sqlite:')) return openEmbedded(url, options);
  // What stands behind the scheme may be a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? '';
  throw new StoreError(
    'STORE_URL_INVALID',
    `the database URL must begin with "sqlite:"${scheme && `, not "${scheme}"`}`,
    {
      help: 'Write sqlite:<path of the database file>, such as sqlite:./data/groupcall.db.',
    },
  );
}
