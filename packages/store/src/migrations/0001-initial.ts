import type { Migration } from './migration.ts';

const LISTED_COLUMNS = `
  tm_create BIGINT NOT NULL,
  tm_update BIGINT,
  tm_delete BIGINT,
  doc TEXT NOT NULL`;

const RESOURCE_COLUMNS = `
  id TEXT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL`;

/** Lists walk these: of one customer, and of all. Rows of the same moment are few, and put in order when they are read. */
function listIndexes(table: string): readonly string[] {
  return [
    `CREATE INDEX ${table}_by_customer ON ${table} (customer_id, tm_create)`,
    `CREATE INDEX ${table}_by_time ON ${table} (tm_create)`,
  ];
}

/** A value is taken only as long as the one who has it is not deleted. */
function uniqueIndex(table: string, ...columns: readonly string[]): string {
  return `CREATE UNIQUE INDEX ${table}_unique ON ${table} (${columns.join(', ')}) WHERE tm_delete IS NULL`;
}

const records: readonly string[] = [
  `CREATE TABLE groupcalls (
  id TEXT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL,
  root_id TEXT NOT NULL,
  owner_type TEXT NOT NULL,
  owner_id TEXT,
  status TEXT NOT NULL,
  ring_method TEXT NOT NULL,
  answer_method TEXT NOT NULL,
  hangup_reason TEXT NOT NULL,
  flow_id TEXT,
  master_call_id TEXT,
  master_groupcall_id TEXT,
  answer_call_id TEXT,
  answer_groupcall_id TEXT,${LISTED_COLUMNS}
)`,
  ...listIndexes('groupcalls'),
  `CREATE INDEX groupcalls_unfinished ON groupcalls (tm_create) WHERE status <> 'hangup'`,
  `CREATE TABLE calls (
  id TEXT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL,
  root_id TEXT NOT NULL,
  groupcall_id TEXT,
  flow_id TEXT,
  master_call_id TEXT,
  type TEXT NOT NULL,
  direction TEXT NOT NULL,
  status TEXT NOT NULL,
  hangup_by TEXT NOT NULL,
  hangup_reason TEXT NOT NULL,
  sip_call_id TEXT NOT NULL,
  tm_progressing BIGINT,
  tm_ringing BIGINT,
  tm_hangup BIGINT,${LISTED_COLUMNS}
)`,
  ...listIndexes('calls'),
  `CREATE INDEX calls_by_groupcall ON calls (groupcall_id)`,
  `CREATE INDEX calls_unfinished ON calls (tm_create) WHERE status <> 'hangup'`,
];

const outbox: readonly string[] = [
  `CREATE TABLE sequences (
  name TEXT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
)`,
  `CREATE TABLE events (
  position BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  tm BIGINT NOT NULL,
  subject_id TEXT NOT NULL,
  root_id TEXT,
  doc TEXT NOT NULL
)`,
  `CREATE UNIQUE INDEX events_by_customer ON events (customer_id, seq)`,
];

const directory: readonly string[] = [
  `CREATE TABLE customers (${RESOURCE_COLUMNS},
  domain TEXT NOT NULL,
  status TEXT NOT NULL,${LISTED_COLUMNS}
)`,
  ...listIndexes('customers'),
  uniqueIndex('customers', 'domain'),
  `CREATE TABLE accesskeys (${RESOURCE_COLUMNS},
  role TEXT NOT NULL,
  tm_expire BIGINT,
  token_hash TEXT NOT NULL,${LISTED_COLUMNS}
)`,
  ...listIndexes('accesskeys'),
  uniqueIndex('accesskeys', 'token_hash'),
  `CREATE TABLE extensions (${RESOURCE_COLUMNS},
  extension TEXT NOT NULL,
  domain TEXT NOT NULL,
  username TEXT NOT NULL,
  ring_timeout_ms BIGINT,${LISTED_COLUMNS}
)`,
  ...listIndexes('extensions'),
  uniqueIndex('extensions', 'customer_id', 'extension'),
  `CREATE TABLE agents (${RESOURCE_COLUMNS},
  ring_method TEXT NOT NULL,${LISTED_COLUMNS}
)`,
  ...listIndexes('agents'),
  `CREATE TABLE groups (${RESOURCE_COLUMNS},
  ring_method TEXT NOT NULL,
  answer_method TEXT NOT NULL,${LISTED_COLUMNS}
)`,
  ...listIndexes('groups'),
  `CREATE TABLE numbers (${RESOURCE_COLUMNS},
  number TEXT NOT NULL,
  group_id TEXT,${LISTED_COLUMNS}
)`,
  ...listIndexes('numbers'),
  uniqueIndex('numbers', 'customer_id', 'number'),
  `CREATE TABLE trunks (${RESOURCE_COLUMNS},
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  transport TEXT NOT NULL,
  username TEXT NOT NULL,
  register BIGINT NOT NULL,
  priority BIGINT NOT NULL,${LISTED_COLUMNS}
)`,
  ...listIndexes('trunks'),
  `CREATE TABLE registrations (
  aor TEXT NOT NULL,
  contact TEXT NOT NULL,
  tm_expire BIGINT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (aor, contact)
)`,
  `CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
)`,
];

/** The tables of the first version. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: [...records, ...outbox, ...directory],
};
