import { residentBytes } from '../support/process-usage.ts';
import { TapPhones } from './tap-phones.ts';
import type { PhonePorts, Subject } from './subject.ts';

/** Group calls that ring at once: 2,001 legs. */
const GROUP_CALLS = 667;
const LEGS_EACH = 3;

/** Group calls that ring and end before the server at rest is measured, so that it has run all of its code. */
const WARM_UP_CALLS = 10;

/** A call every so many ms. */
const CALL_EVERY_MS = 4;

/** How long the calls of one step may take to ring, or to end, in ms. */
const STEP_TIMEOUT_MS = 15_000;

/** In bytes a ringing leg; a third of the group call and of its caller is in each. */
export interface RingingMemory {
  readonly legs: number;
  readonly resident: number;
  readonly heap: number | undefined;
}

/** What a leg that rings costs: the memory with 2,001 of them, less that at rest. Wants a server just started. */
export async function measureRingingMemory(subject: Subject, ports: PhonePorts): Promise<RingingMemory> {
  const tap = await TapPhones.start(subject.port, ports);
  try {
    const warmUp = await ring(tap, `warm-${subject.pid}`, WARM_UP_CALLS);
    await giveUp(tap, warmUp);
    const heapAtRest = await subject.heapBytes();
    const residentAtRest = residentBytes(subject.pid);
    const calls = await ring(tap, `memory-${subject.pid}`, GROUP_CALLS);
    const legs = tap.ringing;
    const heap = await subject.heapBytes();
    const resident = residentBytes(subject.pid);
    await giveUp(tap, calls);
    return {
      legs,
      resident: (resident - residentAtRest) / legs,
      heap: heap === undefined || heapAtRest === undefined ? undefined : (heap - heapAtRest) / legs,
    };
  } finally {
    await tap.close();
  }
}

/** Dials so many times, and waits until every phone rings and every caller hears it. */
async function ring(tap: TapPhones, name: string, count: number): Promise<string[]> {
  const calls = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const heard = new Set<string>();
  const all = arrivals(tap, (what, callId) => {
    if (what === '180 INVITE') heard.add(callId);
    return heard.size === count && tap.ringing === count * LEGS_EACH;
  });
  for (const callId of calls) {
    tap.invite(callId);
    await new Promise((resolve) => setTimeout(resolve, CALL_EVERY_MS));
  }
  await all;
  return calls;
}

/** Every caller gives up; waits until the last has its refusal. */
async function giveUp(tap: TapPhones, calls: readonly string[]): Promise<void> {
  const ended = new Set<string>();
  const all = arrivals(tap, (what, callId, text) => {
    if (what === '487 INVITE') {
      tap.acknowledgeRefusal(callId, text);
      ended.add(callId);
    }
    return ended.size === calls.length && tap.ringing === 0;
  });
  for (const callId of calls) {
    tap.cancel(callId);
    await new Promise((resolve) => setTimeout(resolve, CALL_EVERY_MS));
  }
  await all;
}

/** Resolves when `isLast` says so of something that arrived. */
function arrivals(tap: TapPhones, isLast: (what: string, callId: string, text: string) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      reject(new Error(`some calls did not come to where they should: ${tap.ringing} legs ring`));
    }, STEP_TIMEOUT_MS);
    tap.onArrival = ({ what, text }) => {
      const callId = /\r\nCall-ID: (.*)\r\n/.exec(text)?.[1] ?? '';
      if (!isLast(what, callId, text)) return;
      clearTimeout(deadline);
      resolve();
    };
  });
}
