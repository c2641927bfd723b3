import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IdSource } from '@groupcall/kernel';
import { SeededIdSource } from '@groupcall/testkit';
import { PCMA, PCMU } from '../offer-answer/codec.ts';
import { readRtpHeader } from './rtp-packet.ts';
import { SilenceSource } from './silence-source.ts';

const idsOf = (uuid: string): IdSource => ({ uuid: () => uuid, token: () => '' });

test('MUST send 160 bytes of silence of either law', () => {
  const source = new SilenceSource(new SeededIdSource());
  assert.deepEqual(source.packet(PCMU).subarray(12), Buffer.alloc(160, 0xff));
  assert.deepEqual(source.packet(PCMA).subarray(12), Buffer.alloc(160, 0xd5));
});

test('RFC 3550 §5.1: MUST begin at random, and wrap sequence and timestamp', () => {
  const source = new SilenceSource(idsOf('12345678-ffff-4000-8000-ffffffff0000'));
  const first = readRtpHeader(source.packet(PCMU));
  const second = readRtpHeader(source.packet(PCMU));
  assert.deepEqual(first, { marker: true, payloadType: 0, sequence: 0xffff, timestamp: 0xffffffff, ssrc: 0x12345678 });
  assert.deepEqual(second, { marker: false, payloadType: 0, sequence: 0, timestamp: 159, ssrc: 0x12345678 });
});

test('RFC 3551 §4.1: after a pause MUST mark the packet and move the timestamp alone', () => {
  const source = new SilenceSource(idsOf('00000000-0000-4000-8000-000000000000'));
  source.packet(PCMU);
  source.pause(PCMU, 3);
  const next = readRtpHeader(source.packet({ ...PCMU, payloadType: 100 }));
  assert.deepEqual(next, { marker: true, payloadType: 100, sequence: 1, timestamp: 4 * 160, ssrc: 0 });
});
