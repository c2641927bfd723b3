import type { AccessKey } from '@groupcall/engine';
import { closedSet } from './column.ts';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where access keys are kept. */
export const accessKeyTable = new Table<AccessKey>({
  name: 'accesskeys',
  noun: 'access key',
  columns: [
    ...RESOURCE_COLUMNS,
    { member: 'role', kind: closedSet<AccessKey['role']>({ admin: true, read: true }) },
    { member: 'tmExpire', kind: 'time' },
    { member: 'tokenHash', kind: 'text', hidden: true },
  ],
  unique: ['tokenHash'],
});
