import type { CallRecord, CallStatus, GroupCallRecord } from '@groupcall/engine';
import { must, type GroupNotes, type LegNotes } from './ledger.ts';

/** The status that an event of a call tells of. */
export const STATUS_OF: ReadonlyMap<string, CallStatus> = new Map([
  ['call_created', 'dialing'],
  ['call_ringing', 'ringing'],
  ['call_progressing', 'progressing'],
  ['call_canceling', 'canceling'],
  ['call_terminating', 'terminating'],
  ['call_hangup', 'hangup'],
]);

/** Where a call may go from each status: forward only. One that answers after another has won is terminated right away. */
const NEXT: Readonly<Record<CallStatus, readonly CallStatus[]>> = {
  dialing: ['dialing', 'ringing', 'progressing', 'canceling', 'terminating', 'hangup'],
  ringing: ['ringing', 'progressing', 'canceling', 'terminating', 'hangup'],
  progressing: ['progressing', 'terminating', 'hangup'],
  canceling: ['canceling', 'terminating', 'hangup'],
  terminating: ['terminating', 'hangup'],
  hangup: ['hangup'],
};

/** Statuses move forward only; a call that ended says why, and one that lives does not. */
export function checkCallStatus(leg: LegNotes, record: CallRecord): void {
  const { id, status } = record;
  if (leg.status === undefined) must(status === 'dialing', `call ${id} begins as ${status}`);
  else must(NEXT[leg.status].includes(status), `call ${id} goes from ${leg.status} to ${status}`);
  leg.status = status;
  leg.hangupReason = record.hangupReason;
  const ended = status === 'hangup';
  must(
    ended === (record.hangupReason !== '') &&
      ended === (record.hangupBy !== '') &&
      ended === (record.tmHangup !== undefined),
    `call ${id} is ${status} with hangup_reason "${record.hangupReason}"`,
  );
  if (ended) must(record.why !== '', `call ${id} ended and does not say why`);
}

/** Rule 14, and statuses: what the record shows is what was told to have happened. */
export function checkGroupRecord(group: GroupNotes, record: GroupCallRecord): void {
  const { id, status } = record;
  must(record.callCount === group.liveCalls, `${id} counts ${record.callCount} calls, and ${group.liveCalls} live`);
  must(
    record.groupcallCount === group.liveGroups,
    `${id} counts ${record.groupcallCount} group calls, and ${group.liveGroups} live`,
  );
  must(group.status !== 'hangup' || status === 'hangup', `${id} goes from hangup to ${status}`);
  must(group.status !== 'hangingup' || status !== 'progressing', `${id} goes from hangingup to progressing`);
  must((status === 'hangup') === (record.hangupReason !== ''), `${id} is ${status} with "${record.hangupReason}"`);
  group.status = status;
  checkDialIndex(group, record);
  must(record.legs.length === group.members.length, `${id} has ${record.legs.length} entries`);
  let calls = 0;
  let groupCalls = 0;
  group.members.forEach((member, at) => {
    const entry = record.legs[at]!;
    must(entry.destination === at, `${id} has entry ${entry.destination} in place ${at}`);
    must((entry.status !== '') === member.created, `${id} shows entry ${at} as "${entry.status}"`);
    if (!member.created) return;
    const shown = 'liveCalls' in member ? record.groupcallIds[groupCalls++] : record.callIds[calls++];
    const expected = 'liveCalls' in member ? member.plan.id : member.plan.callId;
    must(shown === expected, `${id} shows the id ${shown} for destination ${at}`);
  });
  must(calls === record.callIds.length && groupCalls === record.groupcallIds.length, `${id} shows ids of nobody`);
}

/** With `linear`: the destination that is being tried, or was the last one to be. */
function checkDialIndex(group: GroupNotes, { id, dialIndex }: GroupCallRecord): void {
  const last = group.plan.ringMethod === 'linear' ? group.members.findLastIndex((member) => member.created) : 0;
  must(dialIndex === Math.max(0, last), `${id} tries destination ${dialIndex}, and ${last} was begun last`);
}
