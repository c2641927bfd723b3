import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAKE_EPOCH_MS } from '@groupcall/testkit';
import type { Registration } from '../store.ts';
import { withStore } from './temporary-store.ts';

function registration(n: number): Registration {
  return {
    aor: `test${String(n).padStart(4, '0')}@test`,
    contact: `sip:test${n}@127.0.0.1:5070`,
    expiresAt: FAKE_EPOCH_MS + n + 0.125,
    data: { q: 0.5, path: ['<sip:proxy;lr>'], flow: { protocol: 'udp', remote: { address: '::1', port: 5070 } } },
  };
}

test('MUST keep the registrar’s snapshot over a restart, and replace it whole', async () => {
  await withStore(async (store, reopen) => {
    const many = Array.from({ length: 1234 }, (_, n) => registration(n));
    assert.deepEqual(await store.registrations.load(), []);
    await store.registrations.save(many);
    const { registrations } = await reopen();
    assert.deepEqual(await registrations.load(), many);
    await registrations.save([registration(7), { ...registration(7), contact: 'sip:other' }]);
    assert.equal((await registrations.load()).length, 2);
    await registrations.save([]);
    assert.deepEqual(await registrations.load(), []);
  });
});

test('MUST keep the snapshot before when the new one can not be written', async () => {
  await withStore(async (store) => {
    await store.registrations.save([registration(1)]);
    await assert.rejects(store.registrations.save([registration(2), registration(2)]), { code: 'STORE_CONSTRAINT' });
    assert.deepEqual(await store.registrations.load(), [registration(1)]);
    assert.ok(store.healthy());
  });
});
