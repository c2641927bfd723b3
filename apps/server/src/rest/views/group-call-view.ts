import { formatTime, NIL_UUID, type Groupcall, type Leg } from '@groupcall/contract';
import type { GroupCallRecord, LegRecord } from '@groupcall/engine';
import { addressView, destinationView } from './address-view.ts';

/** A group call as the API shows it: every member present, no null. */
export function groupCallView(record: GroupCallRecord): Groupcall {
  return {
    id: record.id,
    customer_id: record.customerId,
    source: addressView(record.source),
    destinations: record.destinations.map(destinationView),
    ring_method: record.ringMethod,
    answer_method: record.answerMethod,
    answer_call_id: record.answerCallId ?? NIL_UUID,
    call_ids: [...record.callIds],
    tm_create: formatTime(record.tmCreate),
    tm_update: formatTime(record.tmUpdate),
    tm_delete: formatTime(record.tmDelete),
    owner_type: record.ownerType,
    owner_id: record.ownerId ?? NIL_UUID,
    status: record.status,
    flow_id: record.flowId ?? NIL_UUID,
    master_call_id: record.masterCallId ?? NIL_UUID,
    master_groupcall_id: record.masterGroupcallId ?? NIL_UUID,
    answer_groupcall_id: record.answerGroupcallId ?? NIL_UUID,
    groupcall_ids: [...record.groupcallIds],
    call_count: record.callCount,
    groupcall_count: record.groupcallCount,
    dial_index: record.dialIndex,
    hangup_reason: record.hangupReason,
    legs: record.legs.map(legView),
  };
}

function legView(leg: LegRecord): Leg {
  return {
    destination: leg.destination,
    call_id: leg.callId ?? NIL_UUID,
    groupcall_id: leg.groupcallId ?? NIL_UUID,
    status: leg.status,
    hangup_by: leg.hangupBy,
    hangup_reason: leg.hangupReason,
    sip_code: leg.sipCode,
    reason_sent: leg.reasonSent,
    why: leg.why,
    tm_dial: formatTime(leg.tmDial),
    tm_ringing: formatTime(leg.tmRinging),
    tm_answer: formatTime(leg.tmAnswer),
    tm_confirm: formatTime(leg.tmConfirm),
    tm_hangup: formatTime(leg.tmHangup),
  };
}
