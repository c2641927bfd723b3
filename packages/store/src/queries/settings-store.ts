import type { Kysely } from 'kysely';
import type { Database } from '../rows/database.ts';
import type { SettingsStore } from '../store.ts';
import type { Transact } from './registration-store.ts';

/** Settings in a table of two columns. */
export class SqlSettingsStore implements SettingsStore {
  readonly #db: Kysely<Database>;
  readonly #transact: Transact;

  constructor(db: Kysely<Database>, transact: Transact) {
    this.#db = db;
    this.#transact = transact;
  }

  async get(name: string): Promise<string | undefined> {
    const row = await this.#db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
    return row?.value;
  }

  async set(name: string, value: string): Promise<void> {
    const upsert = this.#db
      .insertInto('settings')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }));
    await this.#transact([upsert.compile()]);
  }
}
