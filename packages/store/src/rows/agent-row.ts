import { type Agent, RING_METHODS } from '@groupcall/engine';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where agents are kept. */
export const agentTable = new Table<Agent>({
  name: 'agents',
  noun: 'agent',
  columns: [...RESOURCE_COLUMNS, { member: 'ringMethod', kind: RING_METHODS }],
});
