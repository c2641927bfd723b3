import { createHash } from 'node:crypto';

/**
 * One step of the schema. A migration that has been released is never changed: what comes later is a new one.
 * Its SQL is what SQLite and PostgreSQL both take: ids, JSON and texts as TEXT, numbers and times as BIGINT.
 */
export interface Migration {
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** A migration that a database has had. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** What a database must offer to be migrated. */
export interface MigrationTarget {
  /** Those applied so far, in order; none when the database is new. */
  applied(): Promise<readonly AppliedMigration[]>;
  /** Runs the migration and notes it as applied, in one transaction. */
  apply(migration: Migration, checksum: string): Promise<void>;
}

/** SHA-256 of the statements, hex: tells a migration that was changed after it had been applied. */
export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.statements.join(';\n')).digest('hex');
}
