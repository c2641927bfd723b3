import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, testCallId } from '@groupcall/testkit';
import { TrunkLimits, type TrunkRoute } from './trunk-limits.ts';

const route = (limits: Partial<TrunkRoute>): TrunkRoute => ({
  kind: 'trunk',
  trunkId: 't',
  number: '+1555',
  ...limits,
});

test('a trunk MUST take max_calls at once, and more when one has ended', () => {
  const limits = new TrunkLimits(new FakeClock());
  const trunk = route({ maxCalls: 2 });
  assert.equal(limits.take(trunk, testCallId(1)), undefined);
  assert.equal(limits.take(trunk, testCallId(2)), undefined);
  assert.equal(limits.take(trunk, testCallId(3)), 'the trunk takes 2 calls at once');
  assert.equal(limits.take({ ...trunk, trunkId: 'other' }, testCallId(3)), undefined);
  limits.free(trunk, testCallId(1));
  limits.free(trunk, testCallId(1));
  assert.equal(limits.take(trunk, testCallId(3)), undefined);
  assert.equal(limits.take(trunk, testCallId(4)), 'the trunk takes 2 calls at once');
});

test('a trunk MUST take max_cps a second', () => {
  const clock = new FakeClock();
  const limits = new TrunkLimits(clock);
  assert.equal(limits.take(route({ maxCps: 1 }), testCallId(1)), undefined);
  assert.equal(limits.take(route({ maxCps: 1 }), testCallId(2)), 'the trunk takes 1 calls a second');
  clock.advance(1000);
  assert.equal(limits.take(route({ maxCps: 1 }), testCallId(2)), undefined);
});

test('a trunk without limits MUST take every call', () => {
  const limits = new TrunkLimits(new FakeClock());
  for (let n = 0; n < 1000; n++) assert.equal(limits.take(route({}), testCallId(n)), undefined);
});
