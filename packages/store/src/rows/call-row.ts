import type { CallDirection, CallRecord, CallStatus, HangupBy, HangupReason } from '@groupcall/engine';
import { closedSet } from './column.ts';
import { Table } from './table.ts';

export const HANGUP_REASONS = closedSet<HangupReason>({
  '': true,
  normal: true,
  busy: true,
  noanswer: true,
  dialout: true,
  cancel: true,
  failed: true,
  timeout: true,
  amd: true,
});

const STATUSES = closedSet<CallStatus>({
  dialing: true,
  ringing: true,
  progressing: true,
  canceling: true,
  terminating: true,
  hangup: true,
});

/** Where calls are kept. */
export const callTable = new Table<CallRecord>({
  name: 'calls',
  noun: 'call',
  columns: [
    { member: 'id', kind: 'id', fixed: true },
    { member: 'customerId', kind: 'id', fixed: true },
    { member: 'rootId', kind: 'id', fixed: true, hidden: true },
    { member: 'groupcallId', kind: 'id', fixed: true, selective: true },
    { member: 'flowId', kind: 'id' },
    { member: 'masterCallId', kind: 'id' },
    { member: 'type', kind: 'text' },
    { member: 'direction', kind: closedSet<CallDirection>({ outgoing: true, incoming: true }) },
    { member: 'status', kind: STATUSES, usual: 'hangup' },
    { member: 'hangupBy', kind: closedSet<HangupBy>({ '': true, remote: true, local: true }) },
    { member: 'hangupReason', kind: HANGUP_REASONS },
    { member: 'sipCallId', kind: 'text' },
    { member: 'tmCreate', kind: 'time', fixed: true },
    { member: 'tmUpdate', kind: 'time' },
    { member: 'tmProgressing', kind: 'time' },
    { member: 'tmRinging', kind: 'time' },
    { member: 'tmHangup', kind: 'time' },
    { member: 'tmDelete', kind: 'time' },
  ],
});
