import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SymmetricLatch } from './symmetric-latch.ts';

const NAMED = { address: '192.0.2.9', port: 4000 };
const OTHER_PORT = { address: '192.0.2.9', port: 4999 };
const NAT = { address: '198.51.100.1', port: 6000 };
const THIEF = { address: '203.0.113.1', port: 7000 };

const packet = (sequence: number, ssrc = 1) => ({
  marker: false,
  payloadType: 0,
  sequence: sequence & 0xffff,
  timestamp: 0,
  ssrc,
});

function latchFor(named: { address: string; port: number } | undefined = NAMED): SymmetricLatch {
  const latch = new SymmetricLatch();
  latch.describe(named);
  return latch;
}

test('MUST send to the named address before anything came', () => {
  assert.deepEqual(latchFor().destination, NAMED);
  assert.equal(new SymmetricLatch().destination, undefined);
});

test('MUST take the named source at once, and nobody else from then on', () => {
  const latch = latchFor();
  assert.equal(latch.admit(NAMED, packet(1)), true);
  for (let sequence = 1; sequence < 20; sequence++) {
    assert.equal(latch.admit(THIEF, packet(sequence)), false);
    assert.equal(latch.admit(OTHER_PORT, packet(sequence)), false);
  }
  assert.deepEqual(latch.destination, NAMED);
});

test('MUST follow the named host to the port it sends from', () => {
  const latch = latchFor();
  assert.equal(latch.admit(OTHER_PORT, packet(1)), true);
  assert.deepEqual(latch.destination, OTHER_PORT);
});

test('MUST take a stranger only after packets in sequence, and then answer to it', () => {
  const latch = latchFor();
  assert.deepEqual(
    [0xfffe, 0xffff, 0].map((sequence) => latch.admit(NAT, packet(sequence))),
    [false, false, true],
  );
  assert.deepEqual(latch.destination, NAT);
});

for (const [title, packets] of [
  ['out of sequence', [packet(1), packet(100), packet(200), packet(300)]],
  ['repeated', [packet(1), packet(1), packet(1), packet(1)]],
  ['of changing SSRCs', [packet(1, 1), packet(2, 2), packet(3, 3), packet(4, 4)]],
] as const) {
  test(`MUST NOT take a stranger whose packets are ${title}`, () => {
    const latch = latchFor();
    for (const one of packets) assert.equal(latch.admit(NAT, one), false);
    assert.deepEqual(latch.destination, NAMED);
  });
}

test('MUST begin anew when another stranger comes between', () => {
  const latch = latchFor();
  for (let sequence = 1; sequence < 20; sequence++) {
    assert.equal(latch.admit(NAT, packet(sequence)), false);
    assert.equal(latch.admit(THIEF, packet(sequence)), false);
  }
});

test('MUST give up a stranger for the named source, and not the other way round', () => {
  const latch = latchFor();
  for (const sequence of [1, 2, 3]) latch.admit(THIEF, packet(sequence));
  assert.deepEqual(latch.destination, THIEF);
  assert.equal(latch.admit(NAMED, packet(1)), true);
  assert.deepEqual(latch.destination, NAMED);
  for (const sequence of [4, 5, 6, 7]) assert.equal(latch.admit(THIEF, packet(sequence)), false);
});

test('MUST forget what it learned when another address is named, and keep it when the same one is', () => {
  const latch = latchFor();
  latch.admit(OTHER_PORT, packet(1));
  latch.describe(NAMED);
  assert.deepEqual(latch.destination, OTHER_PORT);
  latch.describe(undefined);
  assert.deepEqual(latch.destination, OTHER_PORT);
  latch.describe(NAT);
  assert.deepEqual(latch.destination, NAT);
  assert.equal(latch.admit(NAT, packet(1)), true);
  assert.equal(latch.admit(OTHER_PORT, packet(2)), false);
});
