import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Clock } from '@groupcall/kernel';
import { FakeClock, SeededRandom } from '@groupcall/testkit';
import { TimerService } from './timer-service.ts';
import { TransactionTimer } from './transaction-timer.ts';

/** A service, and what fired when: the name and the ms since the start. */
function setUp(clock = new FakeClock(), time: Clock = clock) {
  const service = new TimerService(time);
  const start = clock.now();
  const fired: [name: string, atMs: number][] = [];
  const timer = (name: string, then: () => void = () => undefined): TransactionTimer<string> =>
    new TransactionTimer(
      {
        onTimer: (due) => {
          fired.push([due, clock.now() - start]);
          then();
        },
      },
      name,
    );
  return { clock, service, fired, timer };
}

suite('timers by duration', () => {
  test('MUST fire each once, at its time, those of one moment in the order they were started', () => {
    const { clock, service, fired, timer } = setUp();
    service.start(timer('b'), 500);
    service.start(timer('a'), 200);
    clock.advance(300);
    service.start(timer('c'), 200);
    service.start(timer('d'), 200);
    clock.advance(10_000);
    assert.deepEqual(fired, [
      ['a', 200],
      ['b', 500],
      ['c', 500],
      ['d', 500],
    ]);
    assert.equal(service.running, 0);
    assert.equal(clock.pending, 0);
  });

  test('MUST take one timer of the clock for all of one duration, and none when nothing waits', () => {
    const { clock, service, timer } = setUp();
    const timers = Array.from({ length: 100 }, (_, index) => timer(String(index)));
    for (const each of timers) service.start(each, 500);
    assert.equal(service.running, 100);
    assert.equal(clock.pending, 1);
    for (const each of timers) service.stop(each);
    assert.equal(service.running, 0);
    assert.equal(clock.pending, 0);
  });

  test('MUST NOT fire what was stopped, first, last or between, and stop twice without harm', () => {
    const { clock, service, fired, timer } = setUp();
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => timer(name));
    for (const each of [a, b, c, d, e]) {
      if (each !== undefined) service.start(each, 500);
      clock.advance(10);
    }
    for (const each of [a, c, e, a, undefined]) service.stop(each);
    clock.advance(1_000);
    assert.deepEqual(fired, [
      ['b', 510],
      ['d', 530],
    ]);
  });

  test('MUST begin anew with a timer that is started while it runs', () => {
    const { clock, service, fired, timer } = setUp();
    const a = timer('a');
    service.start(a, 500);
    clock.advance(400);
    service.start(a, 500);
    service.start(timer('b'), 500);
    clock.advance(1_000);
    assert.deepEqual(fired, [
      ['a', 900],
      ['b', 900],
    ]);
  });

  test('MUST let a timer start itself again, and stop its neighbour', () => {
    const { clock, service, fired, timer } = setUp();
    const neighbour = timer('neighbour');
    const again = timer('again', () => {
      service.stop(neighbour);
      if (fired.length < 3) service.start(again, 500);
    });
    const late = timer('late');
    service.start(again, 500);
    service.start(neighbour, 500);
    clock.advance(100);
    service.start(late, 500);
    clock.advance(10_000);
    assert.deepEqual(fired, [
      ['again', 500],
      ['late', 600],
      ['again', 1_000],
    ]);
    assert.equal(clock.pending, 0);
  });

  test('MUST fire nothing after close(), and leave nothing on the clock', () => {
    const { clock, service, fired, timer } = setUp();
    service.start(timer('a'), 500);
    service.start(timer('b'), 700);
    service.close();
    assert.deepEqual([service.running, clock.pending], [0, 0]);
    clock.advance(1_000);
    assert.deepEqual(fired, []);
  });

  test('MUST fire the same as a clock of its own would, whatever is started and stopped', () => {
    const { clock, service, fired, timer } = setUp();
    const random = new SeededRandom(7);
    const expected = new Map<string, number>();
    const timers = Array.from({ length: 50 }, (_, index) => timer(String(index)));
    const begun = clock.now();
    const seen: [string, number][] = [];
    for (let step = 0; step < 2_000; step++) {
      const each = random.pick(timers);
      if (random.chance(0.3)) {
        service.stop(each);
        expected.delete(each.name);
      } else {
        const delay = random.pick([0, 200, 500, 1_000, 32_000]);
        service.start(each, delay);
        expected.set(each.name, clock.now() - begun + delay);
      }
      assert.equal(service.running, expected.size);
      clock.advance(random.integer(0, 120));
      for (const [name, at] of fired.splice(0)) {
        seen.push([name, at]);
        assert.equal(expected.get(name), at);
        expected.delete(name);
      }
      for (const at of expected.values()) assert.ok(at > clock.now() - begun);
    }
    assert.ok(seen.length > 500);
  });
});

suite('a clock that is moved', () => {
  /** A clock whose reading, not whose timers, may be moved. */
  function moved(clock: FakeClock): Clock & { offset: number } {
    return {
      offset: 0,
      now() {
        return clock.now() + this.offset;
      },
      setTimeout: (delayMs, callback) => clock.setTimeout(delayMs, callback),
      clearTimeout: (handle) => {
        clock.clearTimeout(handle);
      },
    };
  }

  for (const [way, offset] of [
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ] as const) {
    test(`MUST NOT end what waits when it is set ${way} by an hour`, () => {
      const clock = new FakeClock();
      const time = moved(clock);
      const { service, fired, timer } = setUp(clock, time);
      service.start(timer('b'), 32_000);
      clock.advance(20_000);
      service.start(timer('a'), 500);
      service.start(timer('later'), 32_000);
      time.offset = offset;
      clock.advance(100_000);
      assert.deepEqual(fired, [
        ['a', 20_500],
        ['b', 32_000],
        ['later', 52_000],
      ]);
    });
  }
});
