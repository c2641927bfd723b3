import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock, SeededIdSource } from '@groupcall/testkit';
import { DigestNonces } from './digest-nonces.ts';

function setUp({ seed = 1, maxNonces = 100 } = {}) {
  const clock = new FakeClock();
  const nonces = new DigestNonces({ clock, ids: new SeededIdSource(seed), lifetimeMs: 10_000, maxNonces });
  return { clock, nonces };
}

describe('nonces', () => {
  test('MUST keep nothing for a nonce that was only given out', () => {
    const { nonces } = setUp();
    for (let count = 0; count < 50; count++) nonces.issue('r');
    assert.equal(nonces.size, 0);
  });

  test('MUST give out another nonce each time, also within one ms', () => {
    const { nonces } = setUp();
    assert.notEqual(nonces.issue('r'), nonces.issue('r'));
  });

  test('MUST know its own nonces only, and only in the realm they were made for', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue('r');
    assert.equal(nonces.take(nonce, 'other', 1), 'unknown');
    assert.equal(nonces.take(`1${nonce}`, 'r', 1), 'unknown');
    assert.equal(nonces.take(nonce.slice(0, -1), 'r', 1), 'unknown');
    assert.equal(nonces.take('', 'r', 1), 'unknown');
    assert.equal(nonces.take('..', 'r', 1), 'unknown');
    assert.equal(setUp({ seed: 2 }).nonces.take(nonce, 'r', 1), 'unknown');
    assert.equal(nonces.size, 0);
    assert.equal(nonces.take(nonce, 'r', 1), 'good');
  });

  test('MUST NOT take a nonce whose time was moved', () => {
    const { nonces } = setUp();
    const [time = '', ...rest] = nonces.issue('r').split('.');
    const later = (parseInt(time, 36) + 60_000).toString(36);
    assert.equal(nonces.take([later, ...rest].join('.'), 'r', 1), 'unknown');
  });

  test('MUST expire a nonce after its lifetime, used or not', () => {
    const { clock, nonces } = setUp();
    const used = nonces.issue('r');
    const unused = nonces.issue('r');
    assert.equal(nonces.take(used, 'r', 1), 'good');
    clock.advance(9_999);
    assert.equal(nonces.take(used, 'r', 2), 'good');
    clock.advance(1);
    assert.equal(nonces.take(used, 'r', 3), 'expired');
    assert.equal(nonces.take(unused, 'r', 1), 'expired');
  });
});

describe('nonce counts', () => {
  test('MUST take each count once', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue('r');
    assert.equal(nonces.take(nonce, 'r', 1), 'good');
    assert.equal(nonces.take(nonce, 'r', 1), 'replayed');
    assert.equal(nonces.take(nonce, 'r', 2), 'good');
    assert.equal(nonces.take(nonce, 'r', 1), 'replayed');
    assert.equal(nonces.take(nonce, 'r', 2), 'replayed');
  });

  test('MUST take counts that were overtaken, each once', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue('r');
    for (const nc of [3, 1, 5, 2, 4]) assert.equal(nonces.take(nonce, 'r', nc), 'good');
    for (const nc of [1, 2, 3, 4, 5]) assert.equal(nonces.take(nonce, 'r', nc), 'replayed');
  });

  test('MUST refuse a count 32 or more behind the highest one', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue('r');
    assert.equal(nonces.take(nonce, 'r', 100), 'good');
    assert.equal(nonces.take(nonce, 'r', 68), 'replayed');
    assert.equal(nonces.take(nonce, 'r', 69), 'good');
    assert.equal(nonces.take(nonce, 'r', 69), 'replayed');
  });

  test('MUST remember the used ones when the highest moves by 31, 32 and far', () => {
    for (const [step, behind] of [
      [31, 'replayed'],
      [32, 'replayed'],
      [1000, 'replayed'],
    ] as const) {
      const { nonces } = setUp();
      const nonce = nonces.issue('r');
      nonces.take(nonce, 'r', 1);
      assert.equal(nonces.take(nonce, 'r', 1 + step), 'good');
      assert.equal(nonces.take(nonce, 'r', 1), behind);
      assert.equal(nonces.take(nonce, 'r', 1 + step), 'replayed');
    }
  });

  test('MUST take the highest count there is', () => {
    const { nonces } = setUp();
    const nonce = nonces.issue('r');
    assert.equal(nonces.take(nonce, 'r', 0xffffffff), 'good');
    assert.equal(nonces.take(nonce, 'r', 0xffffffff), 'replayed');
    assert.equal(nonces.take(nonce, 'r', 0xfffffffe), 'good');
  });
});

describe('the table of counts', () => {
  test('MUST NOT grow above its limit', () => {
    const { clock, nonces } = setUp({ maxNonces: 3 });
    for (let count = 1; count <= 20; count++) {
      clock.advance(1);
      assert.equal(nonces.take(nonces.issue('r'), 'r', 1), 'good');
      assert.equal(nonces.size, Math.min(count, 3));
    }
  });

  test('MUST NOT take a forgotten count a second time', () => {
    const { clock, nonces } = setUp({ maxNonces: 2 });
    const first = nonces.issue('r');
    nonces.take(first, 'r', 1);
    for (let count = 0; count < 2; count++) {
      clock.advance(1);
      assert.equal(nonces.take(nonces.issue('r'), 'r', 1), 'good');
    }
    assert.equal(nonces.take(first, 'r', 1), 'expired');
    assert.equal(nonces.take(first, 'r', 2), 'expired');
  });

  test('MUST go on with the nonces that are in the table after others were forgotten', () => {
    const { clock, nonces } = setUp({ maxNonces: 2 });
    const early = nonces.issue('r');
    clock.advance(1);
    const late = nonces.issue('r');
    nonces.take(late, 'r', 1);
    nonces.take(early, 'r', 1);
    clock.advance(1);
    assert.equal(nonces.take(nonces.issue('r'), 'r', 1), 'good');
    assert.equal(nonces.take(late, 'r', 2), 'expired');
    assert.equal(nonces.take(early, 'r', 1), 'replayed');
    assert.equal(nonces.take(early, 'r', 2), 'good');
  });

  test('MUST drop expired nonces first, and forget nothing for it', () => {
    const { clock, nonces } = setUp({ maxNonces: 2 });
    nonces.take(nonces.issue('r'), 'r', 1);
    clock.advance(10_000);
    const unused = nonces.issue('r');
    const next = nonces.issue('r');
    assert.equal(nonces.take(next, 'r', 1), 'good');
    assert.equal(nonces.size, 1);
    assert.equal(nonces.take(unused, 'r', 1), 'good');
  });
});
