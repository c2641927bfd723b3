import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, SignalingWorld } from './testing/signaling-world.test.ts';
import type { RegisterOptions, TestPhone } from './testing/test-phone.ts';

async function register(world: SignalingWorld, phone: TestPhone, options: RegisterOptions = {}) {
  const reply = phone.register({ password: PASSWORD, ...options });
  await world.run(200);
  return reply;
}

const changes = (world: SignalingWorld) =>
  world.registrations.map(({ change, aor, extension }) => `${change} ${aor} ${extension?.extension ?? '?'}`);

test('MUST challenge a REGISTER, and register who proves the account', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  const response = await register(world, bob);
  assert.equal(response.status, 200);
  assert.match(response.header('Contact') ?? '', /^<sip:bob@10\.0\.0\.11:5060>;expires=600$/);
  assert.equal(world.requests('REGISTER', bob.address).length, 2);
  assert.deepEqual(
    world.registrar.contacts('bob@test').map(({ uri }) => uri.toString()),
    [bob.uri],
  );
  assert.deepEqual(changes(world), ['registered bob@test bob']);
  await world.close();
});

test('MUST tell of a phone that refreshes, leaves, or is not heard of any more', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  await register(world, bob);
  await register(world, bob);
  await register(world, bob, { expiresS: 0 });
  assert.deepEqual(world.registrar.contacts('bob@test'), []);
  await register(world, bob, { expiresS: 60 });
  await world.run(61_000);
  assert.deepEqual(changes(world), [
    'registered bob@test bob',
    'refreshed bob@test bob',
    'unregistered bob@test bob',
    'registered bob@test bob',
    'expired bob@test bob',
  ]);
  await world.close();
});

test('MUST register a phone that names this server by its address under the customer’s domain', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  assert.equal((await register(world, bob, { host: '10.0.0.1' })).status, 200);
  assert.equal(world.registrar.contacts('bob@test').length, 1);
  await world.close();
});

const REFUSED: readonly (readonly [title: string, options: RegisterOptions, status: number])[] = [
  ['a wrong password', { password: 'wrong' }, 401],
  ['somebody else’s AOR', { user: 'carol', username: 'bob' }, 403],
  ['a domain that is not served', { host: 'elsewhere.example' }, 401],
  ['too short a time', { expiresS: 5 }, 423],
];

for (const [title, options, status] of REFUSED) {
  test(`RFC 3261 §10.3: MUST refuse ${title} with ${status}, and register nobody`, async () => {
    const world = await SignalingWorld.open();
    const bob = await world.phone('bob');
    world.account('carol');
    assert.equal((await register(world, bob, options)).status, status);
    assert.deepEqual(world.registrar.counts, { contacts: 0, aors: 0 });
    assert.deepEqual(world.registrations, []);
    await world.close();
  });
}

test('MUST ring a registered phone by its contact, wherever it registered from', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  // The address in the Contact is a private one; the phone is reached at the source of its REGISTER.
  await register(world, bob, { contact: '<sip:bob@192.168.7.7:5099>' });
  const [contact] = world.registrar.contacts('bob@test');
  assert.ok(contact);
  const { leg, callId } = world.place(bob, undefined, {
    route: { kind: 'contact', aor: 'bob@test', contactId: contact.id, uri: contact.uri.toString() },
  });
  await world.run(100);
  assert.equal(bob.call.request.rawUri, 'sip:bob@192.168.7.7:5099');
  assert.equal(bob.call.request.to.uri.toString(), 'sip:bob@test');
  bob.call.answer();
  await world.run(100);
  world.signaling.connect(callId);
  await world.run(100);
  assert.deepEqual(leg.events, ['placed', 'answered']);
  assert.deepEqual(bob.call.events, ['ACK']);
  world.signaling.release(callId, 'hang-up');
  await world.close();
});

test('a contact that unregistered in between MUST end the leg as failed', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob');
  await register(world, bob);
  const [contact] = world.registrar.contacts('bob@test');
  assert.ok(contact);
  await register(world, bob, { expiresS: 0 });
  const { leg } = world.place(bob, undefined, {
    route: { kind: 'contact', aor: 'bob@test', contactId: contact.id, uri: contact.uri.toString() },
  });
  await world.run(100);
  assert.equal(leg.events.at(-1), 'ended failed by local 0');
  assert.match(leg.end?.detail ?? '', /no longer registered/);
  await world.close();
});

test('RFC 5626 §5.3: MUST ring a phone over the very TCP connection it registered by', async () => {
  const world = await SignalingWorld.open();
  const bob = await world.phone('bob', 'tcp');
  await register(world, bob);
  const [contact] = world.registrar.contacts('bob@test');
  assert.ok(contact?.flow.connectionId);
  const { leg, callId } = world.place(bob, undefined, {
    route: { kind: 'contact', aor: 'bob@test', contactId: contact.id, uri: contact.uri.toString() },
  });
  await world.run(100);
  assert.equal(bob.call.invite.flow.remote.port, 5060, 'the phone has the server at the far end of its own connection');
  bob.call.answer();
  await world.run(100);
  world.signaling.connect(callId);
  await world.run(100);
  assert.deepEqual(leg.events, ['placed', 'answered']);
  world.signaling.release(callId, 'hang-up');
  await world.close();
});
