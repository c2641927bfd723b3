import type { Resource } from '../directory/resources.ts';
import type { CustomerId } from '../records/ids.ts';
import type { ListQuery, Page } from './call-store.ts';

/** Where one kind of directory resource is kept. Every write is durable when its promise resolves. */
export interface ResourceStore<Item extends Resource> {
  /** Throws AppError `ALREADY_EXISTS` when a unique member is taken. */
  insert(item: Item): Promise<void>;
  /** Replaces the item of the same id. Throws as {@link insert}. */
  update(item: Item): Promise<void>;
  /** By id, also a deleted one; `undefined` when there is none or it is another customer's. */
  get(customerId: CustomerId | undefined, id: string): Promise<Item | undefined>;
  /** Those of one customer (or of all) that are not deleted and whose members equal `where`, oldest first. */
  find(customerId: CustomerId | undefined, where: Partial<Item>): Promise<readonly Item[]>;
  /** A page, without the deleted ones. */
  list(query: ListQuery): Promise<Page<Item>>;
}
