import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Network, StreamConnection, StreamHandlers } from '@groupcall/kernel';
import { FakeClock, SeededRandom, VirtualNetwork } from '@groupcall/testkit';
import { parseMessage } from '../message/parse-message.ts';
import { SipResponse } from '../message/sip-message.ts';
import { only, outgoing, PHONE, requestText, TCP, TransportWorld } from './testing/transport-world.test.ts';

const VIA = 'SIP/2.0/TCP 192.0.2.50:5070;branch=z9hG4bK1';
const TO_PHONE = { protocol: 'tcp', ...PHONE } as const;

describe('messages over TCP', () => {
  test('MUST be cut from the stream, and answered over the same connection (RFC 3261 §18.2.2)', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    const text = requestText({ via: VIA, body: 'hello' });
    peer.send(text.slice(0, 100));
    await world.settle();
    assert.equal(world.requests.length, 0);
    peer.send(text.slice(100) + text.replace('1@a', '2@a'));
    await world.settle();
    assert.deepEqual(
      world.requests.map(({ request }) => [request.callId, request.body.toString()]),
      [
        ['1@a', 'hello'],
        ['2@a', 'hello'],
      ],
    );
    const { request, flow } = world.requests[0]!;
    assert.equal(request.via.received, '127.0.0.1');
    assert.equal(flow.protocol, 'tcp');
    assert.deepEqual(flow.local, { address: TCP.address, port: TCP.port });
    assert.ok(flow.connectionId);
    world.layer.sendResponse(SipResponse.replyTo(request, 200), flow, world.onFailure);
    await world.settle();
    assert.match(peer.received, /^SIP\/2\.0 200 OK\r\n/);
  });

  test('a response whose connection is gone MUST go over a new one to where the peer listens', async () => {
    const world = await TransportWorld.start();
    const phone = await world.tcpListener({ address: '127.0.0.1', port: 5070 });
    const peer = world.tcpPeer();
    peer.send(requestText({ via: VIA }));
    await world.settle();
    const { request, flow } = only(world.requests);
    peer.stream?.end();
    await world.settle();
    world.layer.sendResponse(SipResponse.replyTo(request, 200), flow, world.onFailure);
    await world.settle();
    assert.match(only(phone).received, /^SIP\/2\.0 200 OK\r\n/);
    assert.equal(world.failures.length, 0);
  });

  test('a request for a connection the peer had opened MUST fail at once when it is gone', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    peer.send(requestText({ via: VIA }));
    await world.settle();
    const { remote, connectionId = '' } = only(world.requests).flow;
    const target = { protocol: 'tcp', ...remote, connectionId } as const;
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', target, world.onFailure);
    await world.settle();
    assert.match(peer.received, /^OPTIONS /);
    peer.stream?.end();
    await world.settle();
    world.layer.sendRequest(outgoing(), 'z9hG4bK2', target, world.onFailure);
    await Promise.resolve();
    assert.match(only(world.failures).message, /the connection the peer had opened is gone/);
  });

  test('requests to one peer MUST share a connection, also one that the peer opened', async () => {
    const world = await TransportWorld.start();
    const phone = await world.tcpListener();
    for (const branch of ['z9hG4bK1', 'z9hG4bK2']) {
      world.layer.sendRequest(outgoing(), branch, TO_PHONE, world.onFailure);
    }
    await world.settle();
    world.layer.sendRequest(outgoing(), 'z9hG4bK3', TO_PHONE, world.onFailure);
    await world.settle();
    assert.equal(only(phone).received.match(/^OPTIONS/gm)?.length, 3);
    assert.match(phone[0]?.received ?? '', /^Via: SIP\/2\.0\/TCP 192\.0\.2\.1:5060;branch=z9hG4bK1;rport\r$/m);
    only(phone).send(requestText({ via: VIA }));
    await world.settle();
    assert.deepEqual(only(world.requests).flow.remote, PHONE);
    assert.equal(world.layer.connections, 1);
  });

  test('a connection that was opened from here and is gone MUST be opened again', async () => {
    const world = await TransportWorld.start();
    const phone = await world.tcpListener();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle();
    phone[0]?.send(requestText({ via: VIA }));
    await world.settle();
    const { connectionId = '' } = only(world.requests).flow;
    phone[0]?.stream?.end();
    await world.settle();
    assert.equal(world.layer.connections, 0);
    world.layer.sendRequest(outgoing(), 'z9hG4bK2', { ...TO_PHONE, connectionId }, world.onFailure);
    await world.settle();
    assert.equal(phone.length, 2);
    assert.equal(world.failures.length, 0);
  });

  test('a connection that can not be opened MUST be told to each who sent, once', async () => {
    const world = await TransportWorld.start();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    world.layer.sendRequest(outgoing(), 'z9hG4bK2', TO_PHONE, world.onFailure);
    await world.settle();
    assert.equal(world.failures.length, 2);
    assert.match(world.failures[0]?.message ?? '', /192\.0\.2\.50:5070 could not be opened: ECONNREFUSED/);
    assert.equal(world.layer.connections, 0);
    assert.equal(world.layer.counters.sendFailures, 2);
    await world.settle(100_000);
    assert.equal(world.failures.length, 2);
  });

  test('what has left MUST NOT be told as failed when the connection ends later', async () => {
    const world = await TransportWorld.start();
    const phone = await world.tcpListener();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle();
    only(phone).stream?.end();
    await world.settle();
    assert.equal(world.failures.length, 0);
  });
});

describe('keep-alives on a connection (RFC 5626 §4.4.1)', () => {
  test('CRLF CRLF MUST be answered with CRLF', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    peer.send('\r\n\r\n');
    peer.send('\r');
    peer.send('\n\r\n');
    peer.send('\r\n');
    await world.settle();
    assert.equal(peer.received, '\r\n\r\n');
    assert.equal(world.layer.counters.keepAlives, 2);
  });
});

describe('a connection on which something is malformed', () => {
  test('MUST get its answer and be closed when the stream is lost', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    const bad = requestText({ via: VIA, headers: ['no colon'] });
    peer.send(requestText({ via: VIA }) + bad + requestText({ via: VIA }));
    await world.settle();
    assert.equal(world.requests.length, 1);
    assert.match(peer.received, /^SIP\/2\.0 400 Bad Request: header line without a name and a colon\r\n/);
    assert.equal(peer.isClosed, true);
    assert.equal(world.layer.connections, 0);
    assert.equal(world.layer.counters.malformed, 1);
  });

  test('MUST be closed without a word when there is nobody to answer', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    peer.send('GET / HTTP/1.1\r\nHost: sip\r\n\r\n');
    await world.settle();
    assert.equal(peer.received, '');
    assert.equal(peer.isClosed, true);
  });

  test('MUST stay open when only the meaning of a message is wrong', async () => {
    const world = await TransportWorld.start();
    const peer = world.tcpPeer();
    peer.send(requestText({ via: VIA, headers: ['Max-Forwards: many'] }) + requestText({ via: VIA }));
    await world.settle();
    assert.match(peer.received, /^SIP\/2\.0 400 /);
    assert.equal(world.requests.length, 1);
    assert.equal(peer.isClosed, false);
  });
});

describe('limits', () => {
  test('an idle connection MUST be closed', async () => {
    const world = await TransportWorld.start({ limits: { idleTimeoutMs: 60_000 } });
    const phone = await world.tcpListener();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle();
    const peer = world.tcpPeer();
    peer.send(requestText({ via: VIA }));
    await world.settle(50_000);
    peer.send('\r\n\r\n');
    await world.settle(20_000);
    assert.equal(only(phone).isClosed, true);
    assert.equal(peer.isClosed, false);
    await world.settle(60_000);
    assert.equal(peer.isClosed, true);
    assert.equal(world.layer.connections, 0);
    assert.equal(world.clock.pending, 0);
  });

  test('a connection that says nothing MUST be closed, and one that does not end its message', async () => {
    const world = await TransportWorld.start({ limits: { incompleteTimeoutMs: 10_000 } });
    const silent = world.tcpPeer();
    const slow = world.tcpPeer();
    const good = world.tcpPeer();
    good.send(requestText({ via: VIA }));
    slow.send(requestText({ via: VIA }));
    for (let second = 0; second < 16; second++) {
      slow.send('O');
      await world.settle(1000);
    }
    assert.equal(silent.isClosed, true);
    assert.equal(slow.isClosed, true);
    assert.equal(good.isClosed, false);
  });

  test('a peer that is only listened to MUST NOT be taken for one that says nothing', async () => {
    const world = await TransportWorld.start({ limits: { incompleteTimeoutMs: 10_000 } });
    const phone = await world.tcpListener();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle(30_000);
    assert.equal(only(phone).isClosed, false);
  });

  test('connections over the limit MUST be refused, and counted', async () => {
    const world = await TransportWorld.start({ limits: { maxConnections: 2 } });
    const peers = [world.tcpPeer(), world.tcpPeer(), world.tcpPeer()];
    await world.settle();
    assert.deepEqual(
      peers.map(({ isClosed }) => isClosed),
      [false, false, true],
    );
    assert.equal(world.layer.counters.dropped, 1);
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle();
    assert.match(only(world.failures).message, /there are too many connections/);
    peers[0]?.stream?.end();
    await world.settle();
    const next = world.tcpPeer();
    await world.settle();
    assert.equal(next.isClosed, false);
  });

  test('connections of one address over its limit MUST be refused; those opened from here do not count', async () => {
    const world = await TransportWorld.start({ limits: { maxConnectionsPerSource: 2 } });
    await world.tcpListener({ address: '127.0.0.1', port: 5070 });
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', { ...TO_PHONE, address: '127.0.0.1' }, world.onFailure);
    await world.settle();
    const peers = [world.tcpPeer(), world.tcpPeer(), world.tcpPeer()];
    await world.settle();
    assert.deepEqual(
      peers.map(({ isClosed }) => isClosed),
      [false, false, true],
    );
    peers[1]?.stream?.end();
    await world.settle();
    const next = world.tcpPeer();
    await world.settle();
    assert.equal(next.isClosed, false);
  });

  test('connections that say nothing MUST be limited, and count no more once they speak', async () => {
    const world = await TransportWorld.start({ limits: { maxHalfOpen: 2 } });
    const first = world.tcpPeer();
    const second = world.tcpPeer();
    await world.settle();
    const third = world.tcpPeer();
    await world.settle();
    assert.equal(third.isClosed, true);
    first.send('\r\n\r\n');
    second.stream?.end();
    await world.settle();
    const fourth = world.tcpPeer();
    const fifth = world.tcpPeer();
    await world.settle();
    const sixth = world.tcpPeer();
    await world.settle();
    assert.deepEqual([fourth.isClosed, fifth.isClosed, sixth.isClosed], [false, false, true]);
  });

  test('what is said before a refused connection is closed MUST go nowhere', async () => {
    const world = await TransportWorld.start({ limits: { maxConnections: 0 } });
    const peer = world.tcpPeer();
    peer.send(requestText({ via: VIA }));
    await world.settle();
    assert.equal(world.requests.length, 0);
    assert.equal(peer.isClosed, true);
    assert.equal(world.clock.pending, 0);
  });
});

/** Streams that are never written out, as those of a peer that has stopped to read, or is not there yet. */
class StuckNetwork implements Network {
  readonly #network = new VirtualNetwork(new FakeClock(), new SeededRandom(1));
  readonly streams: (StreamConnection & { handlers: StreamHandlers; isDestroyed: boolean; pendingBytes: number })[] =
    [];
  readonly bindDatagram = this.#network.bindDatagram.bind(this.#network);
  readonly listenStream = this.#network.listenStream.bind(this.#network);

  connectStream(remote: { address: string; port: number }, _timeoutMs: number, handlers: StreamHandlers) {
    const stream = {
      handlers,
      local: { address: '192.0.2.1', port: 40_000 },
      remote,
      pendingBytes: 0,
      isDestroyed: false,
      write(data: Uint8Array) {
        this.pendingBytes += data.length;
      },
      end() {
        // Nothing that waits leaves, so it does not come to its end.
      },
      destroy() {
        this.isDestroyed = true;
      },
    };
    this.streams.push(stream);
    return stream;
  }
}

describe('a peer that does not read', () => {
  async function stuck(maxPendingBytes: number) {
    const network = new StuckNetwork();
    const world = await TransportWorld.start({ network, limits: { maxPendingBytes } });
    const send = (branch: string): void => {
      world.layer.sendRequest(outgoing(), branch, TO_PHONE, world.onFailure);
    };
    return { network, world, send };
  }

  test('MUST lose its connection once too much waits; the next message gets a new one', async () => {
    const { network, world, send } = await stuck(1);
    for (const branch of ['z9hG4bK1', 'z9hG4bK2', 'z9hG4bK3']) send(branch);
    await world.settle();
    assert.match(only(world.failures).message, /does not read what it is sent/);
    const [first, second] = network.streams;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.isDestroyed, second.isDestroyed], [true, false]);
    first.handlers.onClose(undefined);
    await world.settle();
    assert.equal(world.failures.length, 2);
  });

  test('MUST be told as failed when the connection ends before all has left', async () => {
    const { network, world, send } = await stuck(1_000_000);
    send('z9hG4bK1');
    const stream = only(network.streams);
    stream.handlers.onOpen?.();
    stream.pendingBytes = 0;
    stream.handlers.onDrain?.();
    send('z9hG4bK2');
    stream.handlers.onClose(new Error('ECONNRESET'));
    await world.settle();
    assert.match(only(world.failures).message, /192\.0\.2\.50:5070 broke: ECONNRESET/);
  });

  test('MUST be given up when it does not let a connection close that has to be', async () => {
    const { network, world, send } = await stuck(1_000_000);
    send('z9hG4bK1');
    const stream = only(network.streams);
    stream.handlers.onOpen?.();
    stream.handlers.onData(Buffer.from('garbage\r\n\r\n'));
    send('z9hG4bK2');
    assert.equal(network.streams.length, 2);
    await world.settle(40_000);
    assert.equal(stream.isDestroyed, true);
  });
});

test('an answer on a connection MUST be one that can be read', async () => {
  const world = await TransportWorld.start();
  const peer = world.tcpPeer();
  peer.send(requestText({ via: VIA, headers: ['Max-Forwards: 999'] }));
  await world.settle();
  const answer = parseMessage(Buffer.from(peer.received));
  assert.ok(answer instanceof SipResponse);
  assert.equal(answer.status, 400);
});
