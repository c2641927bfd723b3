import type { Extension } from '@groupcall/engine';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where extensions are kept. */
export const extensionTable = new Table<Extension>({
  name: 'extensions',
  noun: 'extension',
  columns: [
    ...RESOURCE_COLUMNS,
    { member: 'extension', kind: 'text' },
    { member: 'domain', kind: 'text' },
    { member: 'username', kind: 'text' },
    { member: 'ringTimeoutMs', kind: 'integer' },
  ],
  unique: ['customerId', 'extension'],
});
