import type { Customer } from '@groupcall/engine';
import { closedSet } from './column.ts';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where customers are kept. */
export const customerTable = new Table<Customer>({
  name: 'customers',
  noun: 'customer',
  columns: [
    ...RESOURCE_COLUMNS,
    { member: 'domain', kind: 'text' },
    { member: 'status', kind: closedSet<Customer['status']>({ active: true, suspended: true }) },
  ],
  unique: ['domain'],
});
