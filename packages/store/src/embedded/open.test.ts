import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { testCall, testCustomer, testCustomerId, testGroupCall, testGroupCallId } from '@groupcall/testkit';
import { startWriter } from './crash-writer-process.ts';
import { openFile, withFolder } from './temporary-store.ts';

const EMPTY = { groupCalls: [], calls: [], events: [] };

/** Makes a database with something in it, closed again. */
async function makeDatabase(path: string): Promise<void> {
  const store = await openFile(path);
  await store.calls.commit({ ...EMPTY, groupCalls: [testGroupCall()] });
  await store.customers.insert(testCustomer());
  await store.close();
}

/** The file can't be opened; if it can, it is closed again, so that the failure of the test is all that is left. */
async function assertRefused(path: string, expected: assert.AssertPredicate): Promise<void> {
  await assert.rejects(async () => {
    await (await openFile(path)).close();
  }, expected);
}

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

suite('opening the embedded database', () => {
  test('MUST make the folder and the file, for the eyes of their owner only', async () => {
    await withFolder(async (folder) => {
      const path = folder.file('some/new/folder/groupcall.db');
      const store = await folder.open('some/new/folder/groupcall.db');
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(statSync(folder.file('some/new/folder')).mode & 0o777, 0o700);
      assert.ok(store.healthy());
    });
  });

  test('MUST find again what was written before', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      await makeDatabase(path);
      const store = await folder.open();
      assert.deepEqual(await store.calls.groupCall(testGroupCallId()), testGroupCall());
      assert.deepEqual(await store.customers.get(undefined, testCustomerId()), testCustomer());
    });
  });

  test('MUST leave a single file behind when it is closed', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      await makeDatabase(path);
      assert.throws(() => statSync(`${path}-wal`), { code: 'ENOENT' });
    });
  });

  test('MUST say which file or folder can not be used', async () => {
    await withFolder(async (folder) => {
      writeFileSync(folder.file('file'), '');
      mkdirSync(folder.file('folder'));
      for (const path of [folder.file('file/groupcall.db'), folder.file('folder'), '/proc/groupcall/groupcall.db']) {
        await assertRefused(path, (error: Error & { code?: string; help?: string }) => {
          assert.equal(error.code, 'STORE_PATH_UNUSABLE');
          assert.ok(error.message.includes(path), error.message);
          assert.match(error.help ?? '', /folder/);
          return true;
        });
      }
    });
  });

  test('MUST refuse a file that this process has open already', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      const store = await folder.open();
      await assertRefused(path, { code: 'STORE_LOCKED', message: /groupcall\.db/, help: /Two servers/ });
      await store.calls.commit({ ...EMPTY, groupCalls: [testGroupCall()] });
      await store.close();
      await makeDatabase(path);
    });
  });

  test('MUST refuse a file that another process has open, until that one is gone, also by kill -9', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      const writer = startWriter(folder, {
        customerIds: [testCustomerId()],
        groupCall: testGroupCall(),
        call: testCall(),
      });
      await writer.acknowledged(1);
      await assertRefused(path, { code: 'STORE_LOCKED' });
      await writer.kill();
      const store = await folder.open();
      assert.ok(await store.calls.groupCall(writer.ids[0]!));
    });
  });

  test('MUST refuse a file of a newer version, and leave it as it is', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      await makeDatabase(path);
      execute(path, `INSERT INTO schema_migrations VALUES (99, 'from-the-future', 'x', 0)`);
      const before = readFileSync(path);
      await assertRefused(path, { code: 'STORE_SCHEMA_NEWER', message: /99/, help: /newer version/ });
      assert.ok(readFileSync(path).equals(before));
    });
  });

  test('MUST refuse a file whose migrations are not ours', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      await makeDatabase(path);
      execute(path, `UPDATE schema_migrations SET checksum = 'x'`);
      await assertRefused(path, { code: 'STORE_SCHEMA_MISMATCH' });
    });
  });

  test('MUST refuse the database of another program', async () => {
    await withFolder(async (folder) => {
      const path = folder.file('theirs.db');
      execute(path, 'CREATE TABLE theirs (id TEXT)');
      const before = readFileSync(path);
      await assertRefused(path, { code: 'STORE_FOREIGN_FILE', message: /theirs\.db/ });
      assert.ok(readFileSync(path).equals(before));
    });
  });

  test('MUST refuse a file that is no database', async () => {
    await withFolder(async (folder) => {
      const path = folder.file();
      writeFileSync(path, 'This is a letter to my landlord and no database at all.\n'.repeat(100));
      await assertRefused(path, { code: 'STORE_CORRUPT', help: /backup/ });
    });
  });

  test('MUST tell a damaged file, at the opening or when the damaged part is read', async () => {
    await withFolder(async (folder) => {
      for (const damage of [damageHeader, damagePages, cutOff]) {
        const path = folder.file(`${damage.name}.db`);
        await makeDatabase(path);
        damage(path);
        await assert.rejects(
          async () => {
            const store = await folder.open(`${damage.name}.db`);
            try {
              await store.calls.listGroupCalls({ pageSize: 10, filters: [] });
              await store.customers.find(undefined, {});
            } finally {
              assert.equal(store.healthy(), false);
              await store.close();
            }
          },
          { code: 'STORE_CORRUPT' },
          damage.name,
        );
      }
    });
  });
});

function damageHeader(path: string): void {
  overwrite(path, 0, 100);
}

/** All but the header of the file and of its first page. */
function damagePages(path: string): void {
  overwrite(path, 4096, statSync(path).size - 4096);
}

function cutOff(path: string): void {
  truncateSync(path, 4096);
}

function overwrite(path: string, position: number, length: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, position);
  closeSync(file);
}
