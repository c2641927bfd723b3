import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeNetwork, silentLogger, SystemClock } from '@groupcall/kernel';
import {
  FakeClock,
  mediaPortContract,
  SeededIdSource,
  SeededRandom,
  testCallId,
  VirtualNetwork,
} from '@groupcall/testkit';
import { OwnAudio } from './own-audio.ts';

const CAPACITY = 3;

/** Lets what was resolved run on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function virtualEngine(clock = new FakeClock()) {
  const network = new VirtualNetwork(clock, new SeededRandom(1));
  const media = new OwnAudio({
    clock,
    ids: new SeededIdSource(),
    logger: silentLogger,
    network,
    address: '10.0.0.1',
    ports: { min: 20_000, max: 20_000 + 2 * CAPACITY - 1 },
  });
  return { clock, network, media };
}

mediaPortContract('OwnAudio on the virtual network', () => {
  const { clock, network, media } = virtualEngine();
  return Promise.resolve({
    media,
    capacity: CAPACITY,
    network,
    phoneAddress: '10.0.0.2',
    advance: async (ms) => {
      clock.advance(ms);
      await settle();
    },
    close: async () => {
      await media.close();
      assert.equal(media.size, 0);
      clock.advance(1000);
      assert.equal(clock.pending, 0);
    },
  });
});

test('MUST tell phones the public address', async () => {
  const { clock, network } = virtualEngine();
  const media = new OwnAudio({
    clock,
    ids: new SeededIdSource(),
    logger: silentLogger,
    network,
    address: '10.0.0.1',
    publicAddress: '2001:db8::1',
    ports: { min: 30_000, max: 30_001 },
  });
  const session = await media.open(testCallId());
  assert.match(session.offer(), /^c=IN IP6 2001:db8::1\r$/m);
  await media.close();
});

test('MUST refuse a range that holds no pair with MEDIA_PORT_RANGE', () => {
  const { clock, network } = virtualEngine();
  for (const ports of [
    { min: 20_001, max: 20_002 },
    { min: 0, max: 100 },
    { min: 65_000, max: 70_000 },
    { min: 300, max: 200 },
  ]) {
    const options = { clock, ids: new SeededIdSource(), logger: silentLogger, network, address: '10.0.0.1', ports };
    assert.throws(() => new OwnAudio(options), { code: 'MEDIA_PORT_RANGE' }, JSON.stringify(ports));
  }
});

test('MUST NOT leave a port bound that was being opened while the engine was closed', async () => {
  const { network, media } = virtualEngine();
  const opening = media.open(testCallId());
  const rejected = assert.rejects(opening, { code: 'MEDIA_CLOSED' });
  await media.close();
  await rejected;
  const socket = await network.bindDatagram(
    { address: '10.0.0.1', port: 20_000 },
    { onDatagram: () => undefined, onError: assert.ifError },
  );
  assert.equal(socket.local.port, 20_000);
});

test('MUST send and receive over real sockets on loopback', async () => {
  const network = new NodeNetwork();
  const media = new OwnAudio({
    clock: new SystemClock(),
    ids: new SeededIdSource(),
    logger: silentLogger,
    network,
    address: '127.0.0.1',
    ports: { min: 41_000, max: 41_199 },
  });
  const session = await media.open(testCallId());
  const port = Number(/^m=audio (\d+) /m.exec(session.offer())?.[1]);
  const { promise: heard, resolve: onHeard } = Promise.withResolvers<Buffer>();
  let packets = 0;
  const phone = await network.bindDatagram(
    { address: '127.0.0.1', port: 0 },
    {
      onDatagram: (data, from) => {
        // The echo comes from the phone's own port, so it must be counted.
        phone.send(data, from);
        packets += 1;
        if (packets === 15) onHeard(data);
      },
      onError: assert.ifError,
    },
  );
  session.accept(
    `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${phone.local.port} RTP/AVP 0\r\n`,
  );
  const packet = await heard;
  assert.equal(packet.length, 172);
  assert.deepEqual(packet.subarray(12), Buffer.alloc(160, 0xff));
  assert.ok(session.stats().packetsSent >= 15);
  assert.ok(session.stats().packetsReceived >= 10, `${session.stats().packetsReceived} received`);
  assert.equal(session.stats().packetsRefused, 0);
  assert.ok(port >= 41_000 && port <= 41_199 && port % 2 === 0);
  await media.close();
  await phone.close();
});

test('MUST pass over ports that another process has, RTP or RTCP', async () => {
  const { network, media } = virtualEngine();
  const nobody = { onDatagram: () => undefined, onError: assert.ifError };
  await network.bindDatagram({ address: '10.0.0.1', port: 20_000 }, nobody);
  await network.bindDatagram({ address: '10.0.0.1', port: 20_003 }, nobody);
  const session = await media.open(testCallId());
  assert.match(session.offer(), /^m=audio 20004 /m);
  // The RTP half of a pair whose RTCP half was taken is free again.
  const half = await network.bindDatagram({ address: '10.0.0.1', port: 20_002 }, nobody);
  assert.equal(half.local.port, 20_002);
});
