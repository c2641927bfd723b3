import type { ListQuery, Page } from '@groupcall/engine';
import { type Kysely, sql } from 'kysely';
import type { Database, ListedRow } from '../rows/database.ts';
import type { Table } from '../rows/table.ts';
import { filterCondition } from './list-filter.ts';
import { pageTokenOf, parsePageToken } from './page-token.ts';

const MAX_PAGE_SIZE = 100;

/**
 * A page of a table, newest first. Ids break ties, so that the page after begins exactly where this one ends, also among
 * rows of the same microsecond. Throws AppError `INVALID_REQUEST_PARAMETER` for a filter or token that is not right.
 */
export async function listPage<Item extends object>(
  db: Kysely<Database>,
  table: Table<Item>,
  query: ListQuery,
): Promise<Page<Item>> {
  const size = pageSizeOf(query.pageSize);
  let select = db
    .selectFrom(sql.table<ListedRow>(table.name).as('listed'))
    .select(['id', 'tm_create', 'doc'])
    .where('tm_delete', 'is', null)
    .orderBy('tm_create', 'desc')
    .orderBy('id', 'desc')
    // One more than asked for tells whether there is a page after this one.
    .limit(size + 1);
  const filters = query.filters.map((filter) => filterCondition(table, filter));
  for (const { condition } of filters) select = select.where(condition);
  if (query.customerId !== undefined) {
    // The index of the customer's rows would go through all of them in search of the few that such a filter leaves.
    const customer = filters.some(({ selective }) => selective)
      ? sql`coalesce(customer_id, '')`
      : sql.ref('customer_id');
    select = select.where(customer, '=', query.customerId);
  }
  if (query.pageToken !== undefined && query.pageToken !== '') {
    const { tmCreate, id } = parsePageToken(query.pageToken);
    select =
      id === undefined
        ? select.where('tm_create', '<', tmCreate)
        : select.where((eb) => eb(eb.refTuple('tm_create', 'id'), '<', eb.tuple(tmCreate, id)));
  }
  const rows = await select.execute();
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1) : undefined;
  return {
    items: page.map(({ doc }) => table.parse(doc)),
    nextPageToken: last === undefined ? '' : pageTokenOf(last.tm_create, last.id),
  };
}

/** A size that is no size, or too large a one, stands for the largest. */
function pageSizeOf(size: number): number {
  return Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE ? size : MAX_PAGE_SIZE;
}
