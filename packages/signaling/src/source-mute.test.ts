import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@groupcall/testkit';
import { SourceMute } from './source-mute.ts';

const LIMITS = { failures: 3, firstMuteMs: 1000, longestMuteMs: 5000, forgetMs: 10_000, maxSources: 4 };

function muteWith(limits = LIMITS) {
  const clock = new FakeClock();
  return { clock, mute: new SourceMute(clock, limits) };
}

function failUntilMuted(mute: SourceMute, address = 'a'): number {
  let failures = 1;
  while (!mute.fail(address)) failures += 1;
  return failures;
}

test('MUST mute a source that fails so often in a row, and nobody else', () => {
  const { clock, mute } = muteWith();
  assert.equal(mute.fail('a'), false);
  assert.equal(mute.fail('a'), false);
  assert.equal(mute.isMuted('a'), false);
  assert.equal(mute.fail('a'), true);
  assert.equal(mute.isMuted('a'), true);
  assert.equal(mute.isMuted('b'), false);
  clock.advance(1000);
  assert.equal(mute.isMuted('a'), false);
});

test('MUST mute for twice as long each further time, up to the longest', () => {
  const { clock, mute } = muteWith();
  for (const expectedMs of [1000, 2000, 4000, 5000, 5000]) {
    assert.equal(failUntilMuted(mute), 3);
    clock.advance(expectedMs - 1);
    assert.equal(mute.isMuted('a'), true, `${expectedMs}`);
    clock.advance(1);
    assert.equal(mute.isMuted('a'), false, `${expectedMs}`);
  }
});

test('MUST count anew after a success, and MUST NOT forget the mutes before it', () => {
  const { clock, mute } = muteWith();
  mute.fail('a');
  mute.fail('a');
  mute.succeed('a');
  assert.equal(mute.size, 0);
  assert.equal(failUntilMuted(mute), 3);
  clock.advance(1000);
  mute.fail('a');
  mute.succeed('a');
  assert.equal(failUntilMuted(mute), 3);
  clock.advance(1999);
  assert.equal(mute.isMuted('a'), true);
});

test('MUST forget a source that did nothing wrong for a while', () => {
  const { clock, mute } = muteWith();
  failUntilMuted(mute);
  clock.advance(1000 + 10_000);
  assert.equal(failUntilMuted(mute), 3);
  clock.advance(1000);
  assert.equal(mute.isMuted('a'), false);
});

test('MUST remember no more sources than its limit, and forget the one that failed longest ago', () => {
  const { mute } = muteWith();
  failUntilMuted(mute, 'a');
  for (const address of ['b', 'c', 'd']) mute.fail(address);
  mute.fail('a');
  mute.fail('e');
  assert.equal(mute.size, 4);
  assert.equal(mute.isMuted('a'), true);
  mute.fail('b');
  mute.fail('b');
  assert.equal(mute.isMuted('b'), false);
});

test('MUST mute at once for what leaves no doubt', () => {
  const { mute } = muteWith();
  assert.equal(mute.fail('a', mute.certain), true);
});
