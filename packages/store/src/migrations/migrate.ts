import type { Logger } from '@groupcall/kernel';
import { StoreError } from '../store-error.ts';
import { type AppliedMigration, checksumOf, type Migration, type MigrationTarget } from './migration.ts';

/**
 * Brings a database to the schema of this version, forward only, each migration in a transaction of its own.
 * @throws StoreError `STORE_SCHEMA_NEWER` when a newer version has written it, `STORE_SCHEMA_MISMATCH` when a migration
 * that was applied is another one than ours. Nothing is changed then.
 */
export async function migrate(
  target: MigrationTarget,
  migrations: readonly Migration[],
  logger: Logger,
): Promise<void> {
  const applied = await target.applied();
  const known = migrations.length;
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > known) {
    throw new StoreError(
      'STORE_SCHEMA_NEWER',
      `the database has schema version ${newest}, this server knows ${known}`,
      {
        help: 'Start the newer version of the server again, or restore a backup that was made before the update.',
      },
    );
  }
  for (const [index, migration] of applied.entries()) verify(migration, migrations[index]);
  for (const migration of migrations.slice(applied.length)) {
    await target.apply(migration, checksumOf(migration));
    logger.info({ version: migration.version, name: migration.name }, 'database migrated');
  }
}

function verify(applied: AppliedMigration, ours: Migration | undefined): void {
  if (ours?.version === applied.version && checksumOf(ours) === applied.checksum) return;
  throw new StoreError(
    'STORE_SCHEMA_MISMATCH',
    `migration ${applied.version} (${applied.name}) of the database is not the one this server knows`,
    { help: 'Use the server that made this database, or start with a new one.' },
  );
}
