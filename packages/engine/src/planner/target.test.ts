import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAddress, testUuid } from '@groupcall/testkit';
import type { AddressType } from '../records/address.ts';
import { readRedirect, readTarget } from './target.ts';

const read = (type: AddressType, target: string, targetName = '', domain = 'test') =>
  readTarget(testAddress({ type, target, targetName }), domain);

test('MUST read an endpoint as name@domain within the customer’s own domain', () => {
  assert.deepEqual(read('endpoint', 'test11@test'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(read('endpoint', 'sip:test11@TEST'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(read('endpoint', 'test11@other'), { kind: 'foreign', domain: 'other' });
  for (const target of ['test11', '@test', 'te st@test', '']) assert.equal(read('endpoint', target).kind, 'malformed');
});

test('MUST read an extension by its name, in the target or beside it', () => {
  assert.deepEqual(read('extension', 'test11'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(read('extension', '', 'test11'), { kind: 'phone', names: ['test11'] });
  const id = testUuid(1, 1);
  assert.deepEqual(read('extension', id, 'test11'), { kind: 'phone', names: [id, 'test11'] });
  assert.deepEqual(read('extension', 'test11@test'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(read('extension', 'test11@other'), { kind: 'foreign', domain: 'other' });
  for (const target of ['', 'a b', 'a\r\nb']) assert.equal(read('extension', target).kind, 'malformed');
});

test('MUST ring a SIP URI straight, unless its host is the customer’s own domain', () => {
  assert.deepEqual(read('sip', 'alice@example.com'), { kind: 'uri', uri: 'sip:alice@example.com' });
  assert.deepEqual(read('sip', 'sip:test11@test'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(read('sip', 'sip:test11@Test:5070'), { kind: 'phone', names: ['test11'] });
  assert.equal(read('sip', 'sip:test').kind, 'malformed');
  assert.equal(read('sip', 'alice at home').kind, 'malformed');
});

test('MUST ring what listens beside the server when the domain is an address of the machine', () => {
  const domain = '127.0.0.1';
  assert.deepEqual(read('sip', 'sip:a@127.0.0.1:5081', '', domain), { kind: 'uri', uri: 'sip:a@127.0.0.1:5081' });
  assert.deepEqual(read('sip', 'sip:a@127.0.0.1', '', domain), { kind: 'phone', names: ['a'] });
  assert.deepEqual(read('sip', 'sip:a@127.0.0.1:5060', '', domain), { kind: 'phone', names: ['a'] });
});

test('MUST normalise a telephone number, and read ids of agents and saved groups', () => {
  assert.deepEqual(read('tel', '+1 (555) 0100'), { kind: 'number', number: '+15550100' });
  assert.equal(read('tel', '5550100').kind, 'malformed');
  const id = testUuid(0xa9, 1);
  assert.deepEqual(read('agent', id.toUpperCase()), { kind: 'agent', id });
  assert.deepEqual(read('groupcall', ` ${id} `), { kind: 'group', id });
  assert.equal(read('agent', 'agent 7').kind, 'malformed');
  assert.equal(read('groupcall', '').kind, 'malformed');
});

test('rule 22: MUST read where a redirection points by the same rules', () => {
  assert.deepEqual(readRedirect('tel:+1-555-0100;phone-context=x', 'test'), { kind: 'number', number: '+15550100' });
  assert.deepEqual(readRedirect('sip:test11@test', 'test'), { kind: 'phone', names: ['test11'] });
  assert.deepEqual(readRedirect('sip:a@b;lr', 'test'), { kind: 'uri', uri: 'sip:a@b;lr' });
  assert.equal(readRedirect('mailto:a@b', 'test').kind, 'malformed');
});
