import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, type SocketAddress } from '@groupcall/kernel';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';
import { FrameTicker } from '../rtp/frame-ticker.ts';
import { PortAllocator } from '../rtp/port-allocator.ts';
import { OwnAudioSession } from './own-audio-session.ts';

const PHONE: SocketAddress = { address: '10.0.0.2', port: 4000 };

function sdp({ address = PHONE.address, direction = 'sendrecv', formats = '0 8 101' } = {}): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 10.0.0.2',
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${PHONE.port} RTP/AVP ${formats}`,
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

async function openSession() {
  const clock = new FakeClock();
  const network = new VirtualNetwork(clock, new SeededRandom(1));
  const ticker = new FrameTicker({ clock, logger: silentLogger, frameMs: 20 });
  const ports = new PortAllocator({ network, address: '10.0.0.1', range: { min: 20_000, max: 20_001 } });
  const session = new OwnAudioSession({
    ids: new SeededIdSource(),
    logger: silentLogger,
    ticker,
    address: '10.0.0.1',
    onClosed: () => undefined,
  });
  session.usePorts(await ports.allocate(session.rtpHandlers, session.rtcpHandlers));
  const onRtp = (payloadType: number, sequence: number, from = PHONE) => {
    const packet = Buffer.alloc(172);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(payloadType, 1);
    packet.writeUInt16BE(sequence, 2);
    session.rtpHandlers.onDatagram(packet, from);
  };
  return { clock, network, session, onRtp };
}

test('MUST count the phone’s digits, and refuse payload types that nobody agreed on', async () => {
  const { session, onRtp } = await openSession();
  session.accept(sdp());
  onRtp(0, 1);
  onRtp(101, 2);
  onRtp(8, 3);
  onRtp(18, 4);
  assert.equal(session.stats().packetsReceived, 3);
  assert.equal(session.stats().bytesReceived, 3 * 172);
  assert.equal(session.stats().packetsRefused, 1);
});

test('MUST NOT count what comes before the answer, nor latch to it', async () => {
  const { clock, network, session, onRtp } = await openSession();
  session.offer();
  for (let sequence = 0; sequence < 10; sequence++) onRtp(0, sequence, { address: '10.6.6.6', port: 6666 });
  session.accept(sdp());
  clock.advance(20);
  assert.deepEqual(network.sent[0]?.to, PHONE);
  assert.deepEqual(session.stats(), { packetsReceived: 0, bytesReceived: 0, packetsSent: 1, packetsRefused: 0 });
});

test('MUST send to where the phone really sends from, when it wrote a private address', async () => {
  const { clock, network, session, onRtp } = await openSession();
  const nat = { address: '198.51.100.1', port: 50_000 };
  session.accept(sdp({ address: '192.168.0.10' }));
  for (let sequence = 0; sequence < 5; sequence++) onRtp(0, sequence, nat);
  clock.advance(20);
  assert.deepEqual(network.sent.at(-1)?.to, nat);
});

test('MUST keep the timestamp in step with the clock over a hold', async () => {
  const { clock, network, session } = await openSession();
  session.accept(sdp());
  clock.advance(20);
  session.answer(sdp({ direction: 'inactive' }));
  clock.advance(1000);
  session.answer(sdp());
  clock.advance(20);
  const [before, after] = network.sent.map(({ data }) => data);
  assert.ok(before && after && network.sent.length === 2);
  assert.equal((after.readUInt32BE(4) - before.readUInt32BE(4)) >>> 0, 51 * 160);
  assert.equal((after.readUInt16BE(2) - before.readUInt16BE(2)) & 0xffff, 1);
  assert.equal(after.readUInt8(1) & 0x80, 0x80);
});

test('MUST send at most 10 frames late, and leave out the rest', async () => {
  const { clock, network, session } = await openSession();
  session.accept(sdp());
  clock.advance(20);
  session.onFrames(50);
  assert.equal(network.sent.length, 11);
  const [first, second] = network.sent.map(({ data }) => data.readUInt32BE(4));
  assert.equal(((second ?? 0) - (first ?? 0)) >>> 0, 41 * 160);
  clock.advance(20);
  assert.equal(network.sent.length, 12);
});

test('MUST change the codec when the phone asks for another', async () => {
  const { clock, network, session } = await openSession();
  session.accept(sdp());
  clock.advance(20);
  session.answer(sdp({ formats: '8' }));
  clock.advance(20);
  assert.deepEqual(
    network.sent.map(({ data }) => [data.readUInt8(1) & 0x7f, data.readUInt8(12)]),
    [
      [0, 0xff],
      [8, 0xd5],
    ],
  );
});

test('MUST throw MEDIA_CLOSED when asked for a description after its end', async () => {
  const { session } = await openSession();
  session.close();
  assert.throws(() => session.offer(), { code: 'MEDIA_CLOSED' });
  assert.throws(() => session.answer(sdp()), { code: 'MEDIA_CLOSED' });
});
