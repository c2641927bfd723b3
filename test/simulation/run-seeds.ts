import { SITUATIONS, type Situation } from './coverage.ts';
import { REAL_MACHINE } from './machine.ts';
import { simulate } from './simulator.ts';

/** What many seeds came to. Plain data, so that it can cross from one thread to another. */
export interface RunSummary {
  seeds: number;
  steps: number;
  legs: number;
  /** How many seeds met each situation. */
  readonly situations: Map<Situation, number>;
  /** The first seeds that failed, and why. */
  readonly failures: { readonly seed: number; readonly message: string }[];
}

/** A run with more failures than these is not looked at any further. */
const MAX_FAILURES = 5;

/** Plays the seeds from `first` on, every `stride`-th, up to and with `last`. */
export function runSeeds(first: number, last: number, stride: number): RunSummary {
  const summary: RunSummary = {
    seeds: 0,
    steps: 0,
    legs: 0,
    situations: new Map(SITUATIONS.map((situation) => [situation, 0])),
    failures: [],
  };
  for (let seed = first; seed <= last && summary.failures.length < MAX_FAILURES; seed += stride) {
    try {
      const { steps, legs, situations } = simulate(seed, REAL_MACHINE);
      summary.seeds++;
      summary.steps += steps;
      summary.legs += legs;
      for (const situation of situations) summary.situations.set(situation, summary.situations.get(situation)! + 1);
    } catch (error) {
      summary.failures.push({ seed, message: String(error) });
    }
  }
  return summary;
}
