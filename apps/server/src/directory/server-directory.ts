import type {
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
import type { AccountLookup, TrunkLookup } from '@groupcall/signaling';
import type { Registrar } from '@groupcall/sip';
import { formatListen } from '../config/listen.ts';
import type { Customers } from './customers.ts';
import type { Resources } from './resources.ts';

/** Who there is: what the engine's planner and the signaling's authentication ask for. */
export class ServerDirectory implements Directory, AccountLookup, TrunkLookup {
  readonly #customers: Customers;
  readonly #resources: Resources;
  readonly #registrar: Registrar;

  constructor(customers: Customers, resources: Resources, registrar: Registrar) {
    this.#customers = customers;
    this.#resources = resources;
    this.#registrar = registrar;
  }

  customer(id: CustomerId): Promise<Customer | undefined> {
    return this.#customers.get(id);
  }

  async customerByDomain(domain: string): Promise<Customer | undefined> {
    return Promise.resolve(active(this.#customers.byDomain(domain)));
  }

  async defaultCustomer(): Promise<Customer | undefined> {
    return active(await this.#customers.get(this.#customers.defaultId));
  }

  async extension(customerId: CustomerId, name: string): Promise<Extension | undefined> {
    const [extension] = await this.#resources.extensions.find(customerId, { extension: name });
    return extension;
  }

  async agent(customerId: CustomerId, id: string): Promise<Agent | undefined> {
    return present(await this.#resources.agents.get(customerId, id));
  }

  async group(customerId: CustomerId, id: string): Promise<Group | undefined> {
    return present(await this.#resources.groups.get(customerId, id));
  }

  async numberRoute(customerId: CustomerId, number: string): Promise<NumberRoute | undefined> {
    const [route] = await this.#resources.numbers.find(customerId, { number });
    return route;
  }

  async trunks(customerId: CustomerId): Promise<readonly Trunk[]> {
    const trunks = await this.#resources.trunks.find(customerId, {});
    return trunks.toSorted((one, other) => one.priority - other.priority);
  }

  async trunk(customerId: CustomerId, trunkId: string): Promise<Trunk | undefined> {
    const customer = active(await this.#customers.get(customerId));
    return customer === undefined ? undefined : present(await this.#resources.trunks.get(customerId, trunkId));
  }

  async bySource(from: string, port: number): Promise<Trunk | undefined> {
    const trunks = await this.#resources.trunks.find(undefined, {});
    // A socket that listens on IPv6 shows IPv4 peers mapped into it.
    const address = from.replace(/^::ffff:(?=\d+\.)/i, '');
    const written = [address, formatListen({ address, port })];
    const trunk = trunks.find(({ sourceAddresses }) => sourceAddresses.some((source) => written.includes(source)));
    if (trunk === undefined) return undefined;
    return active(await this.#customers.get(trunk.customerId)) === undefined ? undefined : trunk;
  }

  contacts(aor: string): readonly LocatedContact[] {
    return this.#registrar.contacts(aor).map(({ id, uri, q }) => ({ contactId: id, uri: uri.toString(), q }));
  }
}

function active(customer: Customer | undefined): Customer | undefined {
  return customer?.status === 'active' ? customer : undefined;
}

function present<Item extends Resource>(item: Item | undefined): Item | undefined {
  return item?.tmDelete === undefined ? item : undefined;
}
