import { isDeepStrictEqual } from 'node:util';
import type { CustomerId, ListQuery, Page, Resource, ResourceStore } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import { toSqlValue } from '../rows/column.ts';
import type { Database, ListedRow } from '../rows/database.ts';
import type { Table } from '../rows/table.ts';
import { StoreError } from '../store-error.ts';
import { listPage } from './list-page.ts';

type DocRow = Pick<ListedRow, 'doc'>;

/** Keeps one kind of directory resource in its table. */
export class SqlResourceStore<Item extends Resource> implements ResourceStore<Item> {
  readonly #db: Kysely<Database>;
  readonly #table: Table<Item>;
  readonly #byId: CompiledQuery<DocRow>;
  /** The compiled query of {@link find} by the members that it looks at. */
  readonly #finds = new Map<string, CompiledQuery<DocRow>>();

  constructor(db: Kysely<Database>, table: Table<Item>) {
    this.#db = db;
    this.#table = table;
    this.#byId = this.#select().where('id', '=', '').compile();
  }

  async insert(item: Item): Promise<void> {
    const row = this.#table.row(item);
    await this.#write(
      item,
      this.#db
        .insertInto(this.#table.name as 'customers')
        .values(row)
        .compile(),
    );
  }

  async update(item: Item): Promise<void> {
    const { id, customer_id: customerId, ...members } = this.#table.row(item);
    const update = this.#db
      .updateTable(this.#table.name as 'customers')
      .set(members)
      .where('id', '=', id)
      .where('customer_id', '=', customerId);
    const changed = await this.#write(item, update.compile());
    if (changed === 0n) throw new AppError('RESOURCE_NOT_FOUND', `there is no ${this.#table.noun} ${id}`);
  }

  async get(customerId: CustomerId | undefined, id: string): Promise<Item | undefined> {
    const { rows } = await this.#db.executeQuery<DocRow>({ ...this.#byId, parameters: [id] });
    const item = rows[0] === undefined ? undefined : this.#table.parse(rows[0].doc);
    return customerId === undefined || item?.customerId === customerId ? item : undefined;
  }

  async find(customerId: CustomerId | undefined, where: Partial<Item>): Promise<readonly Item[]> {
    const members = Object.keys(where) as (keyof Item & string)[];
    const parameters: unknown[] = customerId === undefined ? [] : [customerId];
    const indexed: (keyof Item & string)[] = [];
    for (const member of members) {
      const column = this.#table.columnOfMember(member);
      // What has no column, or is to be absent, is compared below.
      if (column === undefined || where[member] === undefined) continue;
      indexed.push(member);
      parameters.push(toSqlValue(column.kind, where[member]));
    }
    const { rows } = await this.#db.executeQuery<DocRow>({
      ...this.#findQuery(customerId, indexed),
      parameters,
    });
    const items = rows.map(({ doc }) => this.#table.parse(doc));
    return items.filter((item) => members.every((member) => isDeepStrictEqual(item[member], where[member])));
  }

  list(query: ListQuery): Promise<Page<Item>> {
    return listPage(this.#db, this.#table, query);
  }

  #select() {
    return this.#db.selectFrom(sql.table<ListedRow>(this.#table.name).as('resource')).select('doc');
  }

  /** The query of {@link find}, its parameters in the order: customer, then members. Compiled once for each shape. */
  #findQuery(customerId: CustomerId | undefined, members: readonly (keyof Item & string)[]): CompiledQuery<DocRow> {
    const shape = `${customerId === undefined ? '' : 'customer'} ${members.join(' ')}`;
    const known = this.#finds.get(shape);
    if (known !== undefined) return known;
    let select = this.#select();
    if (customerId !== undefined) select = select.where('customer_id', '=', '');
    for (const member of members) {
      const name = this.#table.columnOfMember(member)?.name ?? member;
      select = select.where(sql.ref(name), '=', '');
    }
    const query = select.where('tm_delete', 'is', null).orderBy('tm_create').orderBy('id').compile();
    this.#finds.set(shape, query);
    return query;
  }

  async #write(item: Item, query: CompiledQuery): Promise<bigint | undefined> {
    try {
      const { numAffectedRows } = await this.#db.executeQuery(query);
      return numAffectedRows;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_CONSTRAINT') throw await this.#taken(item, error);
      throw error;
    }
  }

  /** The error of an item that can't be written because one of its unique values is taken. */
  async #taken(item: Item, cause: StoreError): Promise<AppError> {
    const { unique, noun } = this.#table;
    const where = Object.fromEntries(unique.map((member) => [member, item[member]])) as Partial<Item>;
    const others = unique.length === 0 ? [] : await this.find(undefined, where);
    const member = others.some(({ id }) => id !== item.id) ? unique.at(-1) : 'id';
    // The hash of a key says nothing to a reader and belongs in no log.
    const column = member === undefined ? undefined : this.#table.columnOfMember(member);
    const value = column?.shown ? ` "${String(item[column.member])}"` : '';
    return new AppError('ALREADY_EXISTS', `${noun}: ${column?.name ?? 'id'}${value} is taken`, { cause });
  }
}
