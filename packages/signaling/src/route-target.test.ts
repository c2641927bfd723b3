import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LegRoute } from '@groupcall/engine';
import { NameAddr, type RegisteredContact, SipUri } from '@groupcall/sip';
import { FAKE_EPOCH_MS, testCustomerId, testTrunk } from '@groupcall/testkit';
import { type Locations, RouteError, routeTarget } from './route-target.ts';

const FLOW = {
  protocol: 'tcp',
  local: { address: '10.0.0.1', port: 5060 },
  remote: { address: '198.51.100.1', port: 40_000 },
  connectionId: 'c1',
} as const;

const CONTACT: RegisteredContact = {
  id: 'id-1',
  uri: SipUri.parse('sip:bob@192.168.0.9:5070;transport=tcp;method=INVITE?Subject=x'),
  params: NameAddr.parse('<sip:x@y>').params,
  flow: FLOW,
  target: { protocol: 'tcp', ...FLOW.remote, connectionId: 'c1' },
  q: 1,
  path: [],
  instanceId: undefined,
  callId: 'c',
  cseq: 1,
  expiresAt: FAKE_EPOCH_MS,
  userAgent: '',
};

const TRUNK = testTrunk({ host: 'trunk.example', port: 5080, transport: 'tcp', username: 'u', password: 'p' });

async function routed(route: LegRoute, contact: RegisteredContact = CONTACT) {
  const locations: Locations = {
    contact: (aor, id) => (aor === 'bob@test' && id === contact.id ? contact : undefined),
  };
  const target = await routeTarget(route, testCustomerId(), locations, {
    trunk: (customerId, id) => Promise.resolve(customerId === TRUNK.customerId && id === TRUNK.id ? TRUNK : undefined),
    bySource: () => Promise.resolve(undefined),
  });
  return {
    ...target,
    uri: target.uri.toString(),
    to: target.to.toString(),
    routes: target.routes.map((route_) => route_.toString()),
  };
}

const TO_BOB: LegRoute = { kind: 'contact', aor: 'bob@test', contactId: 'id-1', uri: '' };

test('RFC 5626 §5.3: MUST reach a registered phone over the flow it registered by, with its Contact as Request-URI', async () => {
  assert.deepEqual(await routed(TO_BOB), {
    uri: 'sip:bob@192.168.0.9:5070;transport=tcp',
    to: '<sip:bob@test>',
    target: { protocol: 'tcp', address: '198.51.100.1', port: 40_000, connectionId: 'c1' },
    routes: [],
  });
});

test('RFC 3327 §5.3: MUST take the Path of a registration as Route', async () => {
  const path = NameAddr.parseList('<sip:edge1.example;lr>, <sip:edge2.example;lr>');
  const target = await routed(TO_BOB, { ...CONTACT, target: undefined, path });
  assert.deepEqual(target.routes, ['<sip:edge1.example;lr>', '<sip:edge2.example;lr>']);
  assert.equal(target.target, undefined);
});

test('rule 3: MUST fail when the contact is gone', async () => {
  await assert.rejects(routed({ ...TO_BOB, contactId: 'other' }), RouteError);
});

const URIS: readonly (readonly [written: string, uri: string, to: string])[] = [
  ['sip:bob@192.0.2.9', 'sip:bob@192.0.2.9', '<sip:bob@192.0.2.9>'],
  ['bob@192.0.2.9:5070;transport=tcp', 'sip:bob@192.0.2.9:5070;transport=tcp', '<sip:bob@192.0.2.9>'],
  ['SIP:192.0.2.9', 'SIP:192.0.2.9', '<sip:192.0.2.9>'],
  ['sip:bob@[2001:db8::1]:5070', 'sip:bob@[2001:db8::1]:5070', '<sip:bob@[2001:db8::1]>'],
  ['sip:bob@host.example?Route=%3Csip:evil%3E', 'sip:bob@host.example', '<sip:bob@host.example>'],
  ['sip:b%20b@host.example;method=REGISTER;x=y', 'sip:b%20b@host.example;x=y', '<sip:b%20b@host.example>'],
];

for (const [written, uri, to] of URIS) {
  test(`MUST send straight to ${written}, without what has no place in a Request-URI`, async () => {
    assert.deepEqual(await routed({ kind: 'uri', uri: written }), { uri, to, target: undefined, routes: [] });
  });
}

for (const uri of ['', 'sip:', 'bob@', 'sip:bob@ho st', 'http://example.com']) {
  test(`rule 3: MUST fail for ${JSON.stringify(uri)}`, async () => {
    await assert.rejects(routed({ kind: 'uri', uri }), RouteError);
  });
}

test('MUST send a number through a trunk, with its transport and credentials', async () => {
  assert.deepEqual(await routed({ kind: 'trunk', trunkId: TRUNK.id, number: '+15550100' }), {
    uri: 'sip:+15550100@trunk.example:5080;user=phone;transport=tcp',
    to: '<sip:+15550100@trunk.example;user=phone>',
    target: undefined,
    routes: [],
    trunkHost: 'trunk.example',
    credentials: { username: 'u', password: 'p' },
  });
});

test('rule 3: MUST fail when the trunk is gone', async () => {
  await assert.rejects(routed({ kind: 'trunk', trunkId: 'other', number: '+15550100' }), RouteError);
});
