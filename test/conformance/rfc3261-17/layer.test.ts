import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { SipResponse } from '@groupcall/sip';
import { readRequest, TransactionWorld } from './transaction-world.ts';

function tick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('MUST acknowledge a failure with the one Via and the Route of the INVITE, and with the same bytes again (§17.1.1.3)', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  const client = world.request('INVITE', { routes: ['<sip:a.example.com;lr>', '<sip:b.example.com;lr>'] });
  world.answer(client, 486);
  world.answer(client, 486);
  world.clock.advance(0);
  const acks = world.textsOf('ACK');
  assert.equal(acks.length, 2);
  assert.equal(acks[0], acks[1]);
  const ack = readRequest(acks[0]!);
  const invite = readRequest(world.textsOf('INVITE')[0]!);
  assert.deepEqual(ack.headerValues('Via'), invite.headerValues('Via'));
  assert.deepEqual(ack.headerValues('Route'), ['<sip:a.example.com;lr>', '<sip:b.example.com;lr>']);
  assert.equal(ack.uri.toString(), invite.uri.toString());
  assert.equal(ack.header('From'), invite.header('From'));
  assert.equal(ack.to.tag, 'callee');
  assert.equal(ack.callId, invite.callId);
  assert.deepEqual([ack.cseq.number, ack.cseq.method], [7, 'ACK']);
  assert.deepEqual(world.told, ['486']);
});

test('MUST pass up an ACK of another branch, and count an ACK to a failure among the transaction (§17.2.3)', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('ACK', { branch: 'z9hG4bKother', toTag: 'callee' });
  assert.equal(world.acks.length, 1);
  assert.equal(world.servers.length, 0);
});

test('MUST match a CANCEL to its INVITE, and find none for another branch (§9.2)', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('INVITE');
  world.sendRequest('CANCEL');
  world.sendRequest('CANCEL', { branch: 'z9hG4bKother' });
  const [invite, cancel, other] = world.servers;
  assert.equal(world.layer.findInviteFor(cancel!.request), invite);
  assert.equal(other === undefined ? undefined : world.layer.findInviteFor(other.request), undefined);
});

test('MUST answer 482 to a request that came by two ways (§8.2.2.2), but not within a dialog', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('OPTIONS');
  world.sendRequest('OPTIONS', { branch: 'z9hG4bKother' });
  world.clock.advance(0);
  assert.equal(world.timesOf('SIP/2.0 482').length, 1);
  assert.equal(world.servers.length, 1);
  assert.equal(world.layer.counters.merged, 1);
  world.sendRequest('INFO', { branch: 'z9hG4bK3', toTag: 'callee' });
  world.sendRequest('INFO', { branch: 'z9hG4bK4', toTag: 'callee' });
  assert.equal(world.servers.length, 3);
});

test('MUST answer 503 with Retry-After, without a transaction, when the table is full', async () => {
  const limits = { maxServerTransactions: 1, retryAfterS: 9 };
  const world = await TransactionWorld.start('udp', 'server', { limits });
  world.sendRequest('OPTIONS');
  world.sendRequest('OPTIONS', { branch: 'z9hG4bK2', cseq: 2 });
  world.clock.advance(0);
  assert.match(world.textsOf('SIP/2.0 503')[0] ?? '', /^Retry-After: 9\r$/m);
  assert.partialDeepStrictEqual(world.layer.sizes, { clients: 0, servers: 1 });
  assert.equal(world.layer.counters.refusedWhenFull, 1);
});

test('MUST refuse a request of ours when the table is full, after the call that makes it, once', async () => {
  const world = await TransactionWorld.start('udp', 'client', { limits: { maxClientTransactions: 0 } });
  world.request('OPTIONS');
  assert.deepEqual(world.told, []);
  await tick();
  assert.deepEqual(world.told, ['transport-error', 'terminated']);
  assert.equal(world.clock.pending, world.idle);
});

test('MUST tell a transport error once and never within the call (§17.1.4)', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  await world.transport.close();
  world.request('INVITE');
  assert.deepEqual(world.told, []);
  await tick();
  world.clock.advance(60_000);
  await tick();
  assert.deepEqual(world.told, ['transport-error', 'terminated']);
  assert.partialDeepStrictEqual(world.layer.sizes, { clients: 0, servers: 0 });
});

test('MUST count and log what a user throws, and go on', async () => {
  let logged = 0;
  const logger = { ...silentLogger, error: () => logged++ };
  const world = await TransactionWorld.start('udp', 'server', { logger });
  world.layer.onRequest = () => {
    throw new Error('a user fails');
  };
  world.sendRequest('OPTIONS');
  assert.equal(world.layer.counters.userErrors, 1);
  assert.equal(logged, 1);
});

test('MUST pass up a response that belongs to no transaction, and one after terminate()', async () => {
  const world = await TransactionWorld.start('udp', 'client');
  const client = world.request('OPTIONS');
  client.terminate();
  world.answer(client, 200);
  assert.equal(world.strays.length, 1);
  assert.deepEqual(world.told, []);
  assert.equal(world.clock.pending, world.idle);
});

test('MUST leave no timer when it is closed, whatever was on its way', async () => {
  const world = await TransactionWorld.start('udp', 'server');
  world.sendRequest('INVITE');
  world.sendRequest('INVITE', { branch: 'z9hG4bK2', cseq: 2 });
  world.servers[1]!.respond(SipResponse.replyTo(world.servers[1]!.request, 486, undefined, { toTag: 'callee' }));
  world.sendRequest('OPTIONS', { branch: 'z9hG4bK3', cseq: 3 });
  world.request('INVITE');
  world.request('OPTIONS');
  world.clock.advance(0);
  await world.close();
  assert.partialDeepStrictEqual(world.layer.sizes, { clients: 0, servers: 0 });
  assert.equal(world.clock.pending, 0);
});
