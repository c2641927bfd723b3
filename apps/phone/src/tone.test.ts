import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muLaw, PACKET_SAMPLES, tonePacket } from './tone.ts';

test('MUST encode the values of ITU-T G.711', () => {
  assert.equal(muLaw(0), 0xff);
  assert.equal(muLaw(32_635), 0x80);
  assert.equal(muLaw(32_767), 0x80);
  assert.equal(muLaw(-32_768), 0x00);
  assert.equal(muLaw(-1), 0x7f);
  // With the bias of 132 these begin the second segment.
  assert.equal(muLaw(132), 0xef);
  assert.equal(muLaw(-132), 0x6f);
});

test('MUST make packets of 160 bytes that join without a step', () => {
  const packet = tonePacket(400);
  assert.equal(packet.length, PACKET_SAMPLES);
  // 400 Hz fit 8 times into 20 ms: the packet consists of 8 equal parts.
  for (let part = 1; part < 8; part++)
    assert.deepEqual(packet.subarray(part * 20, part * 20 + 20), packet.subarray(0, 20));
  assert.notDeepEqual(tonePacket(450), packet);
});
