import { isUuid, NIL_UUID } from '@groupcall/contract';
import type { CustomerId } from '@groupcall/engine';
import type { FastifyRequest } from 'fastify';
import type { Customers } from '../directory/customers.ts';
import { ApiError, notFound } from './api-error.ts';
import type { Principal, Principals } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of a resource runs. */
    principal?: Principal;
  }
}

/** Longest header or cookie that may hold a key; anything longer is no key. */
const MAX_KEY_LENGTH = 128;

/** The key of a request: `Authorization: Bearer`, the parameter `accesskey`, or the cookie `accesskey`. */
export function keyOf(request: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const { accesskey } = request.query as { accesskey?: unknown };
  if (typeof accesskey === 'string' && accesskey !== '') return accesskey;
  return /(?:^|;\s*)accesskey=([^;\s]+)/.exec(request.headers.cookie ?? '')?.[1];
}

/** A hook that lets nobody in without a key, and a key with the role `read` only where nothing is changed. */
export function authenticate(principals: Principals) {
  return async (request: FastifyRequest): Promise<void> => {
    const key = keyOf(request);
    if (key === undefined) {
      throw new ApiError('AUTHENTICATION_REQUIRED', 'send the access key as "Authorization: Bearer <key>"');
    }
    if (key.length > MAX_KEY_LENGTH) throw new ApiError('INVALID_CREDENTIALS', 'this is no access key');
    request.principal = await principals.identify(key);
    if (!changesNothing(request) && request.principal.kind === 'customer' && request.principal.role === 'read') {
      throw new ApiError('PERMISSION_DENIED', 'this access key may only read');
    }
  };
}

function changesNothing({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Who asks; the hook has run. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('unreachable: the route has no authentication');
  return request.principal;
}

/** Lets only the root key through. */
export function requireRoot(request: FastifyRequest): void {
  if (principalOf(request).kind !== 'root') throw new ApiError('PERMISSION_DENIED', 'only the root key may do this');
}

/**
 * The customer that a request is for: the key's own, or with the root key the one that `customer_id` in the body or the
 * query names, or the default one. The nil UUID names none.
 *
 * @throws ApiError for another customer's (RESOURCE_NOT_FOUND where something is read, else PERMISSION_DENIED: neither
 *   tells whether it exists), and INVALID_ARGUMENT or INVALID_REQUEST_PARAMETER for what names no customer.
 */
export async function customerFor(request: FastifyRequest, customers: Customers): Promise<CustomerId> {
  const principal = principalOf(request);
  const named = namedCustomer(request);
  if (principal.kind === 'customer') {
    if (named === undefined || named.id === principal.customerId) return principal.customerId;
    if (changesNothing(request)) throw notFound('customer', named.id);
    throw new ApiError('PERMISSION_DENIED', 'customer_id names another customer than the access key');
  }
  if (named === undefined) return principal.defaultCustomerId;
  const customer = await customers.get(named.id as CustomerId);
  if (customer === undefined) throw wrongCustomer(named.reason, 'names no customer');
  return customer.id as CustomerId;
}

interface NamedCustomer {
  readonly id: string;
  /** What is wrong when it can't be that one. */
  readonly reason: 'INVALID_ARGUMENT' | 'INVALID_REQUEST_PARAMETER';
}

function namedCustomer({ body, query }: FastifyRequest): NamedCustomer | undefined {
  const inBody = customerIdIn(body, 'INVALID_ARGUMENT');
  const inQuery = customerIdIn(query, 'INVALID_REQUEST_PARAMETER');
  if (inBody !== undefined && inQuery !== undefined && inBody.id !== inQuery.id) {
    throw wrongCustomer('INVALID_REQUEST_PARAMETER', 'in the query must be the one of the body');
  }
  return inBody ?? inQuery;
}

function customerIdIn(holder: unknown, reason: NamedCustomer['reason']): NamedCustomer | undefined {
  if (typeof holder !== 'object' || holder === null || !('customer_id' in holder)) return undefined;
  const { customer_id: id } = holder;
  if (typeof id !== 'string' || !isUuid(id)) throw wrongCustomer(reason, 'must be a UUID, given once');
  return id === NIL_UUID ? undefined : { id: id.toLowerCase(), reason };
}

function wrongCustomer(reason: NamedCustomer['reason'], problem: string): ApiError {
  const message = `customer_id ${problem}`;
  return new ApiError(reason, message, { details: [{ member: 'customer_id', message }] });
}
