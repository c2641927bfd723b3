import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SipUri } from '../message/sip-uri.ts';
import { AddressResolver, type AddressResolverOptions, protocolOf } from './resolver.ts';
import { TransportError } from './transport-error.ts';

const resolve = async (uri: string, options: Partial<AddressResolverOptions> = {}): Promise<string[]> => {
  const resolver = new AddressResolver({
    lookup: () => Promise.reject(new Error('no name was to be looked up')),
    protocols: ['udp', 'tcp', 'tls'],
    ipv6: true,
    ...options,
  });
  const targets = await resolver.resolve(SipUri.parse(uri));
  return targets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
};

describe('finding where a URI is reached (RFC 3263 §4)', () => {
  for (const [uri, expected] of [
    ['sip:a@192.0.2.1', 'udp 192.0.2.1 5060'],
    ['sip:a@192.0.2.1:5070', 'udp 192.0.2.1 5070'],
    ['sip:a@192.0.2.1;transport=TCP', 'tcp 192.0.2.1 5060'],
    ['sips:a@192.0.2.1', 'tls 192.0.2.1 5061'],
    ['sips:a@192.0.2.1;transport=tcp', 'tls 192.0.2.1 5061'],
    ['sip:a@[2001:db8::1]:5099', 'udp 2001:db8::1 5099'],
    ['sip:a@example.com;maddr=192.0.2.9', 'udp 192.0.2.9 5060'],
    ['sip:a@example.com;maddr=[2001:db8::9]', 'udp 2001:db8::9 5060'],
  ] as const) {
    test(`${uri} MUST be at ${expected}`, async () => {
      assert.deepEqual(await resolve(uri), [expected]);
    });
  }

  test('localhost MUST be this machine, without a look-up', async () => {
    assert.deepEqual(await resolve('sip:LocalHost:5062', { ipv6: false }), ['udp 127.0.0.1 5062']);
    assert.deepEqual(await resolve('sip:localhost'), ['udp 127.0.0.1 5060', 'udp ::1 5060']);
  });

  test('a name MUST give its addresses in their order, of the families that can be reached', async () => {
    const lookup = (host: string) =>
      Promise.resolve(host === 'sip.example.com' ? ['2001:db8::1', '192.0.2.1', '192.0.2.2'] : []);
    const uri = 'sip:a@sip.example.com;transport=tcp';
    assert.deepEqual(await resolve(uri, { lookup }), [
      'tcp 2001:db8::1 5060',
      'tcp 192.0.2.1 5060',
      'tcp 192.0.2.2 5060',
    ]);
    assert.deepEqual(await resolve(uri, { lookup, ipv6: false }), ['tcp 192.0.2.1 5060', 'tcp 192.0.2.2 5060']);
    assert.deepEqual(await resolve(uri, { lookup, ipv4: false }), ['tcp 2001:db8::1 5060']);
  });

  for (const [what, uri, options] of [
    ['a look-up that fails', 'sip:a@nowhere.example', {}],
    ['a name without an address', 'sip:a@nowhere.example', { lookup: () => Promise.resolve([]) }],
    ['a family that is not reached', 'sip:a@[2001:db8::1]', { ipv6: false }],
    ['a transport that is not spoken', 'sip:a@192.0.2.1;transport=ws', {}],
    ['a transport that is not known', 'sip:a@192.0.2.1;transport=sctp', {}],
    ['a name of Object.prototype', 'sip:a@192.0.2.1;transport=constructor', {}],
    ['another scheme', 'tel:+4930', {}],
  ] as const) {
    test(`MUST reject ${what} with TransportError`, async () => {
      await assert.rejects(resolve(uri, options), TransportError);
    });
  }
});

test('the protocol of a URI MUST be the one it names, secured for sips (§4.1)', () => {
  const of = (uri: string) => protocolOf(SipUri.parse(uri));
  assert.equal(of('sip:a@b'), 'udp');
  assert.equal(of('sip:a@b;transport=WSS'), 'wss');
  assert.equal(of('sips:a@b'), 'tls');
  assert.equal(of('sips:a@b;transport=ws'), 'wss');
  assert.equal(of('sip:a@b;transport=x'), undefined);
  assert.equal(of('tel:+4930'), undefined);
});
