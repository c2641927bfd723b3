import { MIGRATIONS } from '../migrations/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { DEFAULT_STORE_LIMITS, type Store, type StoreOptions } from '../store.ts';
import { prepareFile } from './database-file.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { EmbeddedMigrationTarget } from './migration-target.ts';
import { parseSqliteUrl } from './sqlite-url.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * Opens the database file of a URL `sqlite:<path>`, makes it (and its folder) if it is missing, and brings it to the
 * schema of this version. Rejects with a StoreError when any of that can't be done; nothing is left open then.
 */
export async function openEmbedded(url: string, options: StoreOptions): Promise<Store> {
  const path = parseSqliteUrl(url);
  const limits = { ...DEFAULT_STORE_LIMITS, ...options.limits };
  const { clock } = options;
  const logger = options.logger.child({ database: path });
  await prepareFile(path);
  const client = await WorkerClient.open({ path, maxBytes: limits.maxBytes });
  const store = new EmbeddedStore({ clock, logger, limits, client });
  try {
    await migrate(new EmbeddedMigrationTarget(client, clock), MIGRATIONS, logger);
    await store.start();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
