import type { NumberRoute } from '@groupcall/engine';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where numbers are kept. */
export const numberTable = new Table<NumberRoute>({
  name: 'numbers',
  noun: 'number',
  columns: [...RESOURCE_COLUMNS, { member: 'number', kind: 'text' }, { member: 'groupId', kind: 'id' }],
  unique: ['customerId', 'number'],
});
