import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock, SocketAddress, TimerHandle } from '@groupcall/kernel';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';
import { Audio } from './audio.ts';

async function setUp(clock = new FakeClock(), timers: Clock = clock) {
  const network = new VirtualNetwork(clock, new SeededRandom(1));
  const audio = await Audio.open({ clock: timers, ids: new SeededIdSource(), network, address: '127.0.0.1' });
  const peer: SocketAddress = { address: '127.0.0.1', port: 9000 };
  const packets = () => network.sent.filter(({ to }) => to.port === peer.port).map(({ data }) => data);
  return { clock, network, audio, peer, packets, target: { ...peer, payloadType: 0 } };
}

describe('sending', () => {
  test('MUST send 160 bytes of PCMU each 20 ms, numbered and stamped (RFC 3550 §5.1)', async () => {
    const { clock, audio, packets, target } = await setUp();
    audio.send(target);
    clock.advance(200);
    const sent = packets();
    assert.equal(sent.length, 11);
    assert.equal(audio.counts.sent, 11);
    const [first] = sent;
    for (const [index, packet] of sent.entries()) {
      assert.equal(packet.length, 172);
      assert.equal(packet[0], 0x80);
      assert.equal(packet[1], index === 0 ? 0x80 : 0);
      assert.equal(packet.readUInt16BE(2), (first!.readUInt16BE(2) + index) & 0xffff);
      assert.equal(packet.readUInt32BE(4), (first!.readUInt32BE(4) + index * 160) >>> 0);
      assert.equal(packet.readUInt32BE(8), first!.readUInt32BE(8));
    }
    await audio.close();
    clock.advance(10);
    assert.equal(clock.pending, 0);
    assert.equal(packets().length, 11);
  });

  test('MUST use the payload type that was agreed on', async () => {
    const { audio, packets, target } = await setUp();
    audio.send({ ...target, payloadType: 96 });
    assert.equal(packets()[0]?.[1], 0x80 | 96);
    await audio.close();
  });

  test('MUST stop when told to, and mark the first packet after it', async () => {
    const { clock, audio, packets, target } = await setUp();
    audio.send(target);
    clock.advance(40);
    audio.send(undefined);
    clock.advance(1000);
    assert.equal(packets().length, 3);
    audio.send(target);
    assert.equal(packets().at(-1)?.[1], 0x80);
    await audio.close();
  });

  test('MUST go on at its pace when the target changes', async () => {
    const { clock, audio, network, target } = await setUp();
    audio.send(target);
    clock.advance(30);
    audio.send({ ...target, port: 9002 });
    clock.advance(30);
    assert.deepEqual(
      network.sent.map(({ to }) => to.port),
      [9000, 9000, 9002, 9002],
    );
    await audio.close();
  });

  test('MUST keep the average pace when every timer comes late', async () => {
    const clock = new FakeClock();
    const late: Clock = {
      now: () => clock.now(),
      setTimeout: (delayMs, callback): TimerHandle => clock.setTimeout(delayMs + 7, callback),
      clearTimeout: (handle) => {
        clock.clearTimeout(handle);
      },
    };
    const { audio, target } = await setUp(clock, late);
    audio.send(target);
    clock.advance(2000);
    assert.ok(audio.counts.sent >= 99 && audio.counts.sent <= 101, String(audio.counts.sent));
    await audio.close();
  });

  test('MUST leave out what it missed in a long pause, and show it in the timestamp', async () => {
    const clock = new FakeClock();
    let stall = 0;
    const stalling: Clock = {
      now: () => clock.now(),
      setTimeout: (delayMs, callback): TimerHandle => clock.setTimeout(delayMs + stall, callback),
      clearTimeout: (handle) => {
        clock.clearTimeout(handle);
      },
    };
    const { audio, packets, target } = await setUp(clock, stalling);
    stall = 1000;
    audio.send(target);
    stall = 0;
    clock.advance(1020);
    const [before, after] = packets();
    assert.equal(audio.counts.sent, 2);
    assert.equal(after!.readUInt16BE(2), (before!.readUInt16BE(2) + 1) & 0xffff);
    assert.equal(after!.readUInt32BE(4), (before!.readUInt32BE(4) + 51 * 160) >>> 0);
    assert.equal(after![1], 0x80);
    await audio.close();
  });
});

describe('receiving', () => {
  test('MUST count RTP packets, and nothing else', async () => {
    const { clock, network, audio, peer } = await setUp();
    const remote = await network.bindDatagram(peer, { onDatagram: () => undefined, onError: () => undefined });
    const rtp = Buffer.alloc(172);
    rtp[0] = 0x80;
    const rtcp = Buffer.from(rtp);
    rtcp[1] = 200;
    const stun = Buffer.alloc(20);
    for (const packet of [rtp, rtcp, stun, rtp.subarray(0, 11), Buffer.alloc(0), rtp]) remote.send(packet, audio.local);
    clock.advance(10);
    assert.deepEqual(audio.counts, { sent: 0, received: 2 });
    await audio.close();
  });
});
