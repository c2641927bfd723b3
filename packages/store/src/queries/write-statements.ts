import { type Kysely, sql } from 'kysely';
import type { Database } from '../rows/database.ts';
import { EVENT_COLUMNS, EVENT_WIDTH } from '../rows/event-row.ts';
import type { Table } from '../rows/table.ts';

/** A statement that is prepared once and run for every row. */
export interface RowStatement {
  readonly sql: string;
  /** How many values a row has. */
  readonly width: number;
}

/** The statements that a batch of changes is written with. */
export interface WriteStatements {
  readonly groupCall: RowStatement;
  readonly call: RowStatement;
  /** Takes position and seq before the row's values. */
  readonly event: RowStatement;
  /** Takes a sequence's name and how many numbers are wanted; gives the last of them. */
  readonly reserve: string;
}

export function writeStatements<GroupCall extends object, Call extends object>(
  db: Kysely<Database>,
  groupCallTable: Table<GroupCall>,
  callTable: Table<Call>,
): WriteStatements {
  return {
    groupCall: upsert(db, groupCallTable),
    call: upsert(db, callTable),
    event: {
      sql: insertSql(db, 'events', EVENT_COLUMNS),
      width: EVENT_WIDTH,
    },
    reserve: db
      .insertInto('sequences')
      .values({ name: '', last: 0 })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ last: sql<number>`sequences.last + excluded.last` }),
      )
      .returning('last')
      .compile().sql,
  };
}

function upsert<Item extends object>(db: Kysely<Database>, table: Table<Item>): RowStatement {
  const changing = table.changingNames.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`);
  const insert = rawInsert(table.name, table.columnNames);
  const statement = sql`${insert} on conflict (id) do update set ${sql.join(changing)}`.compile(db);
  return { sql: statement.sql, width: table.columnNames.length };
}

function insertSql(db: Kysely<Database>, table: string, columns: readonly string[]): string {
  return rawInsert(table, columns).compile(db).sql;
}

function rawInsert(table: string, columns: readonly string[]) {
  const names = sql.join(columns.map((name) => sql.ref(name)));
  return sql`insert into ${sql.table(table)} (${names}) values (${sql.join(columns.map(() => ''))})`;
}
