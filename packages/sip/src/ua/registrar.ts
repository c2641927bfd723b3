import { AppError, type Clock, type IdSource, type Logger, toError } from '@groupcall/kernel';
import { ParseError } from '../message/parse-error.ts';
import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { type ContactUpdate, type ExpiryLimits, planContactUpdate } from './contact-update.ts';
import { LocationTable } from './location-table.ts';
import type { ContactChange, RegisteredContact } from './registered-contact.ts';
import { loadContact, type StoredContact, storeContact } from './stored-contact.ts';

/** How much the registrar takes on. Every member has a default. */
export interface RegistrarLimits extends ExpiryLimits {
  /** Contacts of one AOR. Default 10. */
  readonly maxContactsPerAor: number;
  /** Contacts in all. Default 100 000. */
  readonly maxContacts: number;
  /** Seconds after which a phone may try again when there is no room. Default 60. */
  readonly retryAfterS: number;
}

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** `minExpiresS` defaults to 60, `maxExpiresS` and `defaultExpiresS` to 3600. */
  readonly limits?: Partial<RegistrarLimits>;
}

/** The registrar's limits contradict one another. */
export class RegistrarLimitsError extends AppError<'SIP_REGISTRAR_LIMITS'> {
  constructor(message: string) {
    super('SIP_REGISTRAR_LIMITS', message, {
      help: 'Set 0 < minExpiresS <= defaultExpiresS <= maxExpiresS, and minExpiresS <= 3600.',
    });
  }
}

/** The registrations as they are kept over a restart: plain JSON. */
export interface RegistrarSnapshot {
  readonly contacts: readonly StoredContact[];
}

/** The server side of a REGISTER as the registrar needs it. */
export type RegisterTransaction = Pick<ServerTransaction, 'request' | 'flow' | 'respond'>;

const DEFAULT_LIMITS: RegistrarLimits = {
  minExpiresS: 60,
  maxExpiresS: 3600,
  defaultExpiresS: 3600,
  maxContactsPerAor: 10,
  maxContacts: 100_000,
  retryAfterS: 60,
};
/** RFC 3261 §10.3 step 7: an expiry of an hour or more must not be refused as too brief. */
const LONGEST_MIN_EXPIRES_S = 3600;
const TAG_LENGTH = 16;
const MAX_REASON_LENGTH = 100;

/**
 * A registrar (RFC 3261 §10.3, Path of RFC 3327) over a bounded table in memory. It is told under which AOR to register:
 * whether the domain is served, who the sender is, and what he may register (steps 1, 3, 4 and 5) is decided before.
 */
export class Registrar {
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #limits: RegistrarLimits;
  /** Told of each change, after it. A restore tells nothing. */
  onChange: (aor: string, contact: RegisteredContact, change: ContactChange) => void = () => undefined;
  readonly #table: LocationTable;

  /** @throws RegistrarLimitsError when the limits contradict one another. */
  constructor({ clock, ids, logger, limits = {} }: RegistrarOptions) {
    this.#clock = clock;
    this.#ids = ids;
    this.#logger = logger;
    this.#limits = checkLimits({ ...DEFAULT_LIMITS, ...limits });
    this.#table = new LocationTable({ clock, ...this.#limits });
    this.#table.onExpired = (aor, contact) => {
      this.#tell(aor, contact, 'expired');
    };
  }

  /** Contacts in all, and AORs that have one. */
  get counts(): { readonly contacts: number; readonly aors: number } {
    return { contacts: this.#table.size, aors: this.#table.aors };
  }

  /** Stops every timer and forgets every contact, telling nobody. Idempotent. */
  close(): void {
    this.#table.clear();
  }

  /** The contacts of an AOR that are alive, best first: by q, then the longest registered. */
  contacts(aor: string): RegisteredContact[] {
    return this.#table.contacts(aor);
  }

  /** One contact by its id; undefined when it is gone. */
  contact(aor: string, id: string): RegisteredContact | undefined {
    return this.#table.contacts(aor).find((contact) => contact.id === id);
  }

  /**
   * Answers a REGISTER: changes the bindings of the AOR as it asks, all or nothing, and lists them in a 200.
   * @param aor the address of record, in the form in which {@link contacts} is asked.
   * @returns the status that was sent.
   */
  register(transaction: RegisterTransaction, aor: string): number {
    const response = this.#answer(transaction, aor);
    transaction.respond(response);
    return response.status;
  }

  /** Forgets one contact of an AOR, or all of them. Returns how many there were. */
  remove(aor: string, id?: string): number {
    const leaving = this.#table.contacts(aor).filter((contact) => id === undefined || contact.id === id);
    for (const contact of leaving) this.#drop(aor, contact);
    return leaving.length;
  }

  /** Every contact that is alive, as plain JSON for {@link restore}. */
  snapshot(): RegistrarSnapshot {
    return { contacts: Array.from(this.#table.entries(), ([aor, contact]) => storeContact(aor, contact)) };
  }

  /**
   * Takes over contacts of an earlier run. Those that are expired, unreadable, or more than the limits allow are left
   * out. Connections are gone by then, so a contact on one is reached by its URI until it registers again.
   * @returns how many were taken.
   */
  restore({ contacts }: RegistrarSnapshot): number {
    let restored = 0;
    for (const stored of contacts) {
      try {
        const contact = loadContact(stored);
        if (contact.expiresAt <= this.#clock.now() || !this.#table.hasRoom(stored.aor, 1)) continue;
        this.#table.put(stored.aor, contact);
        restored++;
      } catch (error) {
        this.#logger.warn({ err: toError(error), aor: stored.aor }, 'a stored registration is unreadable');
      }
    }
    return restored;
  }

  #answer({ request, flow }: RegisterTransaction, aor: string): SipResponse {
    try {
      const current = this.#table.contacts(aor);
      const update = planContactUpdate({
        request,
        flow,
        current,
        limits: this.#limits,
        now: this.#clock.now(),
        ids: this.#ids,
      });
      if (update.kind === 'refused') return this.#reply(request, update.status, update.reason, update.headers);
      const growth = update.put.filter(({ id }) => !current.some((contact) => contact.id === id)).length;
      if (!this.#table.hasRoom(aor, growth - update.remove.length)) {
        return this.#reply(request, 503, undefined, [['Retry-After', String(this.#limits.retryAfterS)]]);
      }
      this.#commit(aor, current, update);
      return this.#ok(request, aor);
    } catch (error) {
      if (error instanceof ParseError) return this.#reply(request, 400, asReason(error));
      this.#logger.error({ err: toError(error), aor }, 'a REGISTER could not be handled');
      return this.#reply(request, 500);
    }
  }

  #commit(
    aor: string,
    current: readonly RegisteredContact[],
    { put, remove }: Extract<ContactUpdate, { kind: 'update' }>,
  ): void {
    // Everything is in the table before anybody is told of any of it.
    for (const contact of remove) this.#table.delete(aor, contact.id);
    for (const contact of put) this.#table.put(aor, contact);
    for (const contact of remove) this.#tell(aor, contact, 'unregistered');
    for (const contact of put) {
      this.#tell(aor, contact, current.some(({ id }) => id === contact.id) ? 'refreshed' : 'registered');
    }
  }

  #drop(aor: string, contact: RegisteredContact): void {
    if (this.#table.delete(aor, contact.id) !== undefined) this.#tell(aor, contact, 'unregistered');
  }

  /** RFC 3261 §10.3 step 8: the 200 lists every binding, with the time it has left. */
  #ok(request: SipRequest, aor: string): SipResponse {
    const now = this.#clock.now();
    const contacts = this.#table.contacts(aor).map(({ uri, params, q, expiresAt }): [string, string] => {
      const expires = Math.max(1, Math.round((expiresAt - now) / 1000));
      const preference = q === 1 ? '' : `;q=${q}`;
      return ['Contact', `<${uri.toString()}>;expires=${expires}${preference}${params.toString()}`];
    });
    const path = request.headerValues('Path').map((value): [string, string] => ['Path', value]);
    return this.#reply(request, 200, undefined, [...contacts, ...path, ['Date', new Date(now).toUTCString()]]);
  }

  #reply(
    request: SipRequest,
    status: number,
    reason?: string,
    headers: readonly (readonly [name: string, value: string])[] = [],
  ): SipResponse {
    return SipResponse.replyTo(request, status, reason, { toTag: this.#ids.token(TAG_LENGTH), headers });
  }

  #tell(aor: string, contact: RegisteredContact, change: ContactChange): void {
    try {
      this.onChange(aor, contact, change);
    } catch (error) {
      this.#logger.error({ err: toError(error), aor, change }, 'the handler of a registration failed');
    }
  }
}

/** What is wrong, fit for the first line of a response. */
function asReason({ message }: ParseError): string {
  return message.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_REASON_LENGTH);
}

function checkLimits(limits: RegistrarLimits): RegistrarLimits {
  const { minExpiresS, defaultExpiresS, maxExpiresS } = limits;
  if (!(minExpiresS > 0 && minExpiresS <= LONGEST_MIN_EXPIRES_S)) {
    throw new RegistrarLimitsError(`minExpiresS is ${minExpiresS}, allowed are 1 to ${LONGEST_MIN_EXPIRES_S}`);
  }
  if (!(minExpiresS <= defaultExpiresS && defaultExpiresS <= maxExpiresS)) {
    throw new RegistrarLimitsError(
      `minExpiresS ${minExpiresS}, defaultExpiresS ${defaultExpiresS}, maxExpiresS ${maxExpiresS} are out of order`,
    );
  }
  return limits;
}
