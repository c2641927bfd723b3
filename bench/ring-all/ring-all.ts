/**
 * A group call with a caller and three phones, all rung at once, against SIPp; beside Kamailio, which does the same as a
 * proxy, in the same run and turn by turn: `npm run bench -- ring-all`. See bench/README.md for what is measured how.
 * The last line is one JSON object with everything; `--baseline` also writes it to bench/baseline.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/interop/peers/ports.ts';
import { median, significant } from '../support/statistics.ts';
import { measureCancelLatency, type CancelLatency } from './cancel-latency.ts';
import { startGroupcall } from './groupcall-subject.ts';
import { startKamailio } from './kamailio-subject.ts';
import { runLoad, type LoadResult } from './load.ts';
import { measureRingingMemory, type RingingMemory } from './ringing-memory.ts';
import type { PhonePorts, StartSubject } from './subject.ts';
import { RateSearch, startWarm } from './sustained-rate.ts';

/** What this server must reach with its signalling on one core, in group calls a second. */
const AIM = 1_000;

const LEGS = 3;
const LATENCY_CALLS = 500;
const LATENCY_WARM_UP_CALLS = 300;

/** The common rate, as a share of what the slower of both sustains. */
const COMMON_SHARE = 0.75;
const COMMON_ROUNDS = 3;
const COMMON_S = 6;

const SUBJECTS: readonly (readonly [name: string, start: StartSubject, firstRate: number])[] = [
  ['groupcall', startGroupcall, 300],
  ['kamailio', startKamailio, 800],
];

/** Everything measured of one server. */
interface Measured {
  readonly sustained: number;
  /** At the common rate: µs a group call, and of its busiest thread. */
  readonly cpuUs: number;
  readonly mainThreadUs: number;
  readonly latency: CancelLatency;
  readonly memory: RingingMemory;
}

async function ports(): Promise<PhonePorts> {
  return { caller: await freePort(), phones: [await freePort(), await freePort(), await freePort()] };
}

function show(name: string, result: LoadResult): void {
  const { rate, achieved, failed, retransmissions, cpuUs, mainThreadUs } = result;
  console.log(
    `  ${name.padEnd(10)} ${String(rate).padStart(5)}/s ${result.sustained ? 'held  ' : 'failed'}` +
      `  ${achieved.toFixed(0)}/s came through, ${failed} failed, ${retransmissions} messages sent again,` +
      ` ${cpuUs.toFixed(0)} µs a group call (busiest thread ${mainThreadUs.toFixed(0)})`,
  );
}

/** The highest rates that hold, found in turns. */
async function sustainedRates(phonePorts: PhonePorts): Promise<Map<string, number>> {
  console.log('the highest rate without a failure or a message sent again:');
  const searches = SUBJECTS.map(([name, start, first]) => new RateSearch(name, start, phonePorts, first));
  try {
    while (searches.some((search) => !search.isDone)) {
      for (const search of searches) if (!search.isDone) show(search.name, await search.step());
    }
  } finally {
    for (const search of searches) await search.close();
  }
  return new Map(searches.map(({ name, best }) => [name, best?.rate ?? 0]));
}

/** Processor time a group call at one rate for both, in turns: the medians. */
async function commonRate(phonePorts: PhonePorts, rate: number): Promise<Map<string, LoadResult[]>> {
  console.log(`processor time at ${rate}/s:`);
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round < COMMON_ROUNDS; round++) {
    for (const [name, start] of SUBJECTS) {
      const subject = await startWarm(start, phonePorts);
      try {
        const result = await runLoad(subject, phonePorts, rate, COMMON_S);
        show(name, result);
        results.set(name, [...(results.get(name) ?? []), result]);
      } finally {
        await subject.stop();
      }
    }
  }
  return results;
}

async function quietly(phonePorts: PhonePorts, start: StartSubject): Promise<Pick<Measured, 'latency' | 'memory'>> {
  const subject = await start(phonePorts);
  try {
    // The memory first: it wants a server just started.
    const memory = await measureRingingMemory(subject, phonePorts);
    const latency = await measureCancelLatency(subject, phonePorts, LATENCY_CALLS, LATENCY_WARM_UP_CALLS);
    return { latency, memory };
  } finally {
    await subject.stop();
  }
}

async function measureAll(): Promise<{ common: number; measured: Map<string, Measured> }> {
  const phonePorts = await ports();
  const quiet = new Map<string, Pick<Measured, 'latency' | 'memory'>>();
  for (const [name, start] of SUBJECTS) quiet.set(name, await quietly(phonePorts, start));
  const sustained = await sustainedRates(phonePorts);
  const common = Math.round(Math.min(...sustained.values()) * COMMON_SHARE);
  const loads = await commonRate(phonePorts, common);
  const measured = new Map<string, Measured>();
  for (const [name] of SUBJECTS) {
    measured.set(name, {
      sustained: sustained.get(name)!,
      cpuUs: median(loads.get(name)!.map(({ cpuUs }) => cpuUs)),
      mainThreadUs: median(loads.get(name)!.map(({ mainThreadUs }) => mainThreadUs)),
      ...quiet.get(name)!,
    });
  }
  return { common, measured };
}

type Row = readonly [what: string, of: (measured: Measured) => number | undefined];

const ROWS: readonly Row[] = [
  ['group calls/s sustained', ({ sustained }) => sustained],
  ['CPU µs a group call', ({ cpuUs }) => cpuUs],
  ['CPU µs a leg (the caller is one)', ({ cpuUs }) => cpuUs / (LEGS + 1)],
  ['CPU µs a group call, busiest thread', ({ mainThreadUs }) => mainThreadUs],
  ["winner's 200 to the last CANCEL, p50 ms", ({ latency }) => latency.cancel.p50],
  ["winner's 200 to the last CANCEL, p99 ms", ({ latency }) => latency.cancel.p99],
  ["caller's INVITE to the last INVITE, p50 ms", ({ latency }) => latency.fanOut.p50],
  ["caller's INVITE to the last INVITE, p99 ms", ({ latency }) => latency.fanOut.p99],
  ['memory a ringing leg, resident KB', ({ memory }) => memory.resident / 1000],
  ['memory a ringing leg, heap KB', ({ memory }) => (memory.heap === undefined ? undefined : memory.heap / 1000)],
];

function report(common: number, measured: ReadonlyMap<string, Measured>): Record<string, unknown> {
  const ours = measured.get('groupcall')!;
  const theirs = measured.get('kamailio')!;
  const rows = ROWS.map(([what, of]) => {
    const [mine, other] = [of(ours), of(theirs)];
    const ratio = mine === undefined || other === undefined ? undefined : significant(mine / other);
    return { what, groupcall: round(mine), kamailio: round(other), ratio };
  });
  console.log(`\n| | groupcall | Kamailio | ratio |\n| --- | --- | --- | --- |`);
  for (const { what, groupcall, kamailio, ratio } of rows) {
    console.log(`| ${what} | ${groupcall ?? '–'} | ${kamailio ?? '–'} | ${ratio ?? '–'} |`);
  }
  console.log(`\naim: ${AIM}/s; sustained: ${ours.sustained}/s, ${((100 * ours.sustained) / AIM).toFixed(0)} % of it`);
  return { benchmark: 'ring-all', commonRate: common, aim: AIM, rows };
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : significant(value);
}

const { common, measured } = await measureAll();
const result = report(common, measured);
console.log(JSON.stringify(result));
if (process.argv.includes('--baseline')) {
  const file = join(import.meta.dirname, '..', 'baseline.json');
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
