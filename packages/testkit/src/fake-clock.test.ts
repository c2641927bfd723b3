import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAKE_EPOCH_MS, FakeClock } from './fake-clock.ts';

const never = (): never => {
  throw new Error('this must not be called');
};

test('MUST fire timers at their own time, those of the same moment in the order they were set', () => {
  const clock = new FakeClock();
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.now() - FAKE_EPOCH_MS]);
  clock.setTimeout(20, note('c'));
  clock.setTimeout(10, note('a'));
  clock.setTimeout(10, note('b'));
  clock.advance(15);
  assert.deepEqual(fired, [
    ['a', 10],
    ['b', 10],
  ]);
  assert.equal(clock.pending, 1);
  assert.equal(clock.nextAt, FAKE_EPOCH_MS + 20);
  clock.advance(5);
  assert.deepEqual(fired.at(-1), ['c', 20]);
});

test('MUST fire what a timer sets anew within the time that is advanced', () => {
  const clock = new FakeClock();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    clock.setTimeout(10, tick);
  };
  clock.setTimeout(10, tick);
  clock.advance(100);
  assert.equal(ticks, 10);
});

test('MUST NOT fire a timer that was cleared, also by one of the same moment', () => {
  const clock = new FakeClock();
  const later = { handle: clock.setTimeout(10, never) };
  clock.clearTimeout(later.handle);
  clock.setTimeout(5, () => {
    clock.clearTimeout(second);
  });
  const second = clock.setTimeout(5, never);
  clock.advance(50);
  assert.equal(clock.pending, 0);
  assert.equal(clock.step(), false);
});
