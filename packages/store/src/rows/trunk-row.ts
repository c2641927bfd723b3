import type { Trunk } from '@groupcall/engine';
import { closedSet } from './column.ts';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where trunks are kept. */
export const trunkTable = new Table<Trunk>({
  name: 'trunks',
  noun: 'trunk',
  columns: [
    ...RESOURCE_COLUMNS,
    { member: 'host', kind: 'text' },
    { member: 'port', kind: 'integer' },
    { member: 'transport', kind: closedSet<Trunk['transport']>({ udp: true, tcp: true }) },
    { member: 'username', kind: 'text' },
    { member: 'register', kind: 'flag' },
    { member: 'priority', kind: 'integer' },
  ],
});
