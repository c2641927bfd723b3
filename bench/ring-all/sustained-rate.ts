import { runLoad, type LoadResult } from './load.ts';
import type { PhonePorts, StartSubject, Subject } from './subject.ts';

/** How long every step lasts, in s. */
const STEP_S = 8;

/** Load before the steps of a server that was just started, so that none of them measures its compiler. */
const WARM_UP = { rate: 200, seconds: 4 };

/** The search ends when the highest rate that holds and the lowest that does not are this near. */
const NEAR_ENOUGH = 1.1;

/** So often a rate must fail until it counts as one that does not hold: the machine may do something else for a moment. */
const TRIES = 2;

/** Between a rate that holds and the next one that is tried, while none has failed. */
const STRIDE = 1.4;

/** A rate below this is not looked for. */
const LOWEST_RATE = 25;

/** Looks for the highest rate that a server sustains, one step at a time, so that two searches can take turns. */
export class RateSearch {
  readonly name: string;
  readonly steps: LoadResult[] = [];
  readonly #start: StartSubject;
  readonly #ports: PhonePorts;
  #subject: Subject | undefined;
  #next: number;
  /** Of the rate that is being tried. */
  #failures = 0;
  #holds = 0;
  #fails = Number.POSITIVE_INFINITY;

  /** @param firstRate the rate that is tried first */
  constructor(name: string, start: StartSubject, ports: PhonePorts, firstRate: number) {
    this.name = name;
    this.#start = start;
    this.#ports = ports;
    this.#next = firstRate;
  }

  /** The highest rate that held, and what it came to. */
  get best(): LoadResult | undefined {
    return this.steps.findLast((step) => step.sustained && step.rate === this.#holds);
  }

  get isDone(): boolean {
    return this.#fails <= this.#holds * NEAR_ENOUGH || this.#next < LOWEST_RATE;
  }

  /** Tries the next rate. After a failure the next step begins with a fresh server: calls of the last may still be there. */
  async step(): Promise<LoadResult> {
    const subject = (this.#subject ??= await startWarm(this.#start, this.#ports));
    const result = await runLoad(subject, this.#ports, this.#next, STEP_S);
    this.steps.push(result);
    if (!result.sustained) {
      await this.close();
      this.#failures++;
      if (this.#failures < TRIES) return result;
      this.#fails = result.rate;
    } else this.#holds = result.rate;
    this.#failures = 0;
    this.#next = Math.round(this.#following());
    return result;
  }

  async close(): Promise<void> {
    await this.#subject?.stop();
    this.#subject = undefined;
  }

  #following(): number {
    if (this.#fails === Number.POSITIVE_INFINITY) return this.#holds * STRIDE;
    if (this.#holds === 0) return this.#fails / STRIDE;
    return Math.sqrt(this.#holds * this.#fails);
  }
}

/** A server that has handled a few hundred calls. */
export async function startWarm(start: StartSubject, ports: PhonePorts): Promise<Subject> {
  const subject = await start(ports);
  await runLoad(subject, ports, WARM_UP.rate, WARM_UP.seconds);
  return subject;
}
