import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from './fake-clock.ts';
import { SeededRandom } from './seeded-random.ts';
import { type LinkConditions, VirtualNetwork } from './virtual-network.ts';

const never = (): never => {
  throw new Error('this must not be called');
};

const ADDRESS = '192.0.2.1';

async function send(seed: number, count: number, conditions: LinkConditions): Promise<number[]> {
  const clock = new FakeClock();
  const network = new VirtualNetwork(clock, new SeededRandom(seed), conditions);
  const arrived: number[] = [];
  const receiver = { onDatagram: (data: Buffer) => arrived.push(data.readUInt32BE()), onError: never };
  const to = (await network.bindDatagram({ address: ADDRESS, port: 5060 }, receiver)).local;
  const from = await network.bindDatagram({ address: ADDRESS, port: 0 }, { onDatagram: never, onError: never });
  for (let number = 0; number < count; number++) {
    const data = Buffer.alloc(4);
    data.writeUInt32BE(number);
    from.send(data, to);
  }
  assert.deepEqual(arrived, [], 'nothing arrives before time passes');
  clock.advance(1_000);
  assert.equal(clock.pending, 0);
  return arrived;
}

describe('datagrams', () => {
  test('MUST all arrive once and in order on a good day', async () => {
    assert.deepEqual(
      await send(1, 100, {}),
      Array.from({ length: 100 }, (_, number) => number),
    );
  });

  test('MUST be lost, doubled and reordered as the conditions say, the same way for the same seed', async () => {
    const lost = await send(7, 1_000, { loss: 0.2 });
    assert.ok(lost.length > 700 && lost.length < 900, String(lost.length));
    const doubled = await send(7, 1_000, { duplicates: 0.5 });
    assert.ok(doubled.length > 1_400 && doubled.length < 1_600, String(doubled.length));
    const shuffled = await send(7, 100, { jitterMs: 50 });
    assert.notDeepEqual(
      shuffled,
      shuffled.toSorted((one, other) => one - other),
    );
    assert.deepEqual(await send(7, 100, { jitterMs: 50 }), shuffled);
    assert.notDeepEqual(await send(8, 100, { jitterMs: 50 }), shuffled);
  });

  test('MUST be lost when the filter says so, and are noted all the same', async () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork(clock, new SeededRandom(1));
    network.filter = ({ data }) => data.toString() !== 'lose me';
    const arrived: string[] = [];
    const to = (
      await network.bindDatagram(
        { address: ADDRESS, port: 1 },
        { onDatagram: (data) => arrived.push(data.toString()), onError: never },
      )
    ).local;
    const from = await network.bindDatagram({ address: ADDRESS, port: 2 }, { onDatagram: never, onError: never });
    for (const text of ['one', 'lose me', 'two']) from.send(Buffer.from(text), to);
    clock.advance(10);
    assert.deepEqual(arrived, ['one', 'two']);
    assert.equal(network.sent.length, 3);
  });

  test('a port MUST be had once only, until it is closed', async () => {
    const network = new VirtualNetwork(new FakeClock(), new SeededRandom(1));
    const quiet = { onDatagram: never, onError: never };
    const socket = await network.bindDatagram({ address: ADDRESS, port: 1 }, quiet);
    await assert.rejects(network.bindDatagram({ address: ADDRESS, port: 1 }, quiet), { code: 'EADDRINUSE' });
    await socket.close();
    await network.bindDatagram({ address: ADDRESS, port: 1 }, quiet);
  });
});

describe('streams', () => {
  test('MUST keep their order whatever the jitter, and tell the end to both sides once', async () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork(clock, new SeededRandom(3), { jitterMs: 50 });
    const heard: string[] = [];
    const ends: string[] = [];
    const listener = await network.listenStream({ address: ADDRESS, port: 5060 }, () => ({
      onData: (data) => heard.push(data.toString()),
      onClose: () => ends.push('server'),
    }));
    const connection = network.connectStream(listener.local, 1_000, {
      onOpen: () => heard.push('open'),
      onData: never,
      onClose: () => ends.push('client'),
    });
    for (let number = 0; number < 20; number++) connection.write(Buffer.from(String(number)));
    clock.advance(200);
    connection.end();
    connection.end();
    clock.advance(200);
    assert.deepEqual(heard, ['open', ...Array.from({ length: 20 }, (_, number) => String(number))]);
    assert.deepEqual(ends, ['client', 'server']);
  });

  test('a connection to where nobody listens MUST be told as refused', () => {
    const clock = new FakeClock();
    const network = new VirtualNetwork(clock, new SeededRandom(1));
    const ends: unknown[] = [];
    network.connectStream({ address: ADDRESS, port: 9 }, 1_000, {
      onData: never,
      onClose: (error) => ends.push((error as NodeJS.ErrnoException | undefined)?.code),
    });
    clock.advance(10);
    assert.deepEqual(ends, ['ECONNREFUSED']);
  });
});
