import type { Customer, CustomerId, Extension, Trunk } from '@groupcall/engine';

/** Whose domains these are, and who may register and call in them. Suspended and deleted ones are not found. */
export interface AccountLookup {
  customerByDomain(domain: string): Promise<Customer | undefined>;
  /** Whose phones name this server by its address instead of a domain. */
  defaultCustomer(): Promise<Customer | undefined>;
  /** By the user name of its digest. */
  extension(customerId: CustomerId, username: string): Promise<Extension | undefined>;
}

/** The ways to the telephone network. Those of suspended customers, and deleted ones, are not found. */
export interface TrunkLookup {
  trunk(customerId: CustomerId, trunkId: string): Promise<Trunk | undefined>;
  /** The trunk one of whose `sourceAddresses` is `address` or `address:port`. */
  bySource(address: string, port: number): Promise<Trunk | undefined>;
}
