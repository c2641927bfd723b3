import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime, parseTime } from './time.ts';

test('a time MUST be written in UTC with microseconds, and one that has not come as the year 9999', () => {
  assert.equal(formatTime(Date.UTC(2023, 3, 21, 15, 33, 28, 569) + 0.053), '2023-04-21 15:33:28.569053');
  assert.equal(formatTime(0), '1970-01-01 00:00:00.000000');
  assert.equal(formatTime(undefined), '9999-01-01 00:00:00.000000');
});

test('what is written MUST be read as the same moment, to the microsecond', () => {
  for (const ms of [0, 1_682_091_208_569.053, 1_795_512_000_000.999, 1_795_512_000_000.001]) {
    assert.equal(formatTime(parseTime(formatTime(ms))), formatTime(ms));
  }
});

test('what is no time of the calendar MUST NOT be read', () => {
  for (const text of [
    '',
    'yesterday',
    '2023-02-30 00:00:00.000000',
    '2023-04-21T15:33:28.569053',
    formatTime(undefined),
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
});
