import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { CryptoIdSource, NodeNetwork, silentLogger, SystemClock } from '@groupcall/kernel';
import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow, TransportProtocol } from './flow.ts';
import { outgoing, requestText } from './testing/transport-world.test.ts';
import type { TransportError } from './transport-error.ts';
import { TransportLayer } from './transport-layer.ts';

async function listening(): Promise<TransportLayer> {
  const layer = new TransportLayer({
    clock: new SystemClock(),
    ids: new CryptoIdSource(),
    logger: silentLogger,
    network: new NodeNetwork(),
    listen: [
      { protocol: 'udp', address: '127.0.0.1', port: 0 },
      { protocol: 'tcp', address: '127.0.0.1', port: 0 },
    ],
  });
  await layer.start();
  return layer;
}

const never = (error: TransportError): void => {
  throw error;
};

function portOf(layer: TransportLayer, protocol: TransportProtocol): number {
  return layer.listeners.find((listener) => listener.protocol === protocol)?.port ?? 0;
}

for (const protocol of ['udp', 'tcp'] as const) {
  test(`a request and its response MUST pass over a real ${protocol} socket`, async () => {
    const server = await listening();
    const client = await listening();
    server.onRequest = (request: SipRequest, flow: Flow) => {
      const body = `${request.body.length} bytes from ${request.via.received ?? ''}`;
      server.sendResponse(SipResponse.replyTo(request, 200, 'OK', { toTag: 'x', body }), flow, never);
    };
    const answered = new Promise<SipResponse>((resolve) => {
      client.onResponse = resolve;
    });
    const request = outgoing('MESSAGE');
    request.body = Buffer.alloc(20_000, 'x');
    const target = { protocol, address: '127.0.0.1', port: portOf(server, protocol) };
    client.sendRequest(request, 'z9hG4bKreal', target, never);
    const response = await answered;
    assert.equal(response.status, 200);
    assert.equal(response.via.branch, 'z9hG4bKreal');
    assert.equal(response.body.toString(), '20000 bytes from 127.0.0.1');
    await client.close();
    await server.close();
    assert.equal(server.connections + client.connections, 0);
  });
}

test('a target that can not even be tried MUST be a failure that is told, on UDP and TCP', async () => {
  const layer = await listening();
  for (const target of [
    { protocol: 'udp', address: '127.0.0.1', port: 0 },
    { protocol: 'tcp', address: '127.0.0.1', port: 1 },
  ] as const) {
    const failure = new Promise<TransportError>((resolve) => {
      layer.sendRequest(outgoing(), 'z9hG4bK1', target, resolve);
    });
    assert.equal((await failure).code, 'SIP_TRANSPORT');
  }
  await layer.close();
});

test('close MUST not wait for a peer that keeps its connection', async () => {
  const layer = await listening();
  const received = new Promise<void>((resolve) => {
    layer.onRequest = () => {
      resolve();
    };
  });
  const socket = connect(portOf(layer, 'tcp'), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(requestText({ via: 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1' }));
  await received;
  const closed = once(socket, 'close');
  await layer.close();
  await closed;
});
