import type { Resource } from '@groupcall/engine';
import type { ColumnSpec } from './column.ts';

/** The columns of every directory resource. */
export const RESOURCE_COLUMNS = [
  { member: 'id', kind: 'id', fixed: true },
  { member: 'customerId', kind: 'id', fixed: true },
  { member: 'name', kind: 'text' },
  { member: 'detail', kind: 'text' },
  { member: 'tmCreate', kind: 'time', fixed: true },
  { member: 'tmUpdate', kind: 'time' },
  { member: 'tmDelete', kind: 'time' },
] as const satisfies readonly ColumnSpec<Resource>[];
