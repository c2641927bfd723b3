import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@groupcall/testkit';
import { EventHeap } from './event-heap.ts';

test('MUST give what happens in the order of time, then of the tie, then of the pushing', () => {
  const random = new SeededRandom(7);
  const heap = new EventHeap();
  const expected: { at: number; tie: number; order: number }[] = [];
  const taken: number[] = [];
  for (let order = 0; order < 500; order++) {
    const at = random.integer(0, 40);
    const tie = random.integer(0, 3);
    expected.push({ at, tie, order });
    heap.push(at, tie, () => taken.push(order));
  }
  expected.sort((one, other) => one.at - other.at || one.tie - other.tie || one.order - other.order);
  assert.equal(heap.size, 500);
  assert.equal(heap.nextAt, expected[0]?.at);
  for (let happen = heap.take(); happen !== undefined; happen = heap.take()) happen();
  assert.deepEqual(
    taken,
    expected.map(({ order }) => order),
  );
  assert.equal(heap.nextAt, undefined);
});
