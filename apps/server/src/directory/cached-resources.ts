import type { CustomerId, ListQuery, Page, Resource, ResourceStore } from '@groupcall/engine';
import { LookupCache } from './lookup-cache.ts';

/** Lookups that are remembered of each kind of resource. */
const CAPACITY = 50_000;

/**
 * A resource store whose `get` and `find` are answered from memory when nothing was written since: every call asks for its
 * group, its extensions and its trunks, and they hardly ever change. All writes go through here.
 */
export class CachedResources<Item extends Resource> implements ResourceStore<Item> {
  readonly #store: ResourceStore<Item>;
  readonly #one = new LookupCache<Item | undefined>(CAPACITY);
  readonly #many = new LookupCache<readonly Item[]>(CAPACITY);

  constructor(store: ResourceStore<Item>) {
    this.#store = store;
  }

  async insert(item: Item): Promise<void> {
    await this.#store.insert(item);
    this.#clear();
  }

  async update(item: Item): Promise<void> {
    await this.#store.update(item);
    this.#clear();
  }

  get(customerId: CustomerId | undefined, id: string): Promise<Item | undefined> {
    return this.#one.get(`${customerId ?? ''}|${id}`, () => this.#store.get(customerId, id));
  }

  find(customerId: CustomerId | undefined, where: Partial<Item>): Promise<readonly Item[]> {
    return this.#many.get(`${customerId ?? ''}|${JSON.stringify(where)}`, () => this.#store.find(customerId, where));
  }

  list(query: ListQuery): Promise<Page<Item>> {
    return this.#store.list(query);
  }

  #clear(): void {
    this.#one.clear();
    this.#many.clear();
  }
}
