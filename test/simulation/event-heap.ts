/** Something that will happen in the simulation. */
interface Pending {
  /** ms since the epoch. */
  readonly at: number;
  /** Decides among those of the same moment. */
  readonly tie: number;
  /** Decides among those of the same tie: the earlier pushed comes first. */
  readonly order: number;
  readonly happen: () => void;
}

/** What will happen, earliest first. A binary heap: pushing and taking cost O(log n). */
export class EventHeap {
  readonly #heap: Pending[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the earliest happens, in ms since the epoch. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  push(at: number, tie: number, happen: () => void): void {
    const heap = this.#heap;
    const pending: Pending = { at, tie, order: this.#order++, happen };
    let index = heap.length;
    heap.push(pending);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent]!;
      if (!isBefore(pending, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = pending;
  }

  /** Takes the earliest away. */
  take(): (() => void) | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    return first.happen;
  }

  #sink(pending: Pending): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      const below = heap[child]!;
      if (!isBefore(below, pending)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = pending;
  }
}

function isBefore(one: Pending, other: Pending): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return one.tie !== other.tie ? one.tie < other.tie : one.order < other.order;
}
