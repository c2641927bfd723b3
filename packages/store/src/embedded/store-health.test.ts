import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { FakeClock } from '@groupcall/testkit';
import { StoreError } from '../store-error.ts';
import { StoreHealth } from './store-health.ts';

function setUp() {
  const clock = new FakeClock();
  const disk: { failure: Error | undefined; probes: number } = { failure: undefined, probes: 0 };
  const probe = () => {
    disk.probes++;
    return disk.failure === undefined ? Promise.resolve() : Promise.reject(disk.failure);
  };
  const health = new StoreHealth({ clock, logger: silentLogger, retryMs: 1000, probe });
  return { clock, disk, health };
}

const full = new StoreError('STORE_FULL', 'no room');

suite('StoreHealth', () => {
  test('MUST say why the database does not work, until a write goes through', () => {
    const { clock, health } = setUp();
    assert.equal(health.failure, undefined);
    health.failed(full);
    assert.equal(health.failure, full);
    health.succeeded();
    assert.equal(health.failure, undefined);
    assert.equal(clock.pending, 0);
  });

  test('MUST try again by itself, and as long as it takes', async () => {
    const { clock, disk, health } = setUp();
    disk.failure = full;
    health.failed(full);
    for (let tries = 1; tries <= 3; tries++) {
      clock.advance(1000);
      await turn();
      assert.equal(disk.probes, tries);
      assert.equal(health.failure, full);
    }
    disk.failure = undefined;
    clock.advance(1000);
    await turn();
    assert.equal(health.failure, undefined);
    assert.equal(clock.pending, 0);
  });

  test('MUST NOT call the database unwell for what lies in the data', () => {
    const { clock, health } = setUp();
    health.failed(new StoreError('STORE_DATA', 'a bad row'));
    health.failed(new StoreError('STORE_CONSTRAINT', 'taken'));
    health.failed(new StoreError('STORE_CLOSED', 'closed'));
    assert.equal(health.failure, undefined);
    assert.equal(clock.pending, 0);
  });

  test('MUST NOT take a damaged file or a dead thread for mended', () => {
    for (const code of ['STORE_CORRUPT', 'STORE_WORKER_FAILED'] as const) {
      const { clock, health } = setUp();
      const final = new StoreError(code, 'gone');
      health.failed(full);
      health.failed(final);
      health.succeeded();
      assert.equal(health.failure, final);
      clock.advance(1000);
      assert.equal(health.failure, final);
    }
  });

  test('MUST end its tries when it is closed', () => {
    const { clock, disk, health } = setUp();
    health.failed(full);
    health.close();
    health.failed(full);
    assert.equal(clock.pending, 0);
    clock.advance(5000);
    assert.equal(disk.probes, 0);
  });
});
