import type { Clock } from '@groupcall/kernel';
import { MIGRATIONS_TABLE } from '../migrations/index.ts';
import type { AppliedMigration, Migration, MigrationTarget } from '../migrations/migration.ts';
import { toMicros } from '../rows/micros.ts';
import type { WorkerClient } from './worker-client.ts';

/** The embedded database, as migrations see it. */
export class EmbeddedMigrationTarget implements MigrationTarget {
  readonly #client: WorkerClient;
  readonly #clock: Clock;

  constructor(client: WorkerClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async applied(): Promise<readonly AppliedMigration[]> {
    await this.#query(MIGRATIONS_TABLE);
    const rows = await this.#query('SELECT version, name, checksum FROM schema_migrations ORDER BY version');
    return rows as readonly AppliedMigration[];
  }

  async apply({ version, name, statements }: Migration, checksum: string): Promise<void> {
    const note = {
      sql: 'INSERT INTO schema_migrations (version, name, checksum, tm_applied) VALUES (?, ?, ?, ?)',
      parameters: [version, name, checksum, toMicros(this.#clock.now())],
    };
    await this.#client.request({
      kind: 'transaction',
      statements: [...statements.map((sql) => ({ sql, parameters: [] })), note],
    });
  }

  async #query(sql: string): Promise<readonly unknown[]> {
    const { rows } = await this.#client.request({ kind: 'query', statement: { sql, parameters: [] } });
    return rows;
  }
}
