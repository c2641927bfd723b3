import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { silentLogger, SystemClock } from '@groupcall/kernel';
import { openStore } from '../open-store.ts';
import { parseSqliteUrl } from './sqlite-url.ts';

test('MUST take a path as it stands, relative to the working directory', () => {
  assert.equal(parseSqliteUrl('sqlite:./data/groupcall.db'), resolve('data/groupcall.db'));
  assert.equal(parseSqliteUrl('sqlite:groupcall.db'), resolve('groupcall.db'));
  assert.equal(parseSqliteUrl('sqlite:/var/lib/groupcall.db'), '/var/lib/groupcall.db');
  assert.equal(parseSqliteUrl('sqlite:///var/lib/groupcall.db'), '/var/lib/groupcall.db');
  assert.equal(parseSqliteUrl('sqlite:/var/a%20b #1.db'), '/var/a%20b #1.db');
});

test('MUST refuse a URL that names no file, and say how to write one', () => {
  for (const url of [
    'sqlite:',
    'sqlite://',
    'sqlite://host/groupcall.db',
    'sqlite::memory:',
    'sqlite:./data/',
    'sqlite:groupcall.db?mode=ro',
    'sqlite:group\0call.db',
  ]) {
    assert.throws(() => parseSqliteUrl(url), { code: 'STORE_URL_INVALID', help: /sqlite:\.\/data/ }, url);
  }
});

test('MUST refuse another scheme without repeating what may be a password', async () => {
  const options = { clock: new SystemClock(), logger: silentLogger };
  for (const url of ['postgres://user:secret@host/db', 'mysql://root:secret@host', './secret.db', '']) {
    await assert.rejects(openStore(url, options), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'STORE_URL_INVALID');
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});
