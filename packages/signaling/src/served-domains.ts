import { isIP } from 'node:net';
import type { Customer } from '@groupcall/engine';
import type { AccountLookup } from './lookups.ts';

/** Which customer a host name of a SIP message stands for. */
export class ServedDomains {
  readonly #accounts: AccountLookup;
  readonly #ownNames: ReadonlySet<string>;

  /** @param ownNames names of this server itself that are no customer's domain. IP addresses need not be listed. */
  constructor(accounts: AccountLookup, ownNames: readonly string[]) {
    this.#accounts = accounts;
    this.#ownNames = new Set(['localhost', ...ownNames.map((name) => name.toLowerCase())]);
  }

  /**
   * The customer of the first of `hosts` that is somebody's domain; when none is, and one of them only names this server,
   * the default customer. Undefined for a domain that is not served.
   */
  async customerOf(hosts: readonly string[]): Promise<Customer | undefined> {
    for (const host of hosts) {
      const customer = await this.#accounts.customerByDomain(host.toLowerCase());
      if (customer !== undefined) return customer;
    }
    return hosts.some((host) => this.#isThisServer(host)) ? this.#accounts.defaultCustomer() : undefined;
  }

  #isThisServer(host: string): boolean {
    return isIP(host) !== 0 || this.#ownNames.has(host.toLowerCase());
  }
}
