import type { Agent, Customer, Extension, Group, NumberRoute, Trunk } from '../directory/resources.ts';
import type { CustomerId } from '../records/ids.ts';

/** A registered phone, as far as the engine needs it. */
export interface LocatedContact {
  /** Opaque; handed back in a route of kind `contact`. */
  readonly contactId: string;
  /** Contact URI, for records and to recognise the same phone twice. */
  readonly uri: string;
  /** Preference (0 to 1) of the registration. */
  readonly q: number;
}

/** Who can be rung. Answers `undefined` for what is not there, deleted or another customer's. */
export interface Directory {
  customer(id: CustomerId): Promise<Customer | undefined>;
  customerByDomain(domain: string): Promise<Customer | undefined>;
  extension(customerId: CustomerId, name: string): Promise<Extension | undefined>;
  agent(customerId: CustomerId, id: string): Promise<Agent | undefined>;
  group(customerId: CustomerId, id: string): Promise<Group | undefined>;
  numberRoute(customerId: CustomerId, number: string): Promise<NumberRoute | undefined>;
  /** All trunks of the customer, in the order they are tried. */
  trunks(customerId: CustomerId): Promise<readonly Trunk[]>;
  /** The phones that are registered now as `name@domain`, best first. */
  contacts(aor: string): readonly LocatedContact[];
}
