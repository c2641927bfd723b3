import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageTokenOf, parsePageToken } from './page-token.ts';

const ID = '00000060-0000-4000-8000-000000000001';
const NEW_YEAR_MICROS = Date.UTC(2026, 0, 1) * 1000;

test('MUST read back the token that it made', () => {
  for (const tmCreate of [0, 1, NEW_YEAR_MICROS + 123_456, -5]) {
    assert.deepEqual(parsePageToken(pageTokenOf(tmCreate, ID)), { tmCreate, id: ID });
  }
  assert.match(pageTokenOf(NEW_YEAR_MICROS, ID), /^[\w-]+$/);
});

test('MUST take a plain timestamp as the position before all rows of that moment', () => {
  assert.deepEqual(parsePageToken('2026-01-01 00:00:00.000007'), { tmCreate: NEW_YEAR_MICROS + 7, id: undefined });
});

test('MUST refuse a token that was changed, and say what would be right', () => {
  const token = pageTokenOf(NEW_YEAR_MICROS, ID);
  for (const other of [
    `${token}%`,
    token.slice(1),
    `${token}=`,
    ` ${token}`,
    token.slice(0, 10),
    'e30',
    '2026-02-30 00:00:00',
  ]) {
    assert.throws(() => parsePageToken(other), {
      code: 'INVALID_REQUEST_PARAMETER',
      message: /page_token.*next_page_token/,
    });
  }
});
