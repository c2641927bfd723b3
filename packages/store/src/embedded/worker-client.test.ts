import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StoreError } from '../store-error.ts';
import type { WorkerRequest } from './messages.ts';
import { withFolder } from './temporary-store.ts';
import { WorkerClient } from './worker-client.ts';

async function withClient(body: (client: WorkerClient) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const client = await WorkerClient.open({ path: folder.file(), maxBytes: 0 });
    folder.atEnd(() => client.close());
    await body(client);
  });
}

const query = (sql: string, ...parameters: readonly (string | number | null)[]) =>
  ({ kind: 'query', statement: { sql, parameters } }) as const;

suite('WorkerClient', () => {
  test('MUST give each request its own reply, in order, also when some fail', async () => {
    await withClient(async (client) => {
      const asked = Array.from({ length: 1000 }, (_, n) =>
        n % 10 === 3 ? client.request(query('SELECT nonsense')) : client.request(query('SELECT ? AS n', n)),
      );
      const results = await Promise.allSettled(asked);
      for (const [n, result] of results.entries()) {
        if (n % 10 === 3) assert.equal(result.status, 'rejected');
        else assert.deepEqual(result.status === 'fulfilled' && result.value.rows, [{ n }]);
      }
    });
  });

  test('MUST do all of a transaction or nothing', async () => {
    await withClient(async (client) => {
      await client.request(query('CREATE TABLE t (n BIGINT NOT NULL)'));
      const insert = (n: number | null) => ({ sql: 'INSERT INTO t VALUES (?)', parameters: [n] });
      const failing = client.request({ kind: 'transaction', statements: [insert(1), insert(null)] });
      await assert.rejects(failing, { code: 'STORE_DATA' });
      await client.request({ kind: 'transaction', statements: [insert(2), insert(3)] });
      const { rows } = await client.request(query('SELECT n FROM t ORDER BY n'));
      assert.deepEqual(rows, [{ n: 2 }, { n: 3 }]);
    });
  });

  test('MUST reject what can not be handed over, and keep the order of the replies', async () => {
    await withClient(async (client) => {
      const value = Symbol('a value') as unknown as string;
      await assert.rejects(client.request(query('SELECT ?', value)), { code: 'STORE_DATA' });
      assert.deepEqual((await client.request(query('SELECT 1 AS n'))).rows, [{ n: 1 }]);
    });
  });

  test('MUST tell everyone who waits, and its owner once, when the worker ends on its own', async () => {
    await withClient(async (client) => {
      const told: StoreError[] = [];
      client.onFailure = (error) => told.push(error);
      // No error of the database but one of the worker itself, as a fault in it would be.
      const broken = client.request(null as unknown as WorkerRequest);
      const behind = client.request(query('SELECT 1'));
      const results = await Promise.allSettled([broken, behind]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'rejected'],
      );
      const failed = { name: 'StoreError', code: 'STORE_WORKER_FAILED' };
      await assert.rejects(behind, failed);
      await assert.rejects(client.request(query('SELECT 1')), failed);
      assert.equal(told.length, 1);
    });
  });

  test('MUST answer what was asked before it is closed, and nothing afterwards', async () => {
    await withClient(async (client) => {
      const before = client.request(query('SELECT 1 AS n'));
      const closing = client.close();
      await assert.rejects(client.request(query('SELECT 1')), { code: 'STORE_CLOSED' });
      assert.deepEqual((await before).rows, [{ n: 1 }]);
      await closing;
    });
  });
});
