import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessKey, CustomerId, ResourceStore } from '@groupcall/engine';
import type { Clock, IdSource } from '@groupcall/kernel';
import type { Customers } from '../directory/customers.ts';
import { ApiError } from './api-error.ts';

/** Who asks. */
export type Principal =
  | { readonly kind: 'root'; readonly defaultCustomerId: CustomerId }
  | { readonly kind: 'customer'; readonly customerId: CustomerId; readonly role: 'admin' | 'read' };

const KEY_LENGTH = 32;

/** A new access key: `gc_` and 32 random characters. */
export function newToken(ids: IdSource): string {
  return `gc_${ids.token(KEY_LENGTH)}`;
}

/** What is stored of a key: its SHA-256, hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export interface PrincipalsOptions {
  readonly clock: Clock;
  readonly accessKeys: ResourceStore<AccessKey>;
  readonly customers: Customers;
  /** SHA-256 of the root key, hex. */
  readonly rootKeyHash: string;
}

/** Tells who a key belongs to. */
export class Principals {
  readonly #options: PrincipalsOptions;

  constructor(options: PrincipalsOptions) {
    this.#options = options;
  }

  /** @throws ApiError INVALID_CREDENTIALS when the key is unknown, expired, or of a suspended customer. */
  async identify(token: string): Promise<Principal> {
    const { clock, accessKeys, customers, rootKeyHash } = this.#options;
    const tokenHash = hashToken(token);
    if (timingSafeEqual(Buffer.from(tokenHash), Buffer.from(rootKeyHash))) {
      return { kind: 'root', defaultCustomerId: customers.defaultId };
    }
    const [key] = await accessKeys.find(undefined, { tokenHash });
    const customer = key === undefined ? undefined : await customers.get(key.customerId);
    if (
      key === undefined ||
      customer?.status !== 'active' ||
      (key.tmExpire ?? Number.POSITIVE_INFINITY) <= clock.now()
    ) {
      throw new ApiError(
        'INVALID_CREDENTIALS',
        'the access key is not known, has expired, or its customer is suspended',
      );
    }
    return { kind: 'customer', customerId: key.customerId, role: key.role };
  }
}
