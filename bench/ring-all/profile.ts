/**
 * Where the server's processor time goes: `npm run bench -- profile [group calls a second]`. The same load as ring-all,
 * under `node --cpu-prof`; prints the functions with the most time of their own, and by part of the project.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/interop/peers/ports.ts';
import { startGroupcall } from './groupcall-subject.ts';
import { runLoad } from './load.ts';

const DEFAULT_RATE = 300;
const SECONDS = 10;
/** Before what is counted: by then everything is loaded and compiled. */
const WARM_UP_S = 4;
const TOP = 40;

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface CpuProfile {
  /** In µs of the machine's monotonic clock. */
  readonly startTime: number;
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time of their own by what `nameOf` says, in ms, from `fromUs` on. Waiting is left out. */
function ownTime(
  { nodes, samples, timeDeltas, startTime }: CpuProfile,
  fromUs: number,
  nameOf: (frame: CallFrame) => string,
): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let nowUs = startTime;
  for (const [at, sample] of samples.entries()) {
    nowUs += timeDeltas[at]!;
    if (nowUs < fromUs) continue;
    const name = names.get(sample)!;
    if (name.startsWith('(idle)') || name.startsWith('(root)')) continue;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[at]! / 1000);
  }
  return times;
}

function functionOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${shortened(url)}:${lineNumber + 1}`;
}

function partOf({ functionName, url }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(built in)';
  const found = /((?:packages|apps)\/[^/]+\/src\/[^/]+)\//.exec(url) ?? /((?:packages|apps)\/[^/]+)\//.exec(url);
  return found?.[1] ?? (url.startsWith('node:') ? url.split('/')[0]! : shortened(url));
}

function shortened(url: string): string {
  return url.replace(/^.*\/(packages|apps|node_modules)\//, '$1/').replace('/src/', '/');
}

function print(title: string, times: ReadonlyMap<string, number>, count: number): void {
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`\n${title} (${total.toFixed(0)} ms in all)`);
  for (const [name, ms] of [...times].sort((a, b) => b[1] - a[1]).slice(0, count)) {
    console.log(`  ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${name}`);
  }
}

const rate = Number(process.argv[2] ?? DEFAULT_RATE);
const folder = mkdtempSync(join(tmpdir(), 'groupcall-profile-'));
try {
  const ports = { caller: await freePort(), phones: [await freePort(), await freePort(), await freePort()] as const };
  const subject = await startGroupcall(ports, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  await runLoad(subject, ports, rate, WARM_UP_S);
  const fromUs = Number(process.hrtime.bigint() / 1000n);
  console.log(await runLoad(subject, ports, rate, SECONDS));
  await subject.stop();
  // The main thread does most, so its profile is the largest; the other is that of the store's worker.
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
    print(`${name}, by part`, ownTime(profile, fromUs, partOf), TOP);
    print(`${name}, by function`, ownTime(profile, fromUs, functionOf), TOP);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
