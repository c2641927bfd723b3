import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from './clock.ts';

test('now() MUST be the wall clock in ms, with a fraction, and never run backwards', () => {
  const clock = new SystemClock();
  // eslint-disable-next-line no-restricted-properties -- What is tested is that the two agree.
  assert.ok(Math.abs(clock.now() - Date.now()) < 1_000);
  let last = clock.now();
  let fractions = 0;
  for (let reading = 0; reading < 10_000; reading++) {
    const now = clock.now();
    assert.ok(now >= last);
    if (!Number.isInteger(now)) fractions++;
    last = now;
  }
  assert.ok(fractions > 0);
});

test('setTimeout() MUST call once; clearTimeout() MUST prevent it, and take what has fired or was never set', async () => {
  const clock = new SystemClock();
  const fired: string[] = [];
  const cleared = clock.setTimeout(1, () => fired.push('cleared'));
  clock.clearTimeout(cleared);
  await new Promise<void>((resolve) => {
    const handle = clock.setTimeout(2, () => {
      fired.push('kept');
      clock.clearTimeout(handle);
      resolve();
    });
  });
  clock.clearTimeout(cleared);
  clock.clearTimeout(undefined);
  assert.deepEqual(fired, ['kept']);
});

test('setTimeout() MUST NOT fire at once when the delay is longer than the platform can count', async () => {
  const clock = new SystemClock();
  let fired = false;
  const handle = clock.setTimeout(2 ** 40, () => {
    fired = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  clock.clearTimeout(handle);
  assert.equal(fired, false);
});
