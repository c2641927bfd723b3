import { type FilterOperator, type ListFilter, NIL_UUID } from '@groupcall/engine';
import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Column } from '../rows/column.ts';
import { NEVER_MICROS, parseTimestamp } from '../rows/micros.ts';
import type { Table } from '../rows/table.ts';
import { invalidParameter } from './invalid-parameter.ts';

const OPERATORS: Readonly<Record<FilterOperator, RawBuilder<unknown>>> = {
  '=': sql`=`,
  '>': sql`>`,
  '<': sql`<`,
  '>=': sql`>=`,
  '<=': sql`<=`,
};

/** A filter as a condition of the query. */
export interface FilterCondition {
  readonly condition: Expression<SqlBool>;
  /** Few rows meet it, and an index finds them: it is to be asked before all else. */
  readonly selective: boolean;
}

/**
 * The condition of one filter. Throws AppError `INVALID_REQUEST_PARAMETER` for a member that the table does not have, an
 * operator that makes no sense for it, or a value that it can't have.
 */
export function filterCondition<Item extends object>(table: Table<Item>, filter: ListFilter): FilterCondition {
  const column = table.shownColumn(filter.member);
  if (column === undefined) {
    throw invalidParameter(filter.member, `can not be filtered by; use one of ${table.shownNames.join(', ')}`);
  }
  const isEqual = filter.operator === '=';
  if (!isEqual && !isOrdered(column)) {
    throw invalidParameter(filter.member, 'has no order, so that it can only be compared by "="');
  }
  const reference = sql.ref(column.name);
  const value = valueOf(column, filter.value);
  if (value === undefined) return { condition: sql`${reference} is null`, selective: false };
  if (column.usual !== undefined && isEqual && value !== column.usual) {
    // Only a literal tells the database that the index of the unusual rows will do.
    return { condition: sql`${reference} = ${value} and ${reference} <> ${sql.lit(column.usual)}`, selective: true };
  }
  // A time that has not come reads as the year 9999, and compares as such.
  const compared = column.kind === 'time' && !column.fixed ? sql`coalesce(${reference}, ${NEVER_MICROS})` : reference;
  const operator = OPERATORS[filter.operator];
  return { condition: sql`${compared} ${operator} ${value}`, selective: isEqual && column.selective };
}

function isOrdered<Item>({ kind }: Column<Item>): boolean {
  return kind === 'time' || kind === 'integer' || kind === 'text';
}

/** The value to compare with; `undefined` stands for a column that is not set. */
function valueOf<Item>({ kind, name }: Column<Item>, text: string): string | number | undefined {
  switch (kind) {
    case 'text':
      return text;
    case 'id':
      return text === NIL_UUID || text === '' ? undefined : text;
    case 'time': {
      const micros = parseTimestamp(text);
      if (micros === undefined) throw invalidParameter(name, 'must be a time as YYYY-MM-DD HH:MM:SS.ffffff');
      return micros;
    }
    case 'integer':
      if (!/^-?\d{1,15}$/.test(text)) throw invalidParameter(name, 'must be a whole number');
      return Number(text);
    case 'flag':
      if (text !== 'true' && text !== 'false') throw invalidParameter(name, 'must be true or false');
      return text === 'true' ? 1 : 0;
    default:
      if (!kind.includes(text))
        throw invalidParameter(name, `must be one of ${kind.map((one) => `"${one}"`).join(', ')}`);
      return text;
  }
}
