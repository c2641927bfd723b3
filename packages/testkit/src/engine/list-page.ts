import type { FilterOperator, ListFilter, ListQuery, Page } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';

interface Listed {
  readonly id: string;
  readonly customerId: string;
  readonly tmCreate: number;
  readonly tmDelete?: number;
}

interface Position {
  readonly tmCreate: number;
  /** `''`: everything of that moment has been seen. */
  readonly id: string;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/;

const COMPARE: Readonly<Record<FilterOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
};

/** One page of `items` as every store must give it: newest first, ids break ties, deleted ones left out. */
export function pageOf<Item extends Listed>(
  items: Iterable<Item>,
  query: ListQuery,
  members: readonly string[],
): Page<Item> {
  const after = query.pageToken ? positionOf(query.pageToken) : undefined;
  const filters = query.filters.map((filter) => compile(filter, members));
  const chosen = [...items]
    .filter((item) => item.tmDelete === undefined)
    .filter((item) => query.customerId === undefined || item.customerId === query.customerId)
    .filter((item) => filters.every((matches) => matches(item)))
    .filter((item) => after === undefined || newestFirst(item, after) > 0)
    .sort(newestFirst);
  const page = chosen.slice(0, query.pageSize);
  const last = page.at(-1);
  const nextPageToken = chosen.length > page.length && last !== undefined ? tokenOf(last) : '';
  return { items: page, nextPageToken };
}

function newestFirst(one: Position, other: Position): number {
  if (one.tmCreate !== other.tmCreate) return other.tmCreate - one.tmCreate;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}

function tokenOf({ tmCreate, id }: Position): string {
  return Buffer.from(JSON.stringify([tmCreate, id])).toString('base64url');
}

function positionOf(token: string): Position {
  if (TIMESTAMP.test(token)) return { tmCreate: parseTimestamp('page_token', token), id: '' };
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(position) && typeof position[0] === 'number' && typeof position[1] === 'string') {
      return { tmCreate: position[0], id: position[1] };
    }
  } catch {
    // Falls through to the one error for every token that is not ours.
  }
  throw invalid('page_token', 'is not a token of this list');
}

function compile({ member, operator, value }: ListFilter, members: readonly string[]): (item: Listed) => boolean {
  if (!members.includes(member)) throw invalid(member, `cannot be filtered by; use one of ${members.join(', ')}`);
  const key = member.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const wanted = member.startsWith('tm_') ? parseTimestamp(member, value) : value;
  return (item) => {
    const found: unknown = Reflect.get(item, key);
    if (typeof found === 'number' && typeof wanted === 'number') return COMPARE[operator](found - wanted);
    const text = typeof found === 'string' ? found : '';
    if (text === wanted) return COMPARE[operator](0);
    return COMPARE[operator](text < wanted ? -1 : 1);
  };
}

function parseTimestamp(member: string, text: string): number {
  const seconds = TIMESTAMP.test(text) ? Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(seconds)) throw invalid(member, 'must be a time such as 2026-01-31 12:00:00.000000');
  return (seconds * 1000 + Number(text.slice(20).padEnd(6, '0'))) / 1000;
}

function invalid(member: string, problem: string): AppError {
  return new AppError('INVALID_REQUEST_PARAMETER', `${member} ${problem}`, {
    help: 'See the list parameters of the API.',
  });
}
