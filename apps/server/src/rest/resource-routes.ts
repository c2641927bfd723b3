import { Type, type Static, type TObject } from 'typebox';
import type { Customer, CustomerId, Directory, Resource, ResourceStore } from '@groupcall/engine';
import { listOf, Uuid } from '@groupcall/contract';
import { AppError, type Clock, type IdSource } from '@groupcall/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Customers } from '../directory/customers.ts';
import { customerFor } from './access.ts';
import { ApiError, notFound } from './api-error.ts';
import { readListQuery } from './list-query.ts';
import type { Turns } from './turns.ts';

/** Path parameters of one resource. */
export const IdParams = Type.Object({ id: Uuid });

/** What every set of routes needs. */
export interface RestContext {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly customers: Customers;
  readonly directory: Directory;
  /** Changes of one resource wait for one another, by its id. */
  readonly turns: Turns;
}

/** The customer that something is made for. @throws ApiError when it was deleted meanwhile. */
export async function requireCustomer(customers: Customers, id: CustomerId): Promise<Customer> {
  const customer = await customers.get(id);
  if (customer === undefined) throw notFound('customer', id);
  return customer;
}

/** Members that every resource gets when it is made. */
export type Base = Pick<Resource, 'id' | 'customerId' | 'name' | 'detail' | 'tmCreate'>;

/** One kind of directory resource: its schemas, its store, and how the API's members become the resource's and back. */
export interface ResourceKind<Item extends Resource, Input extends TObject, Update extends TObject> {
  /** Path, without a slash: `agents`. */
  readonly path: string;
  /** For messages: `agent`. */
  readonly noun: string;
  readonly input: Input;
  readonly update: Update;
  readonly view: TObject;
  /** The member whose value nobody else of the customer may have, as the API spells it. */
  readonly unique?: string;
  readonly store: ResourceStore<Item>;
  /** Makes the resource, and what only the one who makes it is shown (a key's token). @throws ApiError */
  create(base: Base, input: Static<Input>): Promise<{ item: Item; shownOnce?: object }>;
  /** The resource with the members that were sent. @throws ApiError */
  change(item: Item, input: Static<Update>): Promise<Item> | Item;
  toView(item: Item): object;
  /** It was deleted just now. */
  onDeleted?(item: Item): void;
}

interface Named {
  readonly name?: string;
  readonly detail?: string;
}

/** `POST`, `GET` (list and one), `PUT` and `DELETE` of one kind of resource. */
export function resourceRoutes<Item extends Resource, Input extends TObject, Update extends TObject>(
  app: FastifyInstance,
  kind: ResourceKind<Item, Input, Update>,
  context: RestContext,
): void {
  const { path, view, store } = kind;
  const { clock, turns } = context;
  const one = { params: IdParams, response: { 200: view } };
  const existing = (request: FastifyRequest): Promise<Item> => findOne(kind, request, context);

  app.post(`/${path}`, { schema: { body: kind.input, response: { 200: view } } }, async (request) => {
    const input = request.body as Static<Input> & Named;
    const base = await baseOf(request, context, input);
    const { item, shownOnce } = await kind.create(base, input);
    await namingTaken(kind.unique, store.insert(item));
    return { ...kind.toView(item), ...shownOnce };
  });
  app.get(`/${path}`, { schema: { response: { 200: listOf(view) } } }, async (request) => {
    const customerId = await customerFor(request, context.customers);
    const page = await store.list(readListQuery(request.query as Record<string, unknown>, customerId));
    return { result: page.items.map((item) => kind.toView(item)), next_page_token: page.nextPageToken };
  });
  app.get(`/${path}/:id`, { schema: one }, async (request) => kind.toView(await existing(request)));
  app.put(`/${path}/:id`, { schema: { ...one, body: kind.update } }, (request) =>
    turns.run(idOf(request), async () => {
      const item = await existing(request);
      if (item.tmDelete !== undefined) throw notFound(kind.noun, item.id);
      const { name, detail } = request.body as Named;
      const named = { ...item, name: name ?? item.name, detail: detail ?? item.detail };
      const changed = { ...(await kind.change(named, request.body as Static<Update>)), tmUpdate: clock.now() };
      await store.update(changed);
      return kind.toView(changed);
    }),
  );
  app.delete(`/${path}/:id`, { schema: one }, (request) =>
    turns.run(idOf(request), async () => {
      const item = await existing(request);
      if (item.tmDelete !== undefined) return kind.toView(item);
      const now = clock.now();
      const deleted = { ...item, tmUpdate: now, tmDelete: now };
      await store.update(deleted);
      kind.onDeleted?.(deleted);
      return kind.toView(deleted);
    }),
  );
}

/** The id of the path, as it is stored. */
export function idOf(request: FastifyRequest): string {
  return (request.params as Static<typeof IdParams>).id.toLowerCase();
}

/** Waits for a change; when a value is taken, says of which member. */
export async function namingTaken(unique: string | undefined, change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'ALREADY_EXISTS' || unique === undefined) throw error;
    const message = `${error.message}; ${unique} must be one that nobody has, or the one who has it must be deleted first`;
    throw new ApiError('ALREADY_EXISTS', message, { details: [{ member: unique, message }], cause: error });
  }
}

async function baseOf(request: FastifyRequest, context: RestContext, input: Named): Promise<Base> {
  const customerId: CustomerId = await customerFor(request, context.customers);
  const { name = '', detail = '' } = input;
  return { id: context.ids.uuid(), customerId, name, detail, tmCreate: context.clock.now() };
}

async function findOne<Item extends Resource, Input extends TObject, Update extends TObject>(
  kind: ResourceKind<Item, Input, Update>,
  request: FastifyRequest,
  { customers }: RestContext,
): Promise<Item> {
  const id = idOf(request);
  const item = await kind.store.get(await customerFor(request, customers), id);
  if (item === undefined) throw notFound(kind.noun, id);
  return item;
}
