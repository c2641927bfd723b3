import { Type, type TSchema } from 'typebox';

/** Members of a list's query that are no filters. */
export const LIST_PARAMETERS = ['page_size', 'page_token', 'customer_id', 'accesskey'] as const;

export const MAX_PAGE_SIZE = 100;

/** A page, newest first. */
export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    result: Type.Array(item),
    next_page_token: Type.String({ description: 'For the next page; `""` on the last.' }),
  });
}
