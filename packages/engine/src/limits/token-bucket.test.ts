import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@groupcall/testkit';
import { TokenBucket } from './token-bucket.ts';

test('MUST let the rate pass at once, then one each time a token has come', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 2);
  assert.deepEqual([bucket.take(2, 1), bucket.take(2, 1), bucket.take(2, 1)], [0, 0, 500]);
  clock.advance(499);
  assert.equal(bucket.take(2, 1), 1);
  clock.advance(1);
  assert.equal(bucket.take(2, 1), 0);
});

test('MUST NOT gather more than one second’s worth', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 3);
  clock.advance(3_600_000);
  assert.deepEqual(
    [1, 1, 1, 1].map((count) => bucket.take(3, count) === 0),
    [true, true, true, false],
  );
});

test('MUST let a number larger than the rate pass when it is full, and have it paid for', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 2);
  assert.equal(bucket.take(2, 6), 0);
  assert.equal(bucket.take(2, 1), 2500);
  clock.advance(2500);
  assert.equal(bucket.take(2, 1), 0);
});

test('MUST let nothing pass at a rate of 0, and follow a rate that changes', () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 0);
  assert.equal(bucket.take(0, 1), Infinity);
  assert.equal(bucket.take(10, 1), 100);
  clock.advance(100);
  assert.equal(bucket.take(10, 1), 0);
});
