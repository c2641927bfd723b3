import type { ListQuery, Page } from '@groupcall/engine';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Database, RecordRow } from '../rows/database.ts';
import type { Table } from '../rows/table.ts';
import { listPage } from './list-page.ts';

type DocRow = Pick<RecordRow, 'doc'>;

/** Reads the records of one table: group calls or calls. */
export class RecordReader<Item extends object> {
  readonly #db: Kysely<Database>;
  readonly #table: Table<Item>;
  readonly #byId: CompiledQuery<DocRow>;
  readonly #unfinished: CompiledQuery<DocRow>;

  constructor(db: Kysely<Database>, table: Table<Item>) {
    this.#db = db;
    this.#table = table;
    const docs = db.selectFrom(sql.table<RecordRow>(table.name).as('record')).select('doc');
    this.#byId = docs.where('id', '=', '').compile();
    // A literal and no parameter: only then does the partial index of the unfinished serve.
    this.#unfinished = docs.where('status', '<>', sql.lit('hangup')).orderBy('tm_create').orderBy('id').compile();
  }

  async get(id: string): Promise<Item | undefined> {
    const { rows } = await this.#db.executeQuery<DocRow>({ ...this.#byId, parameters: [id] });
    return rows[0] === undefined ? undefined : this.#table.parse(rows[0].doc);
  }

  /** Those that are not hung up, oldest first. */
  async unfinished(): Promise<readonly Item[]> {
    const { rows } = await this.#db.executeQuery(this.#unfinished);
    return rows.map(({ doc }) => this.#table.parse(doc));
  }

  list(query: ListQuery): Promise<Page<Item>> {
    return listPage(this.#db, this.#table, query);
  }
}
