/**
 * Remembers what was looked up, the latest `capacity` of it, until it is told that something changed. What is being
 * looked up already is not looked up twice.
 */
export class LookupCache<Value> {
  readonly #capacity: number;
  readonly #entries = new Map<string, Promise<Value>>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of this key; `load` is asked when it is not remembered. A failure is not remembered. */
  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const loading = load();
    this.#entries.set(key, loading);
    loading.catch(() => {
      if (this.#entries.get(key) === loading) this.#entries.delete(key);
    });
    if (this.#entries.size > this.#capacity) this.#forgetOldest();
    return loading;
  }

  /** Forgets everything: something was changed. */
  clear(): void {
    this.#entries.clear();
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
