import { ANSWER_METHODS, type GroupCallRecord, type GroupCallStatus, RING_METHODS } from '@groupcall/engine';
import { closedSet } from './column.ts';
import { HANGUP_REASONS } from './call-row.ts';
import { Table } from './table.ts';

const STATUSES = closedSet<GroupCallStatus>({ progressing: true, hangingup: true, hangup: true });

/** Where group calls are kept. */
export const groupCallTable = new Table<GroupCallRecord>({
  name: 'groupcalls',
  noun: 'group call',
  columns: [
    { member: 'id', kind: 'id', fixed: true },
    { member: 'customerId', kind: 'id', fixed: true },
    { member: 'rootId', kind: 'id', fixed: true, hidden: true },
    { member: 'ownerType', kind: 'text' },
    { member: 'ownerId', kind: 'id' },
    { member: 'status', kind: STATUSES, usual: 'hangup' },
    { member: 'ringMethod', kind: RING_METHODS },
    { member: 'answerMethod', kind: ANSWER_METHODS },
    { member: 'hangupReason', kind: HANGUP_REASONS },
    { member: 'flowId', kind: 'id' },
    { member: 'masterCallId', kind: 'id' },
    { member: 'masterGroupcallId', kind: 'id' },
    { member: 'answerCallId', kind: 'id' },
    { member: 'answerGroupcallId', kind: 'id' },
    { member: 'tmCreate', kind: 'time', fixed: true },
    { member: 'tmUpdate', kind: 'time' },
    { member: 'tmDelete', kind: 'time' },
  ],
});
