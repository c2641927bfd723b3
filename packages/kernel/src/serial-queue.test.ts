import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SerialQueue } from './serial-queue.ts';

const never = (): never => {
  throw new Error('this must not be called');
};

test('MUST handle items in the order they came', () => {
  const handled: number[] = [];
  const queue = new SerialQueue<number>((item) => handled.push(item), never);
  for (const item of [1, 2, 3]) queue.push(item);
  assert.deepEqual(handled, [1, 2, 3]);
});

test('MUST NOT call the handler while it runs: what it pushes waits', () => {
  const log: string[] = [];
  const queue = new SerialQueue<number>((item) => {
    log.push(`begin ${item}`);
    if (item < 3) queue.push(item + 1);
    log.push(`end ${item}`);
  }, never);
  queue.push(1);
  assert.deepEqual(log, ['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

test('MUST go on with the items behind one whose handler threw, and tell what it threw', () => {
  const handled: number[] = [];
  const failures: [unknown, number][] = [];
  const fault = new Error('no');
  const queue = new SerialQueue<number>(
    (item) => {
      if (item === 1) {
        queue.push(2);
        throw fault;
      }
      handled.push(item);
    },
    (error, item) => failures.push([error, item]),
  );
  queue.push(1);
  queue.push(3);
  assert.deepEqual(handled, [2, 3]);
  assert.deepEqual(failures, [[fault, 1]]);
});
