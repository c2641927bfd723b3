import { Customer, CustomerInput, CustomerUpdate, listOf } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import type { CustomerId } from '@groupcall/engine';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CUSTOMER_DEFAULTS } from '../../directory/customers.ts';
import { requireRoot } from '../access.ts';
import { ApiError, notFound } from '../api-error.ts';
import { readListQuery } from '../list-query.ts';
import { idOf, IdParams, namingTaken, type RestContext } from '../resource-routes.ts';
import { resourceView } from '../views/resource-view.ts';
import { aorOf, type Phones } from './extensions.ts';

/** `customers`, for the root key. Its list is of all customers, so it does not fit the routes of the others. */
export function customerRoutes(app: FastifyInstance, parts: CustomerParts, context: RestContext): void {
  app.register((routes, _options, done) => {
    routes.addHook('onRequest', (request) => {
      requireRoot(request);
      return Promise.resolve();
    });
    addRoutes(routes, parts, context);
    done();
  });
}

/** What the routes of customers work on beside what all routes share. */
export interface CustomerParts {
  readonly store: engine.ResourceStore<engine.Customer>;
  readonly extensions: engine.ResourceStore<engine.Extension>;
  readonly phones: Phones;
}

function addRoutes(
  routes: FastifyInstance,
  { store, extensions, phones }: CustomerParts,
  { customers, clock, ids, turns }: RestContext,
): void {
  const one = { params: IdParams, response: { 200: Customer } };
  const existing = async (request: FastifyRequest): Promise<engine.Customer> => {
    const id = idOf(request);
    const customer = await store.get(undefined, id);
    if (customer === undefined) throw notFound('customer', id);
    return customer;
  };
  routes.post('/customers', { schema: { body: CustomerInput, response: { 200: Customer } } }, async (request) => {
    const id = ids.uuid() as CustomerId;
    const input = request.body as CustomerInput;
    const customer = change(newCustomer(id, input.domain.toLowerCase(), clock.now()), input);
    await namingTaken('domain', customers.insert(customer));
    return customerView(customer);
  });
  routes.get('/customers', { schema: { response: { 200: listOf(Customer) } } }, async (request) => {
    const page = await store.list(readListQuery(request.query as Record<string, unknown>, undefined));
    return { result: page.items.map(customerView), next_page_token: page.nextPageToken };
  });
  routes.get('/customers/:id', { schema: one }, async (request) => customerView(await existing(request)));
  routes.put('/customers/:id', { schema: { ...one, body: CustomerUpdate } }, (request) =>
    turns.run(idOf(request), async () => {
      const customer = await existing(request);
      if (customer.tmDelete !== undefined) throw notFound('customer', customer.id);
      const changed = { ...change(customer, request.body as CustomerUpdate), tmUpdate: clock.now() };
      await customers.update(changed);
      return customerView(changed);
    }),
  );
  routes.delete('/customers/:id', { schema: one }, (request) =>
    turns.run(idOf(request), async () => {
      const customer = await existing(request);
      if (customer.id === customers.defaultId) {
        throw new ApiError('STATE_INVALID', 'the default customer can’t be deleted; suspend it instead');
      }
      if (customer.tmDelete !== undefined) return customerView(customer);
      const now = clock.now();
      const deleted = { ...customer, tmUpdate: now, tmDelete: now };
      await customers.update(deleted);
      // Its domain may become another's, whose calls must not reach these phones.
      for (const extension of await extensions.find(customer.customerId, {})) phones.forget(aorOf(extension));
      return customerView(deleted);
    }),
  );
}

function newCustomer(id: CustomerId, domain: string, now: number): engine.Customer {
  return { id, customerId: id, name: '', detail: '', domain, ...CUSTOMER_DEFAULTS, tmCreate: now };
}

function change(customer: engine.Customer, input: CustomerUpdate): engine.Customer {
  return {
    ...customer,
    name: input.name ?? customer.name,
    detail: input.detail ?? customer.detail,
    status: input.status ?? customer.status,
    maxLegs: input.max_legs ?? customer.maxLegs,
    maxGroupcalls: input.max_groupcalls ?? customer.maxGroupcalls,
    cps: input.cps ?? customer.cps,
    allowedPrefixes: input.allowed_prefixes ?? customer.allowedPrefixes,
  };
}

function customerView(customer: engine.Customer): Customer {
  return {
    ...resourceView(customer),
    domain: customer.domain,
    status: customer.status,
    max_legs: customer.maxLegs,
    max_groupcalls: customer.maxGroupcalls,
    cps: customer.cps,
    allowed_prefixes: [...customer.allowedPrefixes],
  };
}
