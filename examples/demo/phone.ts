import { join } from 'node:path';
import { Child } from './child.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'phone', 'src', 'main.ts');

/** An event as `apps/phone` writes it. */
export interface PhoneEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

/** A SIP phone in a process of its own. */
export class Phone {
  readonly name: string;
  readonly #child: Child;
  readonly #onEvent: (phone: Phone, event: PhoneEvent) => void;
  #events: PhoneEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(name: string, server: string, transport: string, onEvent: (phone: Phone, event: PhoneEvent) => void) {
    this.name = name;
    this.#onEvent = onEvent;
    const args = ['--user', name, '--password', `pw-${name}`, '--domain', 'local', '--server', server];
    this.#child = new Child(MAIN, [...args, '--transport', transport, '--ring-only'], process.env, (line) => {
      this.#take(JSON.parse(line) as PhoneEvent);
    });
  }

  tell(command: Record<string, unknown>): void {
    this.#child.writeLine(JSON.stringify(command));
  }

  /** The next event of this name since {@link forget}; rejects after `timeoutMs`. */
  async until(name: string, timeoutMs = 10_000): Promise<PhoneEvent> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.#events.find(({ event }) => event === name);
      if (found !== undefined) return found;
      if (!this.#child.running) throw new Error(`the phone of ${this.name} ended: ${this.#child.errors}`);
      if (performance.now() > deadline)
        throw new Error(`the phone of ${this.name} did not tell "${name}" in ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        setTimeout(resolve, Math.max(1, deadline - performance.now())).unref();
      });
    }
  }

  /** The newest event of this name, if any. */
  last(name: string): PhoneEvent | undefined {
    return this.#events.findLast(({ event }) => event === name);
  }

  /** Starts a new scene: what came before is not looked at any more. */
  forget(): void {
    this.#events = [];
  }

  /** Lets it take its registration back and end. */
  async stop(): Promise<void> {
    this.tell({ command: 'quit' });
    await Promise.race([new Promise((resolve) => this.#child.process.once('exit', resolve)), this.#later(2_000)]);
    await this.#child.stop();
  }

  #later(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
  }

  #take(event: PhoneEvent): void {
    this.#events.push(event);
    this.#onEvent(this, event);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
