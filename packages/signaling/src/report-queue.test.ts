import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogFields, silentLogger } from '@groupcall/kernel';
import { ReportQueue } from './report-queue.ts';

test('MUST run reports after the current callback, in their order, also those that come meanwhile', async () => {
  const queue = new ReportQueue(silentLogger);
  const seen: string[] = [];
  queue.push(() => {
    seen.push('first');
    queue.push(() => seen.push('from within'));
  });
  queue.push(() => seen.push('second'));
  assert.equal(seen.length, 0);
  await Promise.resolve();
  assert.deepEqual(seen, ['first', 'second', 'from within']);
  queue.push(() => seen.push('later'));
  await Promise.resolve();
  assert.equal(seen.at(-1), 'later');
});

test('MUST log what a report throws, and go on', async () => {
  const errors: LogFields[] = [];
  const queue = new ReportQueue({ ...silentLogger, error: (fields) => errors.push(fields) });
  const seen: string[] = [];
  queue.push(() => {
    throw new Error('broken');
  });
  queue.push(() => seen.push('next'));
  await Promise.resolve();
  assert.deepEqual(seen, ['next']);
  assert.equal(errors.length, 1);
});
