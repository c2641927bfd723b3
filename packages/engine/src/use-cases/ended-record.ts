import type { CallRecord } from '../records/call-record.ts';
import type { GroupCallRecord, LegRecord } from '../records/group-call-record.ts';

/** A call that nobody carries any more, as one that ended at `now` (ms since the epoch). */
export function endedCall(call: CallRecord, now: number): CallRecord {
  const why = `the server stopped while the call was ${call.status}`;
  return { ...call, status: 'hangup', hangupBy: 'local', hangupReason: 'failed', why, tmUpdate: now, tmHangup: now };
}

/** A group call that nobody carries any more, with all its legs, as one that ended at `now` (ms since the epoch). */
export function endedGroupCall(groupCall: GroupCallRecord, now: number): GroupCallRecord {
  return {
    ...groupCall,
    status: 'hangup',
    hangupReason: 'failed',
    callCount: 0,
    groupcallCount: 0,
    legs: groupCall.legs.map((leg) => endedLeg(leg, now)),
    tmUpdate: now,
  };
}

function endedLeg(leg: LegRecord, now: number): LegRecord {
  if (leg.status === 'hangup') return leg;
  if (leg.status === '') {
    return leg.why === '' ? { ...leg, hangupReason: 'failed', why: 'not dialled: the server stopped' } : leg;
  }
  const why = `the server stopped while it was ${leg.status}`;
  return { ...leg, status: 'hangup', hangupBy: 'local', hangupReason: 'failed', why, tmHangup: now };
}
