import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Violation } from './ledger.ts';
import { loadMutant } from './load-mutant.ts';
import type { Machine } from './machine.ts';
import { MUTANTS } from './mutants.ts';
import { simulate } from './simulator.ts';

/** Every bug has to show within this many seeds, from the first one on. */
const SEEDS = 5000;

/** The first seed that fails, and with what. */
function firstFailure(machine: Machine): { readonly seed: number; readonly error: unknown } | undefined {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      simulate(seed, machine);
    } catch (error) {
      return { seed, error };
    }
  }
  return undefined;
}

suite('the invariants bite', () => {
  for (const [number, mutant] of MUTANTS.entries()) {
    test(`MUST catch: ${mutant.name}`, async (context) => {
      const failure = firstFailure(await loadMutant(mutant, number));
      assert.ok(failure !== undefined, `not caught within ${SEEDS} seeds`);
      assert.ok(failure.error instanceof Violation, String(failure.error));
      context.diagnostic(`seed ${failure.seed}: ${failure.error.message}`);
    });
  }
});
