import type { Customer, EngineLimits } from '@groupcall/engine';
import { GroupCallEngine } from '@groupcall/engine';
import type { LogFields, Logger } from '@groupcall/kernel';
import { FakeClock } from '../fake-clock.ts';
import { SeededIdSource } from '../seeded-random.ts';
import { MemoryCallStore } from './memory-call-store.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { testCustomer } from './records.ts';
import { ScriptedSignaling } from './scripted-signaling.ts';

export interface EngineHarnessOptions {
  readonly seed?: number;
  readonly customer?: Partial<Customer>;
  readonly limits?: Partial<EngineLimits>;
}

/** A whole engine with scripted phones, a store in memory, and time that a test moves. */
export class EngineHarness {
  readonly clock = new FakeClock();
  readonly store = new MemoryCallStore();
  readonly directory = new MemoryDirectory();
  readonly signaling = new ScriptedSignaling(this.clock);
  readonly customer: Customer;
  readonly engine: GroupCallEngine;
  /** What was logged, by level and message. */
  readonly log: string[] = [];

  constructor({ seed = 1, customer = {}, limits = {} }: EngineHarnessOptions = {}) {
    this.customer = this.directory.customers.put(testCustomer(customer));
    this.engine = new GroupCallEngine({
      clock: this.clock,
      ids: new SeededIdSource(seed),
      logger: this.#logger(),
      store: this.store,
      directory: this.directory,
      signaling: this.signaling,
      limits,
    });
  }

  /** Lets everything happen that waits for nothing but a promise. */
  async settle(): Promise<void> {
    // One turn of the event loop runs every microtask that is due, and those they lead to.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves time on, in steps of the timers that fall due, with everything that follows from each. */
  async advance(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.settle();
    for (let next = this.clock.nextAt; next !== undefined && next <= until; next = this.clock.nextAt) {
      this.clock.advanceTo(next);
      await this.settle();
    }
    this.clock.advanceTo(until);
  }

  /** Moves time on until no timer waits, or `limitMs` have gone by. */
  async advanceToRest(limitMs = 600_000): Promise<void> {
    const until = this.clock.now() + limitMs;
    await this.settle();
    for (let next = this.clock.nextAt; next !== undefined && next <= until; next = this.clock.nextAt) {
      this.clock.advanceTo(next);
      await this.settle();
    }
  }

  /** Types of the durable events, in order. */
  eventTypes(): readonly string[] {
    return this.store.events.map(({ type }) => type);
  }

  #logger(): Logger {
    const line = (level: string) => (_fields: LogFields, message: string) => {
      this.log.push(`${level}: ${message}`);
    };
    const logger: Logger = {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: () => logger,
    };
    return logger;
  }
}
