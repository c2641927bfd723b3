import assert from 'node:assert/strict';
import type { GroupCallRecord } from '@groupcall/engine';
import type { CalledPhone } from './called-phone.ts';

/** The Reason of each end, as it arrives. */
export const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26';
export const CALLER_GONE = 'SIP;cause=487;text="Originator cancelled", Q.850;cause=16;text="Normal call clearing"';
export const RING_TIMEOUT = 'SIP;cause=408;text="Ring time is over", Q.850;cause=102;text="Recovery on timer expiry"';
export const NORMAL = 'Q.850;cause=16;text="Normal call clearing"';
export const FAILED = 'Q.850;cause=41;text="Temporary failure"';

/** Each leg of a record in one line: `reason by code: why`. */
export function legLines(record: GroupCallRecord): string[] {
  return record.legs.map(
    ({ hangupReason, hangupBy, sipCode, why }) => `${hangupReason} ${hangupBy} ${sipCode}: ${why}`,
  );
}

/** The Reason headers that the record says the phones got. */
export function reasonsSent(record: GroupCallRecord): string[] {
  return record.legs.map(({ reasonSent }) => reasonSent);
}

/** Exactly these of all the phones are in a call, acknowledged. */
export function expectTalking(all: readonly CalledPhone[], ...talking: readonly CalledPhone[]): void {
  const names = all.filter(({ calls }) => calls.some((call) => call.isTalking)).map(({ name }) => name);
  assert.deepEqual(
    names,
    all.filter((phone) => talking.includes(phone)).map(({ name }) => name),
  );
  const up = all.filter(({ calls }) => calls.some((call) => call.isUp)).map(({ name }) => name);
  assert.deepEqual(up, names, 'a phone is in a call that was not acknowledged');
}
