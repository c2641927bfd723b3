import type { CustomerId, FilterOperator, ListFilter, ListQuery } from '@groupcall/engine';
import { LIST_PARAMETERS, MAX_PAGE_SIZE } from '@groupcall/contract';
import { ApiError } from './api-error.ts';

type Query = Readonly<Record<string, unknown>>;

/**
 * Reads the query of a list: `page_size`, `page_token`, and every other parameter as a filter: `status=hangup`,
 * `tm_create>=2026-01-01 00:00:00.000000`, `tm_create<2026…`.
 *
 * @throws ApiError INVALID_REQUEST_PARAMETER naming the parameter.
 */
export function readListQuery(query: Query, customerId: CustomerId | undefined): ListQuery {
  const filters = Object.entries(query)
    .filter(([name]) => isFilter(name, customerId))
    .map(([name, value]) => readFilter(name, text(name, value)))
    .map(withStoredId);
  return {
    ...(customerId === undefined ? {} : { customerId }),
    pageSize: pageSize(query['page_size']),
    pageToken: text('page_token', query['page_token'] ?? ''),
    filters,
  };
}

/** In the list of all customers `customer_id` is a filter; in any other it says whose list it is. */
function isFilter(name: string, customerId: CustomerId | undefined): boolean {
  if (name === 'customer_id') return customerId === undefined;
  return !(LIST_PARAMETERS as readonly string[]).includes(name);
}

/** Anything that is no size from 1 to 100 means 100. */
function pageSize(value: unknown): number {
  const size = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : 0;
  return size >= 1 && size <= MAX_PAGE_SIZE ? size : MAX_PAGE_SIZE;
}

/** In a query string `a>=1` is the parameter `a>` with the value `1`, and `a>1` the parameter `a>1` with none. */
function readFilter(name: string, value: string): ListFilter {
  const [, member = name, sign, rest = ''] = /^([a-z_]+)([<>])(.*)$/s.exec(name) ?? [];
  if (sign === undefined) return { member, operator: '=', value };
  const strict = rest !== '';
  return { member, operator: (strict ? sign : `${sign}=`) as FilterOperator, value: strict ? rest : value };
}

/** Ids are kept in lower case. A Call-ID (RFC 3261 §20.8) is none of ours, and has its case. */
function withStoredId(filter: ListFilter): ListFilter {
  const { member, value } = filter;
  const isId = (member === 'id' || member.endsWith('_id')) && member !== 'sip_call_id';
  return isId ? { ...filter, value: value.toLowerCase() } : filter;
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const message = `${name} must be given once only`;
  throw new ApiError('INVALID_REQUEST_PARAMETER', message, { details: [{ member: name, message }] });
}
