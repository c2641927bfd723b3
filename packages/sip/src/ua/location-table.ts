import type { Clock, TimerHandle } from '@groupcall/kernel';
import type { RegisteredContact } from './registered-contact.ts';

export interface LocationTableOptions {
  readonly clock: Clock;
  /** Contacts of one AOR. */
  readonly maxContactsPerAor: number;
  /** Contacts in all. */
  readonly maxContacts: number;
}

interface Entry {
  readonly contact: RegisteredContact;
  timer: TimerHandle | undefined;
}

/** Who is registered where: the bindings of each AOR, each until its time is over. Bounded; its user asks first. */
export class LocationTable {
  readonly #clock: Clock;
  readonly #maxContactsPerAor: number;
  readonly #maxContacts: number;
  /** Told of each binding whose time ran out, once it is gone. Must not throw. */
  onExpired: (aor: string, contact: RegisteredContact) => void = () => undefined;
  /** By AOR, then by contact id. No AOR is without a contact. */
  readonly #aors = new Map<string, Map<string, Entry>>();
  #size = 0;

  constructor({ clock, maxContactsPerAor, maxContacts }: LocationTableOptions) {
    this.#clock = clock;
    this.#maxContactsPerAor = maxContactsPerAor;
    this.#maxContacts = maxContacts;
  }

  /** Contacts in all. */
  get size(): number {
    return this.#size;
  }

  /** AORs with at least one contact. */
  get aors(): number {
    return this.#aors.size;
  }

  /** Every binding that is alive. */
  *entries(): Generator<readonly [aor: string, contact: RegisteredContact]> {
    for (const aor of this.#aors.keys()) {
      for (const contact of this.contacts(aor)) yield [aor, contact];
    }
  }

  /** The bindings of an AOR that are alive, best first: by q, then the longest registered. */
  contacts(aor: string): RegisteredContact[] {
    const now = this.#clock.now();
    const alive: RegisteredContact[] = [];
    for (const { contact } of this.#aors.get(aor)?.values() ?? []) {
      if (contact.expiresAt > now) alive.push(contact);
    }
    return alive.sort((left, right) => right.q - left.q);
  }

  /** Whether an AOR may grow by that many contacts. */
  hasRoom(aor: string, growth: number): boolean {
    if (growth <= 0) return true;
    const own = this.#aors.get(aor)?.size ?? 0;
    return own + growth <= this.#maxContactsPerAor && this.#size + growth <= this.#maxContacts;
  }

  /** Adds a binding, or replaces the one of the same id. */
  put(aor: string, contact: RegisteredContact): void {
    let entries = this.#aors.get(aor);
    if (entries === undefined) this.#aors.set(aor, (entries = new Map<string, Entry>()));
    const previous = entries.get(contact.id);
    if (previous === undefined) this.#size++;
    else this.#clock.clearTimeout(previous.timer);
    const entry: Entry = { contact, timer: undefined };
    entries.set(contact.id, entry);
    this.#arm(aor, entry);
  }

  /** Forgets a binding. Undefined when there is none. */
  delete(aor: string, id: string): RegisteredContact | undefined {
    const entries = this.#aors.get(aor);
    const entry = entries?.get(id);
    if (entries === undefined || entry === undefined) return undefined;
    this.#clock.clearTimeout(entry.timer);
    entries.delete(id);
    if (entries.size === 0) this.#aors.delete(aor);
    this.#size--;
    return entry.contact;
  }

  /** Forgets everything, tells nobody. */
  clear(): void {
    for (const entries of this.#aors.values()) {
      for (const { timer } of entries.values()) this.#clock.clearTimeout(timer);
    }
    this.#aors.clear();
    this.#size = 0;
  }

  #arm(aor: string, entry: Entry): void {
    const { contact } = entry;
    entry.timer = this.#clock.setTimeout(Math.max(0, contact.expiresAt - this.#clock.now()), () => {
      // A timer may come early: its delay has a longest value, and the wall clock may have been set back.
      if (contact.expiresAt > this.#clock.now()) {
        this.#arm(aor, entry);
        return;
      }
      this.delete(aor, contact.id);
      this.onExpired(aor, contact);
    });
  }
}
