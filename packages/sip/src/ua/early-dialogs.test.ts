import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { SipRequest } from '../message/sip-message.ts';
import { placeCall, type RawPeer, SipWorld } from '@groupcall/testkit';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

/** A request of the phone in the dialog of its `tag`. */
function send(phone: RawPeer, invite: SipRequest, tag: string, method: string, sequence: number): void {
  const lines = [
    `${method} sip:caller@${ALICE}:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP ${BOB}:5060;branch=z9hG4bK${tag}${method}${sequence}`,
    'Max-Forwards: 70',
    `From: ${invite.header('To') ?? ''};tag=${tag}`,
    `To: ${invite.header('From') ?? ''}`,
    `Call-ID: ${invite.callId}`,
    `CSeq: ${sequence} ${method}`,
    `Contact: ${phone.contact}`,
    'Content-Length: 0',
  ];
  phone.sendTo(`${lines.join('\r\n')}\r\n\r\n`, { address: ALICE, port: 5060 });
}

const statuses = (phone: RawPeer, method: string): number[] => phone.responses(method).map(({ status }) => status);

suite('RFC 3261 §12, §13.2.2.1: early dialogs of a caller, one for each To-tag', () => {
  test('requests in each are known by it, in the order of its own CSeq; of another tag they are not', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    placeCall(alice, BOB);
    await world.run(1);
    const invite = phone.last('INVITE');
    phone.respond(invite, 180, { tag: 'one' });
    phone.respond(invite, 183, { tag: 'two' });
    await world.run(10);
    send(phone, invite, 'one', 'OPTIONS', 10);
    send(phone, invite, 'two', 'OPTIONS', 3);
    send(phone, invite, 'three', 'OPTIONS', 1);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'OPTIONS').sort(), [200, 200, 481]);
    phone.respond(invite, 180, { tag: 'one' });
    await world.run(10);
    send(phone, invite, 'one', 'UPDATE', 9);
    send(phone, invite, 'two', 'UPDATE', 4);
    send(phone, invite, 'two', 'INVITE', 5);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'UPDATE').sort(), [405, 500]);
    assert.deepEqual(statuses(phone, 'INVITE'), [491]);
    await world.close();
  });

  test('§13.2.2.4: the confirmed dialog goes on with the CSeq of its early one', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    placeCall(alice, BOB);
    await world.run(1);
    const invite = phone.last('INVITE');
    phone.respond(invite, 180, { tag: 'one' });
    await world.run(10);
    send(phone, invite, 'one', 'OPTIONS', 10);
    await world.run(10);
    phone.respond(invite, 200, { tag: 'one' });
    await world.run(10);
    send(phone, invite, 'one', 'OPTIONS', 9);
    send(phone, invite, 'one', 'OPTIONS', 11);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'OPTIONS').sort(), [200, 200, 500]);
    await world.close();
  });

  test('a BYE in an early dialog gets 200 and ends that one only; the INVITE goes on', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    const invite = phone.last('INVITE');
    phone.respond(invite, 180, { tag: 'one' });
    phone.respond(invite, 180, { tag: 'two' });
    await world.run(10);
    send(phone, invite, 'one', 'BYE', 1);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'BYE'), [200]);
    send(phone, invite, 'one', 'OPTIONS', 2);
    send(phone, invite, 'two', 'OPTIONS', 1);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'OPTIONS').sort(), [200, 481]);
    phone.respond(invite, 486, { tag: 'two' });
    await world.run(10);
    assert.deepEqual(log.events, ['180', '180', 'end 486']);
    phone.respond(invite, 180, { tag: 'two' });
    await world.runOut();
    assert.equal(alice.dialogs, 0);
  });

  test('of more forks than are kept apart the further ones are told, but not known by their tag', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    const invite = phone.last('INVITE');
    for (let fork = 0; fork < 600; fork++) phone.respond(invite, 180, { tag: `f${fork}` });
    await world.run(10);
    send(phone, invite, 'f0', 'OPTIONS', 1);
    send(phone, invite, 'f599', 'OPTIONS', 1);
    await world.run(10);
    assert.equal(log.events.length, 600);
    assert.deepEqual(statuses(phone, 'OPTIONS').sort(), [200, 481]);
    phone.respond(invite, 200, { tag: 'f599' });
    await world.run(10);
    assert.equal(log.dialog.id.remoteTag, 'f599');
    send(phone, invite, 'f599', 'OPTIONS', 2);
    await world.run(10);
    assert.deepEqual(statuses(phone, 'OPTIONS').sort(), [200, 200, 481]);
    await world.close();
  });
});
