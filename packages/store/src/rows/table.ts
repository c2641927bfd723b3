import { type Column, columnOf, type ColumnSpec, type SqlValue, toSqlValue } from './column.ts';
import type { ListedRow, ListedTable } from './database.ts';
import { parseDoc, toDoc } from './doc.ts';

export interface TableOptions<Item> {
  readonly name: ListedTable;
  /** What one of its items is called in messages: `group call`. */
  readonly noun: string;
  readonly columns: readonly ColumnSpec<Item>[];
  /** The members that no two items of the table may share, unless one of them is deleted. */
  readonly unique?: readonly (keyof Item & string)[];
}

/**
 * How items of one kind are kept: whole as JSON in the column `doc`, and beside it a column for each member that
 * queries need. The item is read back from `doc` alone.
 */
export class Table<Item extends object> {
  readonly name: ListedTable;
  readonly noun: string;
  readonly columns: readonly Column<Item>[];
  readonly unique: readonly (keyof Item & string)[];
  readonly #byName: ReadonlyMap<string, Column<Item>>;
  readonly #byMember: ReadonlyMap<string, Column<Item>>;

  constructor(options: TableOptions<Item>) {
    this.name = options.name;
    this.noun = options.noun;
    this.columns = options.columns.map((spec) => columnOf(spec));
    this.unique = options.unique ?? [];
    this.#byName = new Map(this.columns.map((column) => [column.name, column]));
    this.#byMember = new Map(this.columns.map((column) => [column.member, column]));
  }

  /** The columns in the order in which {@link push} gives their values. */
  get columnNames(): readonly string[] {
    return [...this.columns.map(({ name }) => name), 'doc'];
  }

  /** The columns that can change when an item is written again. */
  get changingNames(): readonly string[] {
    return [...this.columns.filter(({ fixed }) => !fixed).map(({ name }) => name), 'doc'];
  }

  /** The column of the API's member, if lists can be filtered by it. */
  shownColumn(name: string): Column<Item> | undefined {
    const column = this.#byName.get(name);
    return column?.shown ? column : undefined;
  }

  /** The API's names of all members that lists can be filtered by. */
  get shownNames(): readonly string[] {
    return this.columns.filter(({ shown }) => shown).map(({ name }) => name);
  }

  columnOfMember(member: string): Column<Item> | undefined {
    return this.#byMember.get(member);
  }

  /** Appends the item's values, one a column; `doc` is the item's JSON. */
  push(values: SqlValue[], item: Item, doc: string): void {
    for (const column of this.columns) values.push(toSqlValue(column.kind, item[column.member]));
    values.push(doc);
  }

  /** The item as a row, by column. Throws StoreError `STORE_DATA` when it can't be written as JSON. */
  row(item: Item): ListedRow {
    const entries = this.columns.map((column) => [column.name, toSqlValue(column.kind, item[column.member])]);
    return { ...(Object.fromEntries(entries) as Omit<ListedRow, 'doc'>), doc: toDoc(item) };
  }

  /** The item of a row. Throws StoreError `STORE_CORRUPT` when the row is damaged. */
  parse(doc: string): Item {
    return parseDoc(this.name, doc) as Item;
  }
}
