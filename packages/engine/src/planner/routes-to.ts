import type { Customer } from '../directory/resources.ts';
import type { Directory } from '../ports/directory.ts';
import type { LegRoute } from '../ports/signaling-port.ts';
import { isAllowedNumber } from './e164.ts';
import type { Target } from './target.ts';
import { trunkRoutes } from './trunk-routes.ts';

/** A target that is one phone, or the contacts of one. */
export type Reachable = Extract<Target, { readonly kind: 'phone' | 'uri' | 'number' }>;

/** The ways to one target, and how long its phones ring when they have a time of their own. */
export interface TargetRoutes {
  /** Best first. For a phone these are its contacts, each a phone of its own. */
  readonly routes: readonly LegRoute[];
  /** Set when `routes` is empty, without a full stop. */
  readonly why: string;
  readonly ringTimeoutMs?: number;
}

/** How `target` is reached now. */
export async function routesTo(directory: Directory, customer: Customer, target: Reachable): Promise<TargetRoutes> {
  switch (target.kind) {
    case 'phone':
      return contactRoutes(directory, customer, target.names);
    case 'uri':
      return { routes: [{ kind: 'uri', uri: target.uri }], why: '' };
    case 'number':
      return numberRoutes(directory, customer, target.number);
  }
}

async function contactRoutes(
  directory: Directory,
  { customerId, domain }: Customer,
  names: readonly string[],
): Promise<TargetRoutes> {
  for (const name of names) {
    const extension = await directory.extension(customerId, name);
    if (extension === undefined) continue;
    const aor = `${extension.extension}@${domain}`;
    const contacts = directory.contacts(aor);
    if (contacts.length === 0) break;
    return {
      routes: contacts.map(({ contactId, uri }) => ({ kind: 'contact', aor, contactId, uri })),
      why: '',
      ...(extension.ringTimeoutMs === undefined ? undefined : { ringTimeoutMs: extension.ringTimeoutMs }),
    };
  }
  return { routes: [], why: 'no registered contact' };
}

async function numberRoutes(directory: Directory, customer: Customer, number: string): Promise<TargetRoutes> {
  if (!isAllowedNumber(number, customer.allowedPrefixes)) {
    return { routes: [], why: `${number} is not among the numbers that may be rung` };
  }
  const routes = trunkRoutes(await directory.trunks(customer.customerId), number);
  return { routes, why: routes.length === 0 ? `no trunk carries ${number}` : '' };
}
