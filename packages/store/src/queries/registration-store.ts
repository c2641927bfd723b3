import type { CompiledQuery, Kysely } from 'kysely';
import type { Database } from '../rows/database.ts';
import { registrationOf, registrationRow } from '../rows/registration-row.ts';
import type { Registration, RegistrationStore } from '../store.ts';

/** Rows of one statement, so that it stays well below the number of parameters that a database takes. */
const ROWS_PER_INSERT = 500;

/** Runs all queries in one transaction, durable when it resolves. */
export type Transact = (queries: readonly CompiledQuery[]) => Promise<void>;

/** The registrar's snapshot in a table of its own. */
export class SqlRegistrationStore implements RegistrationStore {
  readonly #db: Kysely<Database>;
  readonly #transact: Transact;

  constructor(db: Kysely<Database>, transact: Transact) {
    this.#db = db;
    this.#transact = transact;
  }

  async save(registrations: readonly Registration[]): Promise<void> {
    const rows = registrations.map(registrationRow);
    const queries: CompiledQuery[] = [this.#db.deleteFrom('registrations').compile()];
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const some = rows.slice(start, start + ROWS_PER_INSERT);
      queries.push(this.#db.insertInto('registrations').values(some).compile());
    }
    await this.#transact(queries);
  }

  async load(): Promise<readonly Registration[]> {
    const rows = await this.#db.selectFrom('registrations').selectAll().orderBy('aor').orderBy('contact').execute();
    return rows.map(registrationOf);
  }
}
