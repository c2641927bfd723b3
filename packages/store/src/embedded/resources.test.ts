import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AppError } from '@groupcall/kernel';
import {
  testAccessKey,
  testCustomerId,
  testExtension,
  testGroup,
  testNumberRoute,
  testTrunk,
  testUuid,
} from '@groupcall/testkit';
import { withStore } from './temporary-store.ts';

suite('directory resources in the embedded database', () => {
  test('MUST say which member is taken, but never show what is secret', async () => {
    await withStore(async ({ extensions, accesskeys }) => {
      await extensions.insert(testExtension({ extension: 'test11' }));
      await assert.rejects(extensions.insert(testExtension({ extension: 'test11', id: testUuid(1, 1) })), {
        code: 'ALREADY_EXISTS',
        message: 'extension: extension "test11" is taken',
      });
      await assert.rejects(extensions.insert(testExtension({ extension: 'test11' })), {
        code: 'ALREADY_EXISTS',
        message: /id ".*" is taken/,
      });
      const key = testAccessKey();
      await accesskeys.insert(key);
      await assert.rejects(accesskeys.insert({ ...key, id: testUuid(1, 2) }), (error: AppError) => {
        assert.equal(error.code, 'ALREADY_EXISTS');
        assert.ok(!error.message.includes(key.tokenHash));
        return true;
      });
    });
  });

  test('MUST refuse to update what is not there or is another customer’s', async () => {
    await withStore(async ({ extensions }) => {
      const mine = testExtension({ extension: 'test11' });
      await assert.rejects(extensions.update(mine), { code: 'RESOURCE_NOT_FOUND' });
      await extensions.insert(mine);
      await assert.rejects(extensions.update({ ...mine, customerId: testCustomerId(2) }), {
        code: 'RESOURCE_NOT_FOUND',
      });
      assert.deepEqual(await extensions.get(undefined, mine.id), mine);
    });
  });

  test('MUST find by members without a column of their own, by absence, and by what is no plain value', async () => {
    await withStore(async ({ extensions, trunks, groups }) => {
      const quick = testExtension({ extension: 'a', ha1Md5: '0a'.repeat(16), ringTimeoutMs: 9 });
      const plain = testExtension({ extension: 'b' });
      await extensions.insert(quick);
      await extensions.insert(plain);
      assert.deepEqual(await extensions.find(undefined, { ha1Md5: '0a'.repeat(16) }), [quick]);
      const absent = { ringTimeoutMs: undefined } as unknown as Partial<typeof plain>;
      assert.deepEqual(await extensions.find(undefined, absent), [plain]);
      const trunk = testTrunk({ prefixes: ['+49', '+1'], register: true });
      await trunks.insert(trunk);
      assert.deepEqual(await trunks.find(undefined, { prefixes: ['+49', '+1'], register: true }), [trunk]);
      assert.deepEqual(await trunks.find(undefined, { prefixes: ['+1'] }), []);
      await groups.insert(testGroup());
      assert.equal((await groups.find(testCustomerId(), { ringMethod: 'ring_all' })).length, 1);
    });
  });

  test('MUST see in a read what was asked to be written before it, awaited or not', async () => {
    await withStore(async ({ numbers }) => {
      const number = testNumberRoute();
      const [, found] = await Promise.all([numbers.insert(number), numbers.get(undefined, number.id)]);
      assert.deepEqual(found, number);
    });
  });
});
