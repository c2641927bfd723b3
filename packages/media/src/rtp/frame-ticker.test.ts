import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { FAKE_EPOCH_MS, FakeClock } from '@groupcall/testkit';
import { FrameTicker } from './frame-ticker.ts';

function tickerWith(clock = new FakeClock()) {
  return { clock, ticker: new FrameTicker({ clock, logger: silentLogger, frameMs: 20 }) };
}

/** Notes when it was told how many frames. */
function recorder(clock: FakeClock) {
  const told: [at: number, frames: number][] = [];
  return { told, onFrames: (frames: number) => void told.push([clock.now() - FAKE_EPOCH_MS, frames]) };
}

test('MUST tell one frame every 20 ms, with a single timer', () => {
  const { clock, ticker } = tickerWith();
  const sources = Array.from({ length: 100 }, () => recorder(clock));
  for (const source of sources) ticker.add(source);
  assert.equal(clock.pending, 1);
  clock.advance(60);
  for (const { told } of sources) {
    assert.deepEqual(told, [
      [20, 1],
      [40, 1],
      [60, 1],
    ]);
  }
});

test('MUST NOT drift when timers fire late: the pace is that of the start', () => {
  /** Every timer fires 7 ms late. */
  class LateClock extends FakeClock {
    override setTimeout(delayMs: number, callback: () => void) {
      return super.setTimeout(delayMs + 7, callback);
    }
  }
  const { clock, ticker } = tickerWith(new LateClock());
  const source = recorder(clock);
  ticker.add(source);
  clock.advance(20 * 1000 + 7);
  assert.equal(
    source.told.reduce((sum, [, frames]) => sum + frames, 0),
    1000,
  );
  assert.deepEqual(source.told.at(-1), [20_007, 1]);
});

test('MUST tell how many frames went by while the process stood still', () => {
  class StuckClock extends FakeClock {
    stuckMs = 0;
    override now() {
      return super.now() + this.stuckMs;
    }
  }
  const clock = new StuckClock();
  const { ticker } = tickerWith(clock);
  const source = recorder(clock);
  ticker.add(source);
  clock.advance(20);
  clock.stuckMs = 110;
  clock.advance(20);
  clock.advance(10);
  assert.deepEqual(
    source.told.map(([, frames]) => frames),
    [1, 6, 1],
  );
});

test('MUST tell a source that came later only its own frames', () => {
  const { clock, ticker } = tickerWith();
  const [first, second] = [recorder(clock), recorder(clock)];
  ticker.add(first);
  clock.advance(50);
  ticker.add(second);
  ticker.add(second);
  clock.advance(10);
  assert.deepEqual(second.told, [[60, 1]]);
  ticker.remove(first);
  clock.advance(20);
  assert.deepEqual(first.told.at(-1), [60, 1]);
  assert.deepEqual(second.told.at(-1), [80, 1]);
});

test('MUST have no timer when nobody sends, and start anew', () => {
  const { clock, ticker } = tickerWith();
  const source = recorder(clock);
  ticker.add(source);
  ticker.remove(source);
  ticker.remove(source);
  assert.equal(clock.pending, 0);
  clock.advance(33);
  ticker.add(source);
  clock.advance(20);
  assert.deepEqual(source.told, [[53, 1]]);
  ticker.close();
  assert.equal(clock.pending, 0);
});

test('MUST go on when one source removes itself or another throws', () => {
  const { clock, ticker } = tickerWith();
  const source = recorder(clock);
  const broken = {
    onFrames: () => {
      throw new Error('broken');
    },
  };
  const leaving = {
    onFrames: () => {
      ticker.remove(leaving);
    },
  };
  for (const one of [broken, leaving, source]) ticker.add(one);
  clock.advance(40);
  assert.equal(source.told.length, 2);
  assert.equal(ticker.size, 2);
});
