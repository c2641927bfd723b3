import type { SipRequest } from '../message/sip-message.ts';
import type { ServerTransaction } from './server-transaction.ts';
import { isLegacyKey, isSameLegacyRequest, mergeKey, serverKey } from './transaction-key.ts';

/** The server transactions that are alive: by the request that is theirs (RFC 3261 §17.2.3), and by what it may merge with. */
export class ServerTable {
  readonly #byKey = new Map<string, ServerTransaction>();
  /** Of clients of RFC 2543, whose requests may have the same key. */
  readonly #legacy = new Map<string, ServerTransaction[]>();
  readonly #mergeable = new Map<string, ServerTransaction>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The transaction of a request whose key is `key`. */
  find(key: string, request: SipRequest): ServerTransaction | undefined {
    if (!isLegacyKey(key)) return this.#byKey.get(key);
    return this.#legacy.get(key)?.find((transaction) => isSameLegacyRequest(transaction, request));
  }

  /** The INVITE that a CANCEL is for (RFC 3261 §9.2). */
  findInviteFor(cancel: SipRequest): ServerTransaction | undefined {
    return this.find(serverKey(cancel, 'INVITE'), cancel);
  }

  /** `''`, or the key under which a request can be merged, with whether one of that key is in work (RFC 3261 §8.2.2.2). */
  merging(request: SipRequest): { readonly key: string; readonly isMerged: boolean } {
    const key = mergeKey(request);
    return { key, isMerged: key !== '' && this.#mergeable.has(key) };
  }

  add(transaction: ServerTransaction): void {
    const { key, mergeKey: merge } = transaction;
    if (isLegacyKey(key)) this.#legacy.set(key, [...(this.#legacy.get(key) ?? []), transaction]);
    else this.#byKey.set(key, transaction);
    if (merge !== '') this.#mergeable.set(merge, transaction);
    this.#size++;
  }

  /** Takes out a transaction that is in it. */
  delete(transaction: ServerTransaction): void {
    const { key, mergeKey: merge } = transaction;
    if (isLegacyKey(key)) this.#deleteLegacy(key, transaction);
    else this.#byKey.delete(key);
    if (merge !== '') this.#mergeable.delete(merge);
    this.#size--;
  }

  /** Takes out all, and returns them. */
  clear(): ServerTransaction[] {
    const all = [...this.#byKey.values(), ...[...this.#legacy.values()].flat()];
    this.#byKey.clear();
    this.#legacy.clear();
    this.#mergeable.clear();
    this.#size = 0;
    return all;
  }

  #deleteLegacy(key: string, transaction: ServerTransaction): void {
    const left = this.#legacy.get(key)?.filter((other) => other !== transaction) ?? [];
    if (left.length > 0) this.#legacy.set(key, left);
    else this.#legacy.delete(key);
  }
}
