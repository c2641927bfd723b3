import type { Customer, LocatedContact } from '@groupcall/engine';
import type { AccountLookup, TrunkLookup } from '@groupcall/signaling';
import type { Registrar } from '@groupcall/sip';
import { MemoryDirectory } from '@groupcall/testkit';

/** The resources of the test kit behind all three lookups of the server, and the phones that are really registered. */
export class WorldDirectory extends MemoryDirectory implements AccountLookup, TrunkLookup {
  readonly #registrar: Registrar;

  constructor(registrar: Registrar) {
    super();
    this.#registrar = registrar;
  }

  defaultCustomer(): Promise<Customer | undefined> {
    return Promise.resolve(this.customers.living()[0]);
  }

  trunk(_customerId: string, trunkId: string) {
    return Promise.resolve(this.trunkStore.living().find(({ id }) => id === trunkId));
  }

  bySource(address: string, port: number) {
    const written = [address, `${address}:${port}`];
    const trunks = this.trunkStore.living();
    return Promise.resolve(
      trunks.find(({ sourceAddresses }) => sourceAddresses.some((source) => written.includes(source))),
    );
  }

  override contacts(aor: string): readonly LocatedContact[] {
    return this.#registrar.contacts(aor).map(({ id, uri, q }) => ({ contactId: id, uri: uri.toString(), q }));
  }
}
