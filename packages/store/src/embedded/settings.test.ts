import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withStore } from './temporary-store.ts';

test('MUST keep a setting over a restart, as it was set last', async () => {
  await withStore(async (store, reopen) => {
    assert.equal(await store.settings.get('root_key_hash'), undefined);
    await store.settings.set('root_key_hash', 'old');
    await store.settings.set('root_key_hash', 'new');
    await store.settings.set('other', '');
    const { settings } = await reopen();
    assert.equal(await settings.get('root_key_hash'), 'new');
    assert.equal(await settings.get('other'), '');
  });
});
