import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NodeNetwork } from './node-network.ts';
import type { SocketAddress, StreamConnection } from './network.ts';

const never = (): never => {
  throw new Error('this must not be called');
};

const LOOPBACK = { address: '127.0.0.1', port: 0 };
const network = new NodeNetwork();
const quiet = { onDatagram: () => undefined, onError: never };

/** What one side of a stream saw. */
function recorder() {
  const log: string[] = [];
  const closed = Promise.withResolvers<Error | undefined>();
  const handlers = {
    onOpen: () => log.push('open'),
    onData: (data: Buffer) => log.push(data.toString()),
    onClose: (error: Error | undefined) => {
      log.push('close');
      closed.resolve(error);
    },
  };
  return { log, closed: closed.promise, handlers };
}

describe('datagrams', () => {
  test('MUST arrive with the address they came from; port 0 takes a free one', async () => {
    const arrived = Promise.withResolvers<[string, SocketAddress]>();
    const one = await network.bindDatagram(LOOPBACK, quiet);
    const other = await network.bindDatagram(
      { ...LOOPBACK, receiveBufferBytes: 1_048_576 },
      {
        onDatagram: (data, from) => {
          arrived.resolve([data.toString(), from]);
        },
        onError: never,
      },
    );
    one.send(Buffer.from('hello'), other.local);
    const [text, from] = await arrived.promise;
    assert.equal(text, 'hello');
    assert.deepEqual([from.address, from.port], [one.local.address, one.local.port]);
    await Promise.all([one.close(), other.close(), one.close()]);
  });

  test('bindDatagram() MUST reject with the code of the system when the port is taken', async () => {
    const socket = await network.bindDatagram(LOOPBACK, quiet);
    await assert.rejects(network.bindDatagram(socket.local, quiet), { code: 'EADDRINUSE' });
    await socket.close();
  });

  test('send() after close() MUST do nothing', async () => {
    const socket = await network.bindDatagram(LOOPBACK, quiet);
    await socket.close();
    socket.send(Buffer.from('late'), { address: '127.0.0.1', port: 9 }, never);
  });
});

describe('streams', () => {
  test('MUST carry what is written both ways, also what is written before they are open, and tell the end once', async () => {
    const server = recorder();
    let accepted: StreamConnection | undefined;
    const listener = await network.listenStream(LOOPBACK, (connection) => {
      accepted = connection;
      return {
        ...server.handlers,
        onData: (data) => {
          connection.write(Buffer.from(`echo ${data.toString()}`));
        },
      };
    });
    const client = recorder();
    const heard = Promise.withResolvers<undefined>();
    const connection = network.connectStream(listener.local, 5_000, {
      ...client.handlers,
      onData: (data) => {
        client.handlers.onData(data);
        heard.resolve(undefined);
      },
    });
    connection.write(Buffer.from('early'));
    await heard.promise;
    assert.equal(accepted?.remote.address, '127.0.0.1');
    connection.end();
    await Promise.all([client.closed, server.closed]);
    assert.deepEqual(client.log, ['open', 'echo early', 'close']);
    await listener.close();
  });

  test('a connection that nobody takes MUST be told as closed, with the code of the system', async () => {
    const listener = await network.listenStream(LOOPBACK, () => recorder().handlers);
    const free = listener.local;
    await listener.close();
    const client = recorder();
    network.connectStream(free, 5_000, client.handlers);
    assert.equal(((await client.closed) as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED');
    assert.deepEqual(client.log, ['close']);
  });

  test('listenStream() MUST reject with the code of the system when the port is taken', async () => {
    const listener = await network.listenStream(LOOPBACK, () => recorder().handlers);
    await assert.rejects(
      network.listenStream(listener.local, () => recorder().handlers),
      { code: 'EADDRINUSE' },
    );
    await listener.close();
  });
});
