import { type Customer, type CustomerId, type ResourceStore } from '@groupcall/engine';
import type { Clock, IdSource, Logger } from '@groupcall/kernel';
import type { SettingsStore } from '@groupcall/store';

/** What a new customer may do unless its limits say otherwise. */
export const CUSTOMER_DEFAULTS = {
  status: 'active',
  maxLegs: 10_000,
  maxGroupcalls: 5_000,
  cps: 1_000,
  allowedPrefixes: [],
} as const;

export interface CustomersOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: ResourceStore<Customer>;
  /** Remembers which of them is the default one. */
  readonly settings: SettingsStore;
  /** Domain of the default customer when it is made, at the first start. */
  readonly defaultDomain: string;
}

/** Under this name the id of the default customer is kept. */
const SETTING = 'default_customer_id';

/**
 * All customers, held in memory: each call and each request asks for one, they are few and change seldom. Every change
 * goes through here.
 */
export class Customers {
  readonly #options: CustomersOptions;
  readonly #byId = new Map<CustomerId, Customer>();
  readonly #byDomain = new Map<string, Customer>();
  #defaultId: CustomerId | undefined;

  private constructor(options: CustomersOptions) {
    this.#options = options;
  }

  /** Reads them all, and makes the default customer at the first start. */
  static async load(options: CustomersOptions): Promise<Customers> {
    const customers = new Customers(options);
    for (const customer of await options.store.find(undefined, {})) customers.#remember(customer);
    customers.#defaultId = await customers.#findDefault();
    return customers;
  }

  /** The customer that the root key acts for, and whose phones may register at the server's bare address. */
  get defaultId(): CustomerId {
    if (this.#defaultId === undefined) throw new Error('unreachable: load() sets the default customer');
    return this.#defaultId;
  }

  async get(id: CustomerId): Promise<Customer | undefined> {
    return Promise.resolve(this.#byId.get(id));
  }

  byDomain(domain: string): Customer | undefined {
    return this.#byDomain.get(domain.toLowerCase());
  }

  async insert(customer: Customer): Promise<void> {
    await this.#options.store.insert(customer);
    this.#remember(customer);
  }

  async update(customer: Customer): Promise<void> {
    await this.#options.store.update(customer);
    this.#remember(customer);
  }

  #remember(customer: Customer): void {
    const id = customer.id as CustomerId;
    const before = this.#byId.get(id);
    if (before !== undefined) this.#byDomain.delete(before.domain);
    this.#byId.delete(id);
    if (customer.tmDelete !== undefined) return;
    this.#byId.set(id, customer);
    this.#byDomain.set(customer.domain, customer);
  }

  async #findDefault(): Promise<CustomerId> {
    const { defaultDomain, logger, settings } = this.#options;
    const known = this.#byId.get((await settings.get(SETTING)) as CustomerId);
    if (known === undefined) {
      // A start that was cut off may have made it, and remembered nothing.
      const { customerId } = this.#byDomain.get(defaultDomain) ?? (await this.#makeDefault(defaultDomain));
      await settings.set(SETTING, customerId);
      return customerId;
    }
    if (known.domain !== defaultDomain) {
      const message = 'sip_domain is for the first start alone; the default customer keeps its domain';
      logger.warn({ domain: known.domain, sip_domain: defaultDomain }, message);
    }
    return known.customerId;
  }

  async #makeDefault(domain: string): Promise<Customer> {
    const { clock, ids } = this.#options;
    const id = ids.uuid() as CustomerId;
    const customer: Customer = {
      id,
      customerId: id,
      name: 'default',
      detail: 'Made at the first start.',
      domain,
      ...CUSTOMER_DEFAULTS,
      tmCreate: clock.now(),
    };
    await this.insert(customer);
    return customer;
  }
}
