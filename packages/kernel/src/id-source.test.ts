import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CryptoIdSource } from './id-source.ts';

test('uuid() MUST be a version 4 UUID in lower case, and never the same', () => {
  const ids = new CryptoIdSource();
  const seen = new Set(Array.from({ length: 1_000 }, () => ids.uuid()));
  assert.equal(seen.size, 1_000);
  for (const id of seen) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('token() MUST have the length asked for, of characters that are safe in SIP, and never repeat', () => {
  const ids = new CryptoIdSource();
  const seen = new Set(Array.from({ length: 10_000 }, () => ids.token(16)));
  assert.equal(seen.size, 10_000);
  for (const token of seen) assert.match(token, /^[0-9a-z]{16}$/);
  assert.equal(ids.token(0), '');
});

test('token() MUST use every character about as often as any other', () => {
  const text = new CryptoIdSource().token(360_000);
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 36);
  // 10,000 expected of each, with a standard deviation of 99: six of them are never left by chance.
  for (const [character, count] of counts) assert.ok(Math.abs(count - 10_000) < 600, `${character}: ${count}`);
});
