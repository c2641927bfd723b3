import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ringStrategy } from './ring-strategy.ts';
import type { Turn, Turns } from './strategy.ts';

function turnsOf(...list: readonly Turn[]): Turns {
  return { count: list.length, turn: (destination) => list[destination] ?? 'over' };
}

suite('rule 2: whose turn it is', () => {
  test('rule 2: ring_all: everybody who waits, whatever the others do', () => {
    const strategy = ringStrategy('ring_all');
    assert.equal(strategy.delays, true);
    assert.equal(strategy.next(turnsOf('waiting', 'waiting')), 0);
    assert.equal(strategy.next(turnsOf('trying', 'waiting', 'waiting')), 1);
    assert.equal(strategy.next(turnsOf('over', 'trying', 'waiting')), 2);
    assert.equal(strategy.next(turnsOf('trying', 'over')), undefined);
    assert.equal(strategy.next(turnsOf()), undefined);
  });

  test('rule 2: linear: the first who waits, once all before are over', () => {
    const strategy = ringStrategy('linear');
    assert.equal(strategy.delays, false);
    assert.equal(strategy.next(turnsOf('waiting', 'waiting')), 0);
    assert.equal(strategy.next(turnsOf('trying', 'waiting')), undefined);
    assert.equal(strategy.next(turnsOf('over', 'waiting', 'waiting')), 1);
    assert.equal(strategy.next(turnsOf('over', 'over', 'trying', 'waiting')), undefined);
    assert.equal(strategy.next(turnsOf('over', 'over')), undefined);
    assert.equal(strategy.next(turnsOf()), undefined);
  });
});
