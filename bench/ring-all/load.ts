import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuTime } from '../support/process-usage.ts';
import { SippProcess } from '../support/sipp-process.ts';
import { DIALLED, type PhonePorts, type Subject } from './subject.ts';

/** What one load run showed. */
export interface LoadResult {
  /** Group calls a second that were asked for. */
  readonly rate: number;
  /** Group calls a second that came to their end. */
  readonly achieved: number;
  readonly failed: number;
  /** Of the caller and of all phones. */
  readonly retransmissions: number;
  /** Every call went as the scenario says, at the rate asked for, with no message sent twice. */
  readonly sustained: boolean;
  /** Processor time of the server, in µs a group call. */
  readonly cpuUs: number;
  /** The same of its busiest thread. */
  readonly mainThreadUs: number;
}

/** The least share of the rate that must be reached: SIPp itself begins and ends a little slowly. */
const LEAST_SHARE = 0.97;

/** How long a run may go on after its last call has begun, in s, before it counts as failed. */
const GRACE_S = 4;

/** So many calls may be open at the caller: more than any rate that is sustained has. */
const OPEN_CALLS = '20000';

/**
 * One load run: SIPp as the caller, SIPp as three phones. The first phone answers at once, the others ring until they are
 * cancelled; the caller acknowledges, and hangs up at once.
 */
export async function runLoad(subject: Subject, ports: PhonePorts, rate: number, seconds: number): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'groupcall-bench-'));
  try {
    const scenarios = ['answer', 'ring', 'ring'];
    const phones: SippProcess[] = [];
    for (const [at, scenario] of scenarios.entries()) {
      phones.push(await SippProcess.start({ scenario, port: ports.phones[at]!, folder, args: ['-d', '0'] }));
    }
    const calls = Math.round(rate * seconds);
    const before = cpuTime(subject.pid);
    const startedAt = performance.now();
    const caller = await SippProcess.start({
      scenario: 'caller',
      port: ports.caller,
      folder,
      args: [
        ...[`127.0.0.1:${subject.port}`, '-s', DIALLED, '-r', String(rate), '-m', String(calls), '-d', '0'],
        ...['-l', OPEN_CALLS],
      ],
    });
    await caller.endsWithin((seconds + GRACE_S) * 1000);
    const wall = (performance.now() - startedAt) / 1000;
    const after = cpuTime(subject.pid);
    const counts = [await caller.finish(), ...(await Promise.all(phones.map((phone) => phone.finish())))];
    const successful = counts[0]!.successful;
    // A phone that was ended with calls open counts those as failed too.
    const failed = Math.max(calls - successful, ...counts.map((count) => count.failed));
    const retransmissions = counts.reduce((sum, count) => sum + count.retransmissions, 0);
    const achieved = successful / wall;
    return {
      rate,
      achieved,
      failed,
      retransmissions,
      sustained: failed === 0 && retransmissions === 0 && achieved >= rate * LEAST_SHARE,
      cpuUs: ((after.total - before.total) * 1e6) / calls,
      mainThreadUs: ((after.mainThread - before.mainThread) * 1e6) / calls,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
