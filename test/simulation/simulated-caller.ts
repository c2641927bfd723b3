import type { CallerEnd } from '@groupcall/engine';
import { roundTrip, TIMER_B_MS, type World } from './world.ts';

/** The caller's side, as signaling and the caller's phone play it. It reports as the port promises: `ended` once, last. */
export class SimulatedCaller {
  readonly #world: World;
  #connected = false;
  #closing = false;
  #gone = false;
  #over = false;

  constructor(world: World, givesUpMs: number | undefined) {
    this.#world = world;
    if (givesUpMs === undefined) return;
    world.after(givesUpMs, () => {
      if (!this.#connected) this.#leave('cancel');
    });
  }

  get over(): boolean {
    return this.#over;
  }

  get connected(): boolean {
    return this.#connected && !this.#gone;
  }

  /** The winner's answer: the caller talks, hangs up soon or late, or never acknowledges. */
  connect(): void {
    this.#connected = true;
    const { random } = this.#world;
    const fate = random.next();
    if (fate < 0.05) {
      this.#world.after(TIMER_B_MS, () => {
        this.#leave('no-ack');
      });
    } else if (fate < 0.5) {
      this.#world.after(random.integer(0, random.chance(0.3) ? 300 : 60_000), () => {
        this.#leave(random.chance(0.05) ? 'failed' : 'bye');
      });
    }
  }

  reject(): void {
    this.#close('rejected');
  }

  release(): void {
    this.#close('bye');
  }

  #close(kind: CallerEnd['kind']): void {
    if (this.#closing || this.#gone || this.#over) return;
    this.#closing = true;
    const { random } = this.#world;
    // The caller may give up in the same moment.
    if (random.chance(0.1)) {
      this.#world.after(random.integer(0, 20), () => {
        this.#leave('cancel');
      });
    }
    this.#world.after(random.chance(0.05) ? TIMER_B_MS : roundTrip(random), () => {
      this.#end({ by: 'local', kind, detail: kind });
    });
  }

  #leave(kind: CallerEnd['kind']): void {
    if (this.#gone || this.#over) return;
    this.#gone = true;
    const end: CallerEnd = { by: 'remote', kind, detail: `the caller's ${kind}` };
    const { random } = this.#world;
    if (random.chance(0.1)) {
      this.#end(end);
      return;
    }
    this.#world.feed({ type: 'caller-gone', end });
    this.#world.after(random.chance(0.5) ? 0 : roundTrip(random), () => {
      this.#end(end);
    });
  }

  #end(end: CallerEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#world.feed({ type: 'caller-ended', end });
  }
}
