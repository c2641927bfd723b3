import type { SeededRandom } from '@groupcall/testkit';
import type { Input } from '../../packages/engine/src/internal.ts';

/** What the simulated phones and the simulated caller live in. */
export interface World {
  readonly random: SeededRandom;
  /** ms since the epoch. */
  now(): number;
  /** Has something happen `delayMs` from now; rounded to the quantum, and in any order with what happens in the same moment. */
  after(delayMs: number, happen: () => void): void;
  /** Hands something to the machine. */
  feed(input: Input): void;
}

/** Of a message to a phone and back, in ms. */
export function roundTrip(random: SeededRandom): number {
  return random.integer(0, random.chance(0.9) ? 40 : 1500);
}

/** 64*T1 (RFC 3261 §17): when a request that nobody answers is given up, in ms. */
export const TIMER_B_MS = 32_000;
