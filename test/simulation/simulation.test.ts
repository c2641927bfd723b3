import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { suite, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SITUATIONS } from './coverage.ts';
import { REAL_MACHINE } from './machine.ts';
import type { RunSummary } from './run-seeds.ts';
import type { SeedsOfThread } from './seeds-worker.ts';
import { simulate } from './simulator.ts';

/** How many seeds are played; the first is 1. */
const SEEDS = Number(process.env['GROUPCALL_SIM_SEEDS'] ?? 100_000);

const THREADS = Math.min(2, availableParallelism());

/** Plays every `THREADS`-th seed in a thread of its own. */
async function runThread(thread: number): Promise<RunSummary> {
  const workerData: SeedsOfThread = { first: thread + 1, last: SEEDS, stride: THREADS };
  const worker = new Worker(new URL('seeds-worker.ts', import.meta.url), { workerData });
  const [summary] = (await once(worker, 'message')) as [RunSummary];
  return summary;
}

suite('the simulator', () => {
  test(`MUST hold every invariant after every step, for ${SEEDS} seeds`, async (context) => {
    const summaries = await Promise.all(Array.from({ length: THREADS }, (_value, thread) => runThread(thread)));
    const failures = summaries.flatMap((summary) => summary.failures);
    const lines = failures.map(
      ({ seed, message }) => `${message}\n  replay it with: node test/simulation/replay.ts --seed ${seed}`,
    );
    assert.equal(failures.length, 0, `\n${lines.join('\n')}`);
    const total = (of: (summary: RunSummary) => number): number => summaries.reduce((sum, one) => sum + of(one), 0);
    assert.equal(
      total(({ seeds }) => seeds),
      SEEDS,
    );
    context.diagnostic(`${SEEDS} seeds, ${total(({ legs }) => legs)} legs, ${total(({ steps }) => steps)} steps`);
    for (const situation of SITUATIONS) {
      const met = total(({ situations }) => situations.get(situation) ?? 0);
      context.diagnostic(`${String(met).padStart(7)} × ${situation}`);
      // Too few seeds may miss what is rare.
      if (SEEDS >= 10_000) assert.ok(met >= SEEDS / 10_000, `"${situation}" was met ${met} times in ${SEEDS} seeds`);
    }
  });

  test('MUST play the same seed in the same way', () => {
    const logs = [0, 1].map(() => {
      const lines: string[] = [];
      simulate(42, REAL_MACHINE, (at, what) => lines.push(`${at} ${JSON.stringify(what)}`));
      return lines;
    });
    assert.deepEqual(logs[0], logs[1]);
    assert.ok(logs[0]!.length > 20);
  });
});
