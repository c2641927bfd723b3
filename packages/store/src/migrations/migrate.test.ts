import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { FAKE_EPOCH_MS, FakeClock } from '@groupcall/testkit';
import { EmbeddedMigrationTarget } from '../embedded/migration-target.ts';
import { withFolder } from '../embedded/temporary-store.ts';
import { WorkerClient } from '../embedded/worker-client.ts';
import { MIGRATIONS } from './index.ts';
import { migrate } from './migrate.ts';
import { checksumOf, type Migration } from './migration.ts';

const first: Migration = { version: 1, name: 'first', statements: ['CREATE TABLE one (id TEXT)'] };
const second: Migration = {
  version: 2,
  name: 'second',
  statements: ['CREATE TABLE two (id TEXT)', `INSERT INTO two VALUES ('kept')`],
};
const broken: Migration = {
  version: 2,
  name: 'broken',
  statements: ['CREATE TABLE two (id TEXT)', 'INSERT INTO nowhere VALUES (1)'],
};

/** Runs `body` with a new database of the real kind. */
async function withDatabase(body: (database: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const database = await open(folder.file());
    folder.atEnd(() => database.client.close());
    await body(database);
  });
}

async function open(path: string) {
  const client = await WorkerClient.open({ path, maxBytes: 0 });
  const target = new EmbeddedMigrationTarget(client, new FakeClock());
  return {
    client,
    target,
    migrate: (...migrations: readonly Migration[]) => migrate(target, migrations, silentLogger),
    query: async (sql: string) => (await client.request({ kind: 'query', statement: { sql, parameters: [] } })).rows,
  };
}

suite('migrate', () => {
  test('MUST apply each migration once, in order, and note when', async () => {
    await withDatabase(async ({ migrate, query, target }) => {
      await migrate(first);
      await migrate(first, second);
      await migrate(first, second);
      assert.deepEqual(await query('SELECT id FROM two'), [{ id: 'kept' }]);
      assert.deepEqual(
        (await target.applied()).map(({ version, name }) => [version, name]),
        [
          [1, 'first'],
          [2, 'second'],
        ],
      );
      assert.deepEqual(await query('SELECT DISTINCT tm_applied FROM schema_migrations'), [
        { tm_applied: FAKE_EPOCH_MS * 1000 },
      ]);
    });
  });

  test('MUST leave nothing of a migration that failed, and all of those before it', async () => {
    await withDatabase(async ({ migrate, query }) => {
      await assert.rejects(migrate(first, broken), { name: 'StoreError' });
      assert.deepEqual(await query(`SELECT name FROM sqlite_schema WHERE name IN ('one', 'two')`), [{ name: 'one' }]);
      await migrate(first, second);
      assert.deepEqual(await query('SELECT id FROM two'), [{ id: 'kept' }]);
    });
  });

  test('MUST refuse a database that a newer version has written', async () => {
    await withDatabase(async ({ migrate }) => {
      await migrate(first, second);
      await assert.rejects(migrate(first), { code: 'STORE_SCHEMA_NEWER', message: /version 2.*knows 1/ });
    });
  });

  test('MUST refuse a database whose migration is another one than ours', async () => {
    await withDatabase(async ({ migrate }) => {
      await migrate(first);
      const changed = { ...first, statements: [...first.statements, 'CREATE TABLE more (id TEXT)'] };
      await assert.rejects(migrate(changed, second), { code: 'STORE_SCHEMA_MISMATCH', message: /1 \(first\)/ });
    });
  });
});

test('MUST number the migrations 1, 2, 3, … without gaps', () => {
  assert.deepEqual(
    MIGRATIONS.map(({ version }) => version),
    MIGRATIONS.map((_, index) => index + 1),
  );
});

test('MUST NOT change a migration that has been released', () => {
  assert.deepEqual(MIGRATIONS.map(checksumOf), ['630cfda2d69f79adf7af4b314c77012e1f4a7c6e5f020f300fd535e43a4367c1']);
});
