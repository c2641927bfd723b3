import type { CustomerId, ListQuery, Page, Resource, ResourceStore } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import { pageOf } from './list-page.ts';

/** Keeps one kind of directory resource in memory. */
export class MemoryResourceStore<Item extends Resource> implements ResourceStore<Item> {
  readonly #items = new Map<string, Item>();
  readonly #uniqueKey: (item: Item) => string | undefined;
  readonly #filters: readonly string[];

  /**
   * @param uniqueKey what no two living items may share; `undefined`: nothing.
   * @param filters members that a list may be filtered by, beside `id`, `name` and the times.
   */
  constructor(uniqueKey: (item: Item) => string | undefined = () => undefined, filters: readonly string[] = []) {
    this.#uniqueKey = uniqueKey;
    this.#filters = ['id', 'name', 'tm_create', 'tm_update', ...filters];
  }

  /** Those that are not deleted, oldest first. */
  living(): readonly Item[] {
    return [...this.#items.values()].filter((item) => item.tmDelete === undefined).sort(oldestFirst);
  }

  /** Puts an item in without a promise, for the lines that set a test up. */
  put(item: Item): Item {
    this.#items.set(item.id, item);
    return item;
  }

  insert(item: Item): Promise<void> {
    if (this.#items.has(item.id) || this.#taken(item)) return Promise.reject(taken(item));
    this.#items.set(item.id, item);
    return Promise.resolve();
  }

  update(item: Item): Promise<void> {
    if (this.#taken(item)) return Promise.reject(taken(item));
    this.#items.set(item.id, item);
    return Promise.resolve();
  }

  get(customerId: CustomerId | undefined, id: string): Promise<Item | undefined> {
    const item = this.#items.get(id);
    return Promise.resolve(item !== undefined && belongs(item, customerId) ? item : undefined);
  }

  find(customerId: CustomerId | undefined, where: Partial<Item>): Promise<readonly Item[]> {
    const wanted = Object.entries(where);
    return Promise.resolve(
      this.living().filter(
        (item) => belongs(item, customerId) && wanted.every(([member, value]) => Reflect.get(item, member) === value),
      ),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- A query that is wrong must reject and not throw.
  async list(query: ListQuery): Promise<Page<Item>> {
    return pageOf(this.#items.values(), query, this.#filters);
  }

  #taken(item: Item): boolean {
    const key = item.tmDelete === undefined ? this.#uniqueKey(item) : undefined;
    return key !== undefined && this.living().some((other) => other.id !== item.id && this.#uniqueKey(other) === key);
  }
}

function belongs(item: Resource, customerId: CustomerId | undefined): boolean {
  return customerId === undefined || item.customerId === customerId;
}

function oldestFirst(one: Resource, other: Resource): number {
  return one.tmCreate - other.tmCreate;
}

function taken(item: Resource): AppError {
  return new AppError('ALREADY_EXISTS', `another resource has what ${item.id} must have alone`);
}
