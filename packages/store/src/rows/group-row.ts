import { ANSWER_METHODS, type Group, RING_METHODS } from '@groupcall/engine';
import { RESOURCE_COLUMNS } from './resource-columns.ts';
import { Table } from './table.ts';

/** Where saved groups are kept. */
export const groupTable = new Table<Group>({
  name: 'groups',
  noun: 'group',
  columns: [
    ...RESOURCE_COLUMNS,
    { member: 'ringMethod', kind: RING_METHODS },
    { member: 'answerMethod', kind: ANSWER_METHODS },
  ],
});
