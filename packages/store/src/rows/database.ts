import type { EventRow } from './event-row.ts';
import type { RegistrationTableRow } from './registration-row.ts';
import type { SequenceRow } from './sequence-row.ts';
import type { SettingRow } from './setting-row.ts';

export type ResourceTable = 'customers' | 'accesskeys' | 'extensions' | 'agents' | 'groups' | 'numbers' | 'trunks';

/** The tables that the API lists. */
export type ListedTable = 'groupcalls' | 'calls' | ResourceTable;

/** What every listed table has, beside the columns that its file in this folder declares. Times in microseconds. */
export interface ListedRow {
  readonly id: string;
  readonly customer_id: string;
  readonly tm_create: number;
  readonly tm_update: number | null;
  readonly tm_delete: number | null;
  /** The whole item as JSON. */
  readonly doc: string;
}

/** The two tables of what happens, which also have a status. */
export interface RecordRow extends ListedRow {
  readonly status: string;
}

export interface MigrationRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly tm_applied: number;
}

/** All tables, as Kysely sees them. */
export interface Database extends Record<ResourceTable, ListedRow> {
  readonly groupcalls: RecordRow;
  readonly calls: RecordRow;
  readonly events: EventRow;
  readonly sequences: SequenceRow;
  readonly registrations: RegistrationTableRow;
  readonly settings: SettingRow;
  readonly schema_migrations: MigrationRow;
}
