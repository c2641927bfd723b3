import type {
  AccessKey,
  Agent,
  Customer,
  CustomerId,
  Directory,
  Extension,
  Group,
  LocatedContact,
  NumberRoute,
  Resource,
  Trunk,
} from '@groupcall/engine';
import { MemoryResourceStore } from './memory-resource-store.ts';
import { testCustomer, testExtension } from './records.ts';

/** Resources in memory, and the phones that are registered. */
export class MemoryDirectory implements Directory {
  readonly customers = new MemoryResourceStore<Customer>(
    (customer) => customer.domain.toLowerCase(),
    ['domain', 'status'],
  );
  readonly accessKeys = new MemoryResourceStore<AccessKey>((key) => key.tokenHash, ['role']);
  readonly extensions = new MemoryResourceStore<Extension>(
    ({ extension, domain }) => `${extension}@${domain}`,
    ['extension', 'domain'],
  );
  readonly agents = new MemoryResourceStore<Agent>(undefined, ['ring_method']);
  readonly groups = new MemoryResourceStore<Group>(undefined, ['ring_method']);
  readonly numbers = new MemoryResourceStore<NumberRoute>(
    ({ customerId, number }) => `${customerId} ${number}`,
    ['number', 'group_id'],
  );
  readonly trunkStore = new MemoryResourceStore<Trunk>(undefined, ['host']);
  readonly #contacts = new Map<string, LocatedContact[]>();

  /** Adds a customer's extension, and registers a phone for it under each of `uris`. */
  addPhone(name: string, uris: readonly string[], customer: Customer = testCustomer()): void {
    const { customerId, domain } = customer;
    this.extensions.put(testExtension({ extension: name, customerId, domain }));
    this.register(`${name}@${domain}`, uris);
  }

  /** Replaces what is registered as `name@domain`. */
  register(aor: string, uris: readonly string[]): void {
    this.#contacts.set(
      aor,
      uris.map((uri) => ({ contactId: `contact of ${uri}`, uri, q: 1 })),
    );
  }

  customer(id: CustomerId): Promise<Customer | undefined> {
    return living(this.customers.get(undefined, id));
  }

  customerByDomain(domain: string): Promise<Customer | undefined> {
    return Promise.resolve(this.customers.living().find((customer) => customer.domain === domain.toLowerCase()));
  }

  extension(customerId: CustomerId, name: string): Promise<Extension | undefined> {
    return first(this.extensions.find(customerId, { extension: name }));
  }

  agent(customerId: CustomerId, id: string): Promise<Agent | undefined> {
    return living(this.agents.get(customerId, id));
  }

  group(customerId: CustomerId, id: string): Promise<Group | undefined> {
    return living(this.groups.get(customerId, id));
  }

  numberRoute(customerId: CustomerId, number: string): Promise<NumberRoute | undefined> {
    return first(this.numbers.find(customerId, { number }));
  }

  async trunks(customerId: CustomerId): Promise<readonly Trunk[]> {
    const trunks = await this.trunkStore.find(customerId, {});
    return [...trunks].sort((one, other) => one.priority - other.priority);
  }

  contacts(aor: string): readonly LocatedContact[] {
    return this.#contacts.get(aor) ?? [];
  }
}

async function living<Item extends Resource>(found: Promise<Item | undefined>): Promise<Item | undefined> {
  const item = await found;
  return item?.tmDelete === undefined ? item : undefined;
}

async function first<Item>(found: Promise<readonly Item[]>): Promise<Item | undefined> {
  return (await found)[0];
}
