import { percentile } from '../support/statistics.ts';
import { TapPhones, type Arrival } from './tap-phones.ts';
import type { PhonePorts, Subject } from './subject.ts';

/** How long the phones ring before the first of them answers, in ms. */
const RINGING_MS = 5;

/** A call every so many ms: one at a time, so that nothing waits behind another call. */
const CALL_EVERY_MS = 20;

/** A call that takes longer than this has failed, in ms. */
const CALL_TIMEOUT_MS = 5_000;

/** In ms, at the phones. */
export interface CancelLatency {
  readonly calls: number;
  /** From the winner's 200 on the wire to the last CANCEL at a phone. */
  readonly cancel: { readonly p50: number; readonly p99: number };
  /** From the caller's INVITE to the last INVITE at a phone. */
  readonly fanOut: { readonly p50: number; readonly p99: number };
}

/** Places calls one after the other, and measures how soon the losers stop ringing. */
export async function measureCancelLatency(
  subject: Subject,
  ports: PhonePorts,
  calls: number,
  warmUpCalls: number,
): Promise<CancelLatency> {
  const tap = await TapPhones.start(subject.port, ports);
  const cancel: number[] = [];
  const fanOut: number[] = [];
  try {
    for (let number = 0; number < warmUpCalls + calls; number++) {
      const nextAt = performance.now() + CALL_EVERY_MS;
      const times = await oneCall(tap, `latency-${subject.pid}-${number}`);
      if (number >= warmUpCalls) {
        cancel.push(times.cancelMs);
        fanOut.push(times.fanOutMs);
      }
      await wait(Math.max(0, nextAt - performance.now()));
    }
  } finally {
    await tap.close();
  }
  return { calls, cancel: summary(cancel), fanOut: summary(fanOut) };
}

function summary(values: readonly number[]): { p50: number; p99: number } {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Plays one call to its end: everything acknowledged, at the caller and at every phone. */
function oneCall(tap: TapPhones, callId: string): Promise<{ cancelMs: number; fanOutMs: number }> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const deadline = setTimeout(() => {
      reject(new Error(`${callId} did not end; so far: ${seen.join(', ')}`));
    }, CALL_TIMEOUT_MS);
    const invitedAt = performance.now();
    const count = (what: string): number => seen.filter((event) => event === what).length;
    let fanOutMs = 0;
    let answeredAt = 0;
    let cancelMs = 0;
    tap.onArrival = ({ at, what, atMs, text }: Arrival) => {
      seen.push(at < 0 ? what : `${what}@phone`);
      if (what === 'INVITE' && count('INVITE@phone') === 3) {
        fanOutMs = atMs - invitedAt;
        setTimeout(() => {
          answeredAt = tap.answer(0);
        }, RINGING_MS);
      }
      if (what === 'CANCEL' && count('CANCEL@phone') === 2) cancelMs = atMs - answeredAt;
      if (what === '200 INVITE') tap.acknowledgeAndHangUp(callId, text);
      // The winner's ACK, and those of the two 487.
      if (count('ACK@phone') === 3 && count('BYE@phone') === 1 && count('200 BYE') === 1) {
        clearTimeout(deadline);
        if (count('INVITE@phone') === 3 && count('CANCEL@phone') === 2) resolve({ cancelMs, fanOutMs });
        else reject(new Error(`${callId}: messages were sent twice: ${seen.join(', ')}`));
      }
    };
    tap.invite(callId);
  });
}
