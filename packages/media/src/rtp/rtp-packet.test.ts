import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRtpHeader, writeRtpHeader } from './rtp-packet.ts';

const HEADER = { marker: true, payloadType: 8, sequence: 0xfffe, timestamp: 0xfffffff0, ssrc: 0xdeadbeef };

/** A packet whose first byte and length are as given. */
function packet(first: number, length: number, bytes: Readonly<Record<number, number>> = {}): Buffer {
  const data = Buffer.alloc(length);
  data.writeUInt8(first, 0);
  for (const [offset, byte] of Object.entries(bytes)) data.writeUInt8(byte, Number(offset));
  return data;
}

test('RFC 3550 §5.1: MUST read what it has written', () => {
  const data = Buffer.alloc(12);
  writeRtpHeader(data, HEADER);
  assert.equal(data.toString('hex'), '8088fffefffffff0deadbeef');
  assert.deepEqual(readRtpHeader(data), HEADER);
});

const RTP: readonly (readonly [title: string, data: Buffer])[] = [
  ['a header alone', packet(0x80, 12)],
  ['two CSRCs', packet(0x82, 20)],
  ['an extension of one word', packet(0x90, 20, { 15: 1 })],
  ['four bytes of padding', packet(0xa0, 16, { 15: 4 })],
];

for (const [title, data] of RTP)
  test(`MUST take ${title}`, () => {
    assert.ok(readRtpHeader(data));
  });

const NO_RTP: readonly (readonly [title: string, data: Buffer])[] = [
  ['an empty datagram', Buffer.alloc(0)],
  ['eleven bytes', packet(0x80, 11)],
  ['version 1', packet(0x40, 12)],
  ['a STUN request', packet(0x00, 20)],
  ['an RTCP sender report', packet(0x80, 28, { 1: 200 })],
  ['CSRCs that do not fit', packet(0x8f, 60)],
  ['an extension that does not fit', packet(0x90, 16, { 15: 9 })],
  ['an extension without its length', packet(0x90, 14)],
  ['padding of nothing', packet(0xa0, 16)],
  ['padding longer than the packet', packet(0xa0, 16, { 15: 200 })],
];

for (const [title, data] of NO_RTP)
  test(`MUST NOT take ${title}`, () => {
    assert.equal(readRtpHeader(data), undefined);
  });
