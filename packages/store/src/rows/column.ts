import { toMicros } from './micros.ts';

/** What a database value can be, in every database we speak to. */
export type SqlValue = string | number | null;

/** How a member is stored and compared. An array is the closed set of texts it can be. */
export type ColumnKind = 'id' | 'text' | 'time' | 'integer' | 'flag' | readonly string[];

/** A member of a record that has a column of its own, so that it can be filtered by, found by, or held unique. */
export interface Column<Item> {
  /** Name of the column, which is also the API's name of the member: `ring_method`. */
  readonly name: string;
  /** Name of the member: `ringMethod`. */
  readonly member: keyof Item & string;
  readonly kind: ColumnKind;
  /** Never changes, so that indexes on it are left alone when the record is written again. A time is always set. */
  readonly fixed: boolean;
  /** Few rows share a value, and an index of its own finds them. */
  readonly selective: boolean;
  /** What nearly all rows have in the end; an index holds the others. */
  readonly usual: string | undefined;
  /** Shown by the API, hence a list can be filtered by it. */
  readonly shown: boolean;
}

/** A column as a table declares it: its name follows from the member's. */
export interface ColumnSpec<Item> {
  readonly member: keyof Item & string;
  readonly kind: ColumnKind;
  readonly fixed?: true;
  readonly selective?: true;
  readonly usual?: string;
  readonly hidden?: true;
}

export function columnOf<Item>(spec: ColumnSpec<Item>): Column<Item> {
  return {
    name: spec.member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    member: spec.member,
    kind: spec.kind,
    fixed: spec.fixed ?? false,
    selective: spec.selective ?? false,
    usual: spec.usual,
    shown: !spec.hidden,
  };
}

/** A member's value as it stands in its column. */
export function toSqlValue(kind: ColumnKind, value: unknown): SqlValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return kind === 'time' ? toMicros(value) : value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return null;
}

/** The members of a union of texts, complete: the compiler misses the one that is left out. */
export function closedSet<Text extends string>(members: Readonly<Record<Text, true>>): readonly string[] {
  return Object.keys(members);
}
