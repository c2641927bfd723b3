import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { SipResponse } from '../message/sip-message.ts';
import {
  only,
  outgoing,
  PHONE,
  requestText,
  SERVER,
  TCP,
  TransportWorld,
  UDP,
} from './testing/transport-world.test.ts';
import { TransportError } from './transport-error.ts';

const TO_PHONE = { protocol: 'udp', ...PHONE } as const;

describe('starting and closing', () => {
  test('MUST listen on several ports of several protocols, and tell the real ones', async () => {
    const { layer } = await TransportWorld.start({ listen: [UDP, { ...UDP, port: 0 }, TCP, { ...TCP, port: 0 }] });
    const ports = layer.listeners.map(({ port }) => port);
    assert.equal(new Set(layer.listeners.map(({ protocol, port }) => `${protocol}${port}`)).size, 4);
    assert.ok(ports.every((port) => port > 0));
    await layer.close();
  });

  test('MUST close what it opened when one port is taken, and say which', async () => {
    const world = new TransportWorld({ listen: [{ ...UDP, port: 5062 }, UDP] });
    await world.udpPeer(UDP);
    await assert.rejects(world.layer.start(), (error) => {
      assert.ok(error instanceof TransportError);
      assert.equal(error.code, 'SIP_TRANSPORT');
      assert.match(error.message, /udp:192\.0\.2\.1:5060 can't be opened: EADDRINUSE/);
      return true;
    });
    await world.udpPeer({ address: SERVER, port: 5062 });
  });

  test('MUST refuse a protocol that is not built in', () => {
    assert.throws(() => new TransportWorld({ listen: [{ ...UDP, protocol: 'wss' }] }), TransportError);
  });

  test('MUST refuse to listen on all addresses without being told what peers reach it by', () => {
    const all = { ...UDP, address: '0.0.0.0' };
    assert.throws(() => new TransportWorld({ listen: [all] }), TransportError);
    assert.throws(() => new TransportWorld({ listen: [{ ...all, address: '::' }] }), TransportError);
    assert.doesNotThrow(() => new TransportWorld({ listen: [{ ...all, advertise: { host: 'sip.example.com' } }] }));
  });

  test('MUST call no handler once it is closed, and close twice', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    const peer = world.tcpPeer();
    await world.settle();
    phone.send(requestText());
    peer.send(requestText());
    await world.layer.close();
    await world.layer.close();
    await world.settle();
    assert.equal(world.requests.length, 0);
    assert.equal(world.layer.connections, 0);
    assert.equal(world.clock.pending, 0);
    world.layer.sendRequest(outgoing(), 'z9hG4bK9', TO_PHONE, world.onFailure);
    world.layer.sendRequest(outgoing(), 'z9hG4bK9', { ...TO_PHONE, protocol: 'tcp' }, world.onFailure);
    assert.equal(world.failures.length, 0);
    await world.settle();
    assert.equal(world.failures.length, 2);
  });
});

describe('requests that go out (RFC 3261 §18.1.1)', () => {
  test('MUST have a Via on top with sent-by, branch and rport (RFC 3581 §3)', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    const request = outgoing();
    const sent = world.layer.sendRequest(request, 'z9hG4bKabc', TO_PHONE, world.onFailure);
    await world.settle();
    const received = only(phone.take());
    assert.equal(received.header('Via'), 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc;rport');
    assert.equal(request.via.branch, 'z9hG4bKabc');
    assert.deepEqual(sent.data, received.toBuffer());
    assert.equal(sent.target.protocol, 'udp');
  });

  test('MUST be sent again with the same bytes', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    const sent = world.layer.sendRequest(outgoing(), 'z9hG4bKabc', TO_PHONE, world.onFailure);
    world.layer.resend(sent, world.onFailure);
    await world.settle();
    assert.equal(phone.received.length, 2);
    assert.deepEqual(phone.received[0], phone.received[1]);
    assert.equal(world.layer.counters.sent, 2);
  });

  test('MUST carry the advertised address where there is one', async () => {
    const advertise = { host: 'sip.example.com' };
    const world = await TransportWorld.start({
      listen: [
        { ...UDP, advertise },
        { ...TCP, advertise: { ...advertise, port: 15060 } },
      ],
    });
    const phone = await world.udpPeer();
    world.layer.sendRequest(outgoing(), 'z9hG4bK1', TO_PHONE, world.onFailure);
    await world.settle();
    assert.equal(only(phone.take()).via.sentBy, 'sip.example.com:5060');
    assert.equal(world.layer.contactFor('udp').toString(), 'sip:sip.example.com:5060');
    assert.equal(world.layer.contactFor('tcp').toString(), 'sip:sip.example.com:15060;transport=tcp');
  });

  test('MUST leave by the listener that fits the target, or by the one that the target names', async () => {
    const listen = [
      { protocol: 'udp', address: '127.0.0.1', port: 5060 },
      { protocol: 'udp', address: '2001:db8::1', port: 5060 },
      { protocol: 'udp', address: SERVER, port: 5060 },
      { protocol: 'udp', address: SERVER, port: 5080 },
    ] as const;
    const world = await TransportWorld.start({ listen });
    const from = (address: string, local?: { address: string; port: number }): string => {
      const target = { protocol: 'udp', address, port: 5070, ...(local === undefined ? {} : { local }) } as const;
      world.layer.sendRequest(outgoing(), 'z9hG4bK1', target, world.onFailure);
      const contact = world.layer.contactFor('udp', target);
      const via = world.network.sent
        .at(-1)
        ?.data.toString()
        .match(/Via: SIP\/2.0\/UDP ([^;]*)/)?.[1];
      assert.equal(`${contact.hostInBrackets}:${contact.port ?? 0}`, via);
      return via ?? '';
    };
    assert.equal(from('127.0.0.7'), '127.0.0.1:5060');
    assert.equal(from('2001:db8::77'), '[2001:db8::1]:5060');
    assert.equal(from('203.0.113.9'), '192.0.2.1:5060');
    assert.equal(from('203.0.113.9', { address: SERVER, port: 5080 }), '192.0.2.1:5080');
    assert.equal(from('203.0.113.9', { address: SERVER, port: 9 }), '192.0.2.1:5060');
  });

  test('a failure MUST be told once, and never from within the call', async () => {
    const world = await TransportWorld.start({ listen: [UDP] });
    const sent = world.layer.sendRequest(outgoing(), 'z9hG4bK1', { ...TO_PHONE, protocol: 'tcp' }, world.onFailure);
    assert.equal(world.failures.length, 0);
    await world.settle();
    assert.match(only(world.failures).message, /no listener speaks SIP over tcp/);
    world.layer.resend(sent, world.onFailure);
    await world.settle();
    assert.equal(world.failures.length, 2);
    assert.equal(world.layer.counters.sendFailures, 2);
  });

  test('MUST know which protocols are reliable', async () => {
    const { layer } = await TransportWorld.start();
    assert.equal(layer.isReliable('udp'), false);
    assert.equal(layer.isReliable('tcp'), true);
  });
});

describe('requests that come in (RFC 3261 §18.2.1, RFC 3581 §4)', () => {
  for (const [what, via, expected] of [
    [
      'filled in where rport is asked for',
      'SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1;rport',
      'SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1;rport=5070;received=192.0.2.50',
    ],
    [
      'filled in where rport is asked for, also when the address is right',
      'SIP/2.0/UDP 192.0.2.50:5070;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.50:5070;rport=5070;branch=z9hG4bK1;received=192.0.2.50',
    ],
    [
      'put right where the peer filled them in itself',
      'SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK1;received=203.0.113.1;rport=99',
      'SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK1;received=192.0.2.50;rport=5070',
    ],
    [
      'added for another address',
      'SIP/2.0/UDP phone.example.com;branch=z9hG4bK1',
      'SIP/2.0/UDP phone.example.com;branch=z9hG4bK1;received=192.0.2.50',
    ],
    [
      'left alone where sent-by says it all',
      'SIP/2.0/UDP 192.0.2.50:5999;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.50:5999;branch=z9hG4bK1',
    ],
  ] as const) {
    test(`received and rport MUST be ${what}`, async () => {
      const world = await TransportWorld.start();
      const phone = await world.udpPeer();
      phone.send(requestText({ via }));
      await world.settle();
      const { request, flow } = only(world.requests);
      assert.equal(request.header('Via'), expected);
      assert.deepEqual(flow, { protocol: 'udp', local: { address: SERVER, port: 5060 }, remote: PHONE });
    });
  }

  test('an IPv4 address that came over IPv6 MUST be noted as IPv4, and answered over IPv6', async () => {
    const world = await TransportWorld.start({ listen: [{ ...UDP, address: '2001:db8::1' }] });
    const mapped = { address: '::ffff:192.0.2.50', port: 5070 };
    const phone = await world.udpPeer(mapped);
    phone.send(requestText({ via: 'SIP/2.0/UDP x;rport;branch=z9hG4bK1' }), { address: '2001:db8::1', port: 5060 });
    await world.settle();
    const { request, flow } = only(world.requests);
    assert.equal(request.via.received, '192.0.2.50');
    world.layer.sendResponse(SipResponse.replyTo(request, 200), flow, world.onFailure);
    world.layer.sendRequest(outgoing(), 'z9hG4bK2', TO_PHONE, world.onFailure);
    await world.settle();
    assert.equal(phone.take().length, 2);
  });

  test('what a handler throws MUST be caught and counted', async () => {
    const world = await TransportWorld.start({ logger: silentLogger });
    world.layer.onRequest = () => {
      throw new Error('a bug above');
    };
    const phone = await world.udpPeer();
    phone.send(requestText());
    phone.send(requestText());
    await world.settle();
    assert.equal(world.layer.counters.userErrors, 2);
  });
});

describe('responses that go out (RFC 3261 §18.2.2, RFC 3581 §4)', () => {
  async function answeredAt(via: string): Promise<string[]> {
    const world = await TransportWorld.start({ listen: [UDP, { ...UDP, port: 5080 }] });
    const phone = await world.udpPeer();
    phone.send(requestText({ via }), { address: SERVER, port: 5080 });
    await world.settle();
    const { request, flow } = only(world.requests);
    world.layer.sendResponse(SipResponse.replyTo(request, 200), flow, world.onFailure);
    const answer = world.network.sent.at(-1)!;
    return [`${answer.from.address}:${answer.from.port}`, `${answer.to.address}:${answer.to.port}`];
  }

  test('MUST go to the source port where rport was asked for, from where the request came to', async () => {
    assert.deepEqual(await answeredAt('SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1;rport'), [
      '192.0.2.1:5080',
      '192.0.2.50:5070',
    ]);
  });

  test('MUST go to the port in sent-by otherwise, or to 5060', async () => {
    assert.equal((await answeredAt('SIP/2.0/UDP 10.0.0.7:5099;branch=z9hG4bK1'))[1], '192.0.2.50:5099');
    assert.equal((await answeredAt('SIP/2.0/UDP phone.example.com;branch=z9hG4bK1'))[1], '192.0.2.50:5060');
  });

  test('MUST NOT follow maddr, which could point anywhere', async () => {
    assert.equal(
      (await answeredAt('SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK1;maddr=239.1.1.1;ttl=9'))[1],
      '192.0.2.50:5060',
    );
  });
});

describe('responses that come in (RFC 3261 §18.1.2)', () => {
  const response = (via: string): string => requestText({ via }).replace(/^.*?\r\n/, 'SIP/2.0 200 OK\r\n');

  test('MUST be told', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    phone.send(response('SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport=5060;received=192.0.2.1'));
    phone.send(response('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2'));
    await world.settle();
    assert.deepEqual(
      world.responses.map(({ response: { via } }) => via.branch),
      ['z9hG4bK1', 'z9hG4bK2'],
    );
  });

  test('MUST be dropped when their topmost Via is not ours', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    phone.send(response('SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923'));
    phone.send(response('SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK1'));
    await world.settle();
    assert.equal(world.responses.length, 0);
    assert.equal(world.layer.counters.dropped, 2);
  });

  test('MUST know ours by its advertised name, in any case', async () => {
    const world = await TransportWorld.start({ listen: [{ ...UDP, advertise: { host: 'sip.example.com' } }] });
    const phone = await world.udpPeer();
    phone.send(response('SIP/2.0/UDP SIP.example.com:5060;branch=z9hG4bK1'));
    phone.send(response('SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1'));
    await world.settle();
    assert.equal(world.responses.length, 1);
  });
});

describe('what can not be read', () => {
  test('MUST be answered 400 without a transaction, with a To-tag that a retransmission gets too (§8.2.7)', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    const bad = requestText({ headers: ['Max-Forwards: many'] });
    phone.send(bad);
    phone.send(bad);
    phone.send(bad.replace('1@a', '2@a'));
    await world.settle();
    const [first, again, other] = phone.take();
    assert.ok(first instanceof SipResponse && again instanceof SipResponse && other instanceof SipResponse);
    assert.equal(first.status, 400);
    assert.equal(first.reason, 'Bad Request: Max-Forwards is not a number');
    assert.equal(first.via.received, PHONE.address);
    assert.equal(first.callId, '1@a');
    assert.ok(first.to.tag);
    assert.equal(again.to.tag, first.to.tag);
    assert.notEqual(other.to.tag, first.to.tag);
    assert.equal(world.requests.length, 0);
    assert.equal(world.layer.counters.malformed, 3);
  });

  test('MUST be answered at its source when the Via is what is wrong', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    phone.send(requestText({ via: 'SIP/2.0/UDP 192.0.2.15;;,;,,' }));
    await world.settle();
    const answer = only(phone.received).toString();
    assert.match(
      answer,
      /^SIP\/2\.0 400 Bad Request: name of a parameter missing\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.15;;,;,,\r\n/,
    );
  });

  test('MUST be answered 505 when it is of another version', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    phone.send(requestText().replace('SIP/2.0\r\n', 'SIP/7.0\r\n'));
    await world.settle();
    const answer = only(phone.take());
    assert.ok(answer instanceof SipResponse);
    assert.equal(answer.status, 505);
    assert.equal(answer.reason, 'Version Not Supported');
  });

  test('MUST NOT be answered when it is an ACK, a response, or no SIP', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    phone.send(requestText({ method: 'ACK', headers: ['no colon'] }));
    phone.send(requestText({ method: 'ACK' }).replace('CSeq: 1 ACK', 'CSeq: 1 INVITE'));
    phone.send('SIP/2.0 200 OK\r\n\r\n');
    phone.send('GET / HTTP/1.1\r\n\r\n');
    phone.send(Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]));
    phone.send('');
    await world.settle();
    assert.equal(phone.received.length, 0);
    assert.equal(world.layer.counters.malformed, 5);
  });

  test('MUST be logged now and then, not each time', async () => {
    const world = await TransportWorld.start();
    const phone = await world.udpPeer();
    for (let count = 0; count < 50; count++) phone.send('garbage');
    await world.settle();
    assert.equal(only(world.warnings).fields['unsaid'], undefined);
    await world.settle(10_000);
    phone.send('garbage');
    await world.settle();
    assert.equal(world.warnings.length, 2);
    assert.equal(world.warnings[1]?.fields['unsaid'], 49);
  });
});

test('keep-alives of a NAT MUST be counted and not answered on UDP', async () => {
  const world = await TransportWorld.start();
  const phone = await world.udpPeer();
  for (const data of ['\r\n\r\n', '\r\n', '\0', '\0\0\0\0']) phone.send(data);
  await world.settle();
  assert.equal(world.layer.counters.keepAlives, 4);
  assert.equal(world.layer.counters.malformed, 0);
  assert.equal(phone.received.length, 0);
});
