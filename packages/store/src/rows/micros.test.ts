import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromMicros, NEVER_MICROS, parseTimestamp, toMicros } from './micros.ts';

const NEW_YEAR_MS = Date.UTC(2026, 0, 1);

test('MUST keep a time to the microsecond', () => {
  for (const micros of [0, 1, 123, 999_999]) {
    assert.equal(toMicros(NEW_YEAR_MS + micros / 1000), NEW_YEAR_MS * 1000 + micros);
    assert.equal(fromMicros(NEW_YEAR_MS * 1000 + micros), (NEW_YEAR_MS * 1000 + micros) / 1000);
  }
});

test('MUST read a time as the API writes it, with and without its fraction', () => {
  assert.equal(parseTimestamp('2026-01-01 00:00:00.000001'), NEW_YEAR_MS * 1000 + 1);
  assert.equal(parseTimestamp('2026-01-01 00:00:00.5'), NEW_YEAR_MS * 1000 + 500_000);
  assert.equal(parseTimestamp('2026-01-01 00:00:00'), NEW_YEAR_MS * 1000);
  assert.equal(parseTimestamp('2024-02-29 23:59:59.999999'), Date.UTC(2024, 1, 29, 23, 59, 59) * 1000 + 999_999);
  assert.equal(parseTimestamp('9999-01-01 00:00:00.000000'), NEVER_MICROS);
});

test('MUST take nothing else for a time', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-02-30 00:00:00.000000',
    '2026-13-01 00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 00:60:00',
    '2026-01-01T00:00:00Z',
    '2026-01-01 00:00:00.1234567',
    ' 2026-01-01 00:00:00',
    '2026-01-01 00:00:00\n',
  ]) {
    assert.equal(parseTimestamp(text), undefined, JSON.stringify(text));
  }
});
