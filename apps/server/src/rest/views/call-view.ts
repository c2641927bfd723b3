import { formatTime, NIL_UUID, type Call } from '@groupcall/contract';
import type { CallRecord } from '@groupcall/engine';
import { addressView } from './address-view.ts';

/** A call as the API shows it: every member present, no null. */
export function callView(record: CallRecord): Call {
  return {
    id: record.id,
    customer_id: record.customerId,
    groupcall_id: record.groupcallId ?? NIL_UUID,
    flow_id: record.flowId ?? NIL_UUID,
    master_call_id: record.masterCallId ?? NIL_UUID,
    type: record.type,
    direction: record.direction,
    source: addressView(record.source),
    destination: addressView(record.destination),
    status: record.status,
    action: record.action,
    hangup_by: record.hangupBy,
    hangup_reason: record.hangupReason,
    sip_code: record.sipCode,
    why: record.why,
    sip_call_id: record.sipCallId,
    tm_create: formatTime(record.tmCreate),
    tm_update: formatTime(record.tmUpdate),
    tm_progressing: formatTime(record.tmProgressing),
    tm_ringing: formatTime(record.tmRinging),
    tm_hangup: formatTime(record.tmHangup),
    tm_delete: formatTime(record.tmDelete),
  };
}
