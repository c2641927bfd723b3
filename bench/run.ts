/**
 * Runs the benchmarks one after the other, each in a process of its own: `npm run bench [-- NAME [arguments]]`.
 * Loopback only. Results are ratios to a peer in the same run where there is one: other figures hold for this machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** By name: the file, and whether it runs when no name is given. */
const BENCHMARKS: Readonly<Record<string, readonly [file: string, always: boolean]>> = {
  'sip-parser': ['sip-parser.ts', true],
  'sip-transaction': ['sip-transaction.ts', true],
  'engine-transition': ['engine-transition.ts', true],
  'store-commit': ['store-commit.ts', true],
  'ring-all': ['ring-all/ring-all.ts', true],
  profile: ['ring-all/profile.ts', false],
};

const [name, ...args] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(BENCHMARKS, name)) {
  console.error(`no benchmark is called ${name}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
console.log(`${process.version} on ${cpus().length} × ${cpus()[0]?.model ?? '?'}, load ${loadavg()[0]!.toFixed(2)}`);
for (const [candidate, [file, always]] of Object.entries(BENCHMARKS)) {
  if (name === undefined ? !always : name !== candidate) continue;
  console.log(`\n— ${candidate} —`);
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: 'inherit',
    detached: true,
  });
  const endAll = (): void => {
    // Its servers and load generators are of its process group: none of them outlives an interrupted run.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  process.on('SIGINT', endAll);
  process.on('SIGTERM', endAll);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('SIGINT', endAll);
  process.off('SIGTERM', endAll);
  if (code !== 0) process.exit(code ?? 1);
}
