import type { PhoneEvent } from '../phone-event.ts';

type EventOf<Name extends PhoneEvent['event']> = Extract<PhoneEvent, { event: Name }>;

/** How long a test waits for something that must come, in ms. Long, since it only matters when the test fails. */
const PATIENCE_MS = 20_000;

/** What a phone has told, and a way to wait for what it will tell. */
export class EventLog {
  readonly events: PhoneEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly push = (event: PhoneEvent): void => {
    this.events.push(event);
    for (const wake of [...this.#waiting]) wake();
  };

  /** The names, in order, without the RTP counts that come by the clock. */
  get names(): string[] {
    return this.events.map(({ event }) => event).filter((name) => name !== 'rtp');
  }

  /** The first event of this name that fits, past or to come. Rejects when none comes. */
  until<Name extends PhoneEvent['event']>(
    name: Name,
    fits: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const find = () =>
      this.events.find((event): event is EventOf<Name> => event.event === name && fits(event as EventOf<Name>));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no "${name}" came; there were: ${JSON.stringify(this.events, undefined, 1)}`));
      }, PATIENCE_MS);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
