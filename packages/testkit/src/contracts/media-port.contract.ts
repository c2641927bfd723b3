import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CallId, MediaPort, MediaSession } from '@groupcall/engine';
import { AppError, type DatagramSocket, type Network, type SocketAddress } from '@groupcall/kernel';
import { testCallId } from '../engine/records.ts';

/** A fresh media engine, and the world around it. */
export interface MediaPortHarness {
  readonly media: MediaPort;
  /** Sessions that may be open at once: few. */
  readonly capacity: number;
  /** Where phones are. */
  readonly network: Network;
  /** IP address of the phones. */
  readonly phoneAddress: string;
  /** Lets so many ms go by, and everything that happens meanwhile happen. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link MediaPort} must do. `open` gives a fresh one each time. */
export function mediaPortContract(name: string, open: () => Promise<MediaPortHarness>): void {
  suite(`MediaPort: ${name}`, () => {
    const row: Row = (title, body) => {
      test(title, async () => {
        const harness = await open();
        try {
          await body(harness);
        } finally {
          await harness.close();
        }
      });
    };
    offerRows(row);
    answerRows(row);
    audioRows(row);
    lifeRows(row);
  });
}

type Row = (title: string, body: (harness: MediaPortHarness) => Promise<void>) => void;

function offerRows(row: Row): void {
  row('MUST offer PCMU, PCMA and telephone-event at 20 ms, both ways', async ({ media }) => {
    const session = await media.open(testCallId());
    const lines = session.offer().split('\r\n');
    assert.match(lines.join('\n'), /^m=audio [1-9]\d* RTP\/AVP 0 8 (\d+)$/m);
    for (const line of ['v=0', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=ptime:20', 'a=sendrecv']) {
      assert.ok(lines.includes(line), `${line} is missing`);
    }
    assert.match(lines.join('\n'), /^a=rtpmap:\d+ telephone-event\/8000$/m);
  });

  row('MUST give the same offer again until an answer was accepted', async ({ media }) => {
    const session = await media.open(testCallId());
    assert.equal(session.offer(), session.offer());
  });

  row('MUST give each call a port and a session id of its own', async ({ media }) => {
    const one = (await media.open(testCallId(1))).offer();
    const other = (await media.open(testCallId(2))).offer();
    assert.notDeepEqual(mediaOf(one), mediaOf(other));
    assert.notEqual(originOf(one).id, originOf(other).id);
  });
}

function answerRows(row: Row): void {
  row('MUST throw an AppError for an answer with nothing in common, and say what is missing', async ({ media }) => {
    const session = await media.open(testCallId());
    const answer = sdp({ port: 4000, formats: ['9 G722/8000'] });
    assert.throws(
      () => {
        session.accept(answer);
      },
      isAppErrorNaming(/G722.*PCMU/s),
    );
  });

  row('MUST throw an AppError for what is no SDP', async ({ media }) => {
    const session = await media.open(testCallId());
    assert.throws(() => {
      session.accept('hello');
    }, AppError);
    assert.throws(() => session.answer(''), AppError);
  });

  row(
    'MUST answer hold with the opposite direction, and a second description with the next version',
    async (harness) => {
      const { session, phone } = await talkingCall(harness);
      const first = session.answer(phone.sdp({ direction: 'sendonly' }));
      assert.match(first, /^a=recvonly\r$/m);
      const again = session.answer(phone.sdp({ direction: 'sendonly' }));
      assert.equal(originOf(again).version, originOf(first).version);
      const resumed = session.answer(phone.sdp({ direction: 'sendrecv' }));
      assert.match(resumed, /^a=sendrecv\r$/m);
      assert.equal(originOf(resumed).version, originOf(first).version + 1);
      assert.equal(originOf(resumed).id, originOf(first).id);
    },
  );

  row('MUST keep the audio as it was when an offer is refused', async (harness) => {
    const { session, phone } = await talkingCall(harness);
    assert.throws(() => session.answer(phone.sdp({ formats: ['18 G729/8000'] })), AppError);
    const before = phone.received.length;
    await harness.advance(200);
    assert.ok(phone.received.length > before);
  });
}

function audioRows(row: Row): void {
  row('MUST send nothing before it knows where to', async (harness) => {
    const session = await harness.media.open(testCallId());
    session.offer();
    await harness.advance(200);
    assert.equal(session.stats().packetsSent, 0);
  });

  row('MUST send 20 ms packets of the agreed codec from the port it offered', async (harness) => {
    const { session, phone } = await talkingCall(harness, ['8 PCMA/8000']);
    await harness.advance(1000);
    assert.ok(phone.received.length >= 45 && phone.received.length <= 55, `${phone.received.length} packets`);
    const [first, second] = phone.received;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(first.data.length, 12 + 160);
    assert.equal(first.data.readUInt8(1) & 0x7f, 8);
    assert.deepEqual(first.from, mediaOf(session.offer()));
    assert.equal((second.data.readUInt16BE(2) - first.data.readUInt16BE(2)) & 0xffff, 1);
    assert.equal((second.data.readUInt32BE(4) - first.data.readUInt32BE(4)) >>> 0, 160);
    assert.equal(second.data.readUInt32BE(8), first.data.readUInt32BE(8));
  });

  row('MUST count what the phone sends, and refuse what others send', async (harness) => {
    const { session, phone } = await talkingCall(harness);
    const stranger = await openPhone(harness);
    const server = mediaOf(session.offer());
    for (let sequence = 0; sequence < 10; sequence++) phone.socket.send(rtp(0, sequence), server);
    await harness.advance(50);
    for (let sequence = 0; sequence < 5; sequence++) stranger.socket.send(rtp(0, sequence), server);
    phone.socket.send(Buffer.from('not RTP'), server);
    await harness.advance(50);
    const { packetsReceived, bytesReceived, packetsRefused } = session.stats();
    assert.equal(packetsReceived, 10);
    assert.ok(bytesReceived >= 10 * 160);
    assert.equal(packetsRefused, 6);
    assert.equal(stranger.received.length, 0);
  });

  row('MUST stop sending while the phone holds, and go on when it resumes', async (harness) => {
    const { session, phone } = await talkingCall(harness);
    await harness.advance(100);
    session.answer(phone.sdp({ direction: 'sendonly' }));
    await harness.advance(50);
    const held = phone.received.length;
    assert.ok(held > 0);
    await harness.advance(200);
    assert.equal(phone.received.length, held);
    session.answer(phone.sdp({ direction: 'sendrecv' }));
    await harness.advance(200);
    assert.ok(phone.received.length > held);
  });

  row('MUST follow the phone to another port', async (harness) => {
    const { session, phone } = await talkingCall(harness);
    phone.socket.send(rtp(0, 1), mediaOf(session.offer()));
    await harness.advance(60);
    const moved = await openPhone(harness);
    session.answer(moved.sdp({}));
    await harness.advance(50);
    const before = phone.received.length;
    await harness.advance(200);
    assert.equal(phone.received.length, before);
    assert.ok(moved.received.length > 0);
  });
}

function lifeRows(row: Row): void {
  row('MUST send nothing once it is closed; closing again MUST do nothing', async (harness) => {
    const { session, phone } = await talkingCall(harness);
    await harness.advance(100);
    const { packetsSent } = session.stats();
    session.close();
    session.close();
    await harness.advance(20);
    const before = phone.received.length;
    await harness.advance(200);
    assert.equal(phone.received.length, before);
    assert.equal(session.stats().packetsSent, packetsSent);
  });

  row('MUST reject when every port is taken, and give out again what was closed', async (harness) => {
    const { media, capacity } = harness;
    const sessions: MediaSession[] = [];
    for (let call = 1; call <= capacity; call++) sessions.push(await media.open(testCallId(call)));
    await assert.rejects(media.open(testCallId(capacity + 1)), AppError);
    sessions[0]?.close();
    await harness.advance(20);
    assert.ok((await media.open(testCallId(capacity + 2))).offer());
  });

  row('MUST reject after its end, and end the sessions', async (harness) => {
    const { session } = await talkingCall(harness);
    await harness.media.close();
    const { packetsSent } = session.stats();
    await harness.advance(100);
    assert.equal(session.stats().packetsSent, packetsSent);
    await assert.rejects(harness.media.open(testCallId(2)), AppError);
  });
}

interface TestPhone {
  readonly socket: DatagramSocket;
  readonly received: { readonly data: Buffer; readonly from: SocketAddress }[];
  sdp(how: { readonly direction?: string; readonly formats?: readonly string[] }): string;
}

async function openPhone({ network, phoneAddress }: MediaPortHarness): Promise<TestPhone> {
  const received: TestPhone['received'] = [];
  const socket = await network.bindDatagram(
    { address: phoneAddress, port: 0 },
    {
      onDatagram: (data, { address, port }) => received.push({ data, from: { address, port } }),
      onError: assert.ifError,
    },
  );
  return { socket, received, sdp: (how) => sdp({ ...socket.local, ...how }) };
}

async function talkingCall(
  harness: MediaPortHarness,
  formats?: readonly string[],
): Promise<{ session: MediaSession; phone: TestPhone }> {
  const session = await harness.media.open(testCallId() satisfies CallId);
  const phone = await openPhone(harness);
  session.offer();
  session.accept(phone.sdp(formats === undefined ? {} : { formats }));
  return { session, phone };
}

/** A phone's description; a format is `8 PCMA/8000`. */
function sdp(how: {
  readonly address?: string;
  readonly port: number;
  readonly direction?: string;
  readonly formats?: readonly string[];
}): string {
  const { address = '127.0.0.1', port, direction = 'sendrecv', formats = ['0 PCMU/8000', '8 PCMA/8000'] } = how;
  return [
    'v=0',
    `o=phone 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${formats.map((format) => format.split(' ')[0]).join(' ')}`,
    ...formats.map((format) => `a=rtpmap:${format}`),
    `a=${direction}`,
    '',
  ].join('\r\n');
}

/** One packet of 20 ms. */
function rtp(payloadType: number, sequence: number): Buffer {
  const packet = Buffer.alloc(12 + 160);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(0xcafe, 8);
  return packet;
}

/** Where a description wants its packets. */
function mediaOf(description: string): SocketAddress {
  const address = /^c=IN IP[46] (\S+)\r$/m.exec(description)?.[1] ?? '';
  return { address, port: Number(/^m=audio (\d+) /m.exec(description)?.[1]) };
}

function originOf(description: string): { readonly id: string; readonly version: number } {
  const [, id = '', version = ''] = /^o=\S+ (\d+) (\d+) IN /m.exec(description) ?? [];
  return { id, version: Number(version) };
}

function isAppErrorNaming(pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof AppError && pattern.test(error.message);
}
