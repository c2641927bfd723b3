import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CallLog, placeCall, RawCaller, SipWorld } from '@groupcall/testkit';
import type { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import type { InviteDialog } from './invite-dialog-types.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

suite('where requests of a dialog go', () => {
  test('to the Contact of the 2xx, when it differs from where the INVITE went', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    const elsewhere = await world.peer('192.0.2.3', 5090);
    elsewhere.onRequest = (request) => request.method === 'BYE' && elsewhere.respond(request, 200);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    phone.respond(phone.last('INVITE'), 200, { tag: 'a', contact: '<sip:desk@192.0.2.3:5090>' });
    await world.run(10);
    log.dialog.bye();
    await world.runOut();
    assert.deepEqual(
      ['ACK', 'BYE'].map((method) => elsewhere.last(method).rawUri),
      ['sip:desk@192.0.2.3:5090', 'sip:desk@192.0.2.3:5090'],
    );
    assert.equal(phone.requests('ACK').length, 0);
  });

  test('to the first Record-Route, the Contact staying in the request line', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    const proxy = await world.peer('192.0.2.9');
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    phone.respond(phone.last('INVITE'), 200, {
      tag: 'a',
      headers: [['Record-Route', '<sip:192.0.2.10;lr>, <sip:192.0.2.9;lr>']],
    });
    await world.run(10);
    const ack = proxy.last('ACK');
    assert.equal(ack.rawUri, `sip:${BOB}:5060`);
    assert.deepEqual(ack.routes.map(String), ['<sip:192.0.2.9;lr>', '<sip:192.0.2.10;lr>']);
    assert.equal(log.dialog.routeSet.length, 2);
    await world.close();
  });

  test('to the address the INVITE was sent to, when the Contact is the URI that was called (a phone behind a NAT)', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB, 40_001);
    const privately = 'sip:phone@10.0.0.7:5060';
    const { log } = placeCall(alice, '10.0.0.7:5060', { target: { protocol: 'udp', address: BOB, port: 40_001 } });
    await world.run(1);
    phone.onRequest = (request) => request.method === 'BYE' && phone.respond(request, 200);
    phone.respond(phone.last('INVITE'), 200, { tag: 'a', contact: `<${privately}>` });
    await world.run(10);
    log.dialog.bye();
    await world.runOut();
    assert.equal(phone.last('ACK').rawUri, privately);
    assert.equal(phone.last('BYE').rawUri, privately);
  });

  test('to where the INVITE came from, when the caller asked for rport (RFC 3581)', async () => {
    const world = new SipWorld();
    const bob = await world.agent(BOB);
    const caller = await RawCaller.open(world, ALICE, BOB);
    const dialogs: (InviteDialog | undefined)[] = [];
    bob.onInvite = (invite) => {
      dialogs.push(invite.answer());
    };
    caller.invite({
      headers: { Via: 'SIP/2.0/UDP 10.0.0.7:5060;rport;branch=z9hG4bKnat', Contact: '<sip:caller@10.0.0.7:5060>' },
    });
    await world.run(10);
    caller.ack();
    await world.run(10);
    dialogs[0]?.bye();
    await world.run(10);
    assert.equal(caller.peer.last('BYE').rawUri, 'sip:caller@10.0.0.7:5060');
    await world.close();
  });

  test('a name is resolved once a target, and the BYE never overtakes the ACK', async () => {
    const world = new SipWorld();
    const asked: string[] = [];
    let found: (targets: Target[]) => void = () => undefined;
    const resolve = (uri: SipUri): Promise<Target[]> => {
      asked.push(uri.host);
      return new Promise((resolved) => (found = resolved));
    };
    const alice = await world.agent(ALICE, { resolver: { resolve } });
    const phone = await world.peer(BOB);
    phone.onRequest = (request) => request.method === 'BYE' && phone.respond(request, 200);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    phone.respond(phone.last('INVITE'), 200, { tag: 'a', contact: '<sip:desk@phone.example>' });
    await world.run(10);
    log.dialog.bye();
    await world.run(1_000);
    assert.equal(phone.arrivals.length, 1, 'nothing but the INVITE yet');
    assert.deepEqual(log.events, ['answer 200']);
    found([{ protocol: 'udp', address: BOB, port: 5060 }]);
    await world.run(10);
    const methods = phone.arrivals.flatMap(({ message }) => ('method' in message ? [message.method] : []));
    assert.deepEqual(methods, ['INVITE', 'ACK', 'BYE']);
    assert.deepEqual(asked, ['phone.example']);
    await world.runOut();
    assert.deepEqual(log.events, ['answer 200', 'bye sent', 'bye done 200', 'ended bye-sent']);
    assert.equal(alice.dialogs, 0);
  });

  test('a Contact whose name leads nowhere: the BYE ends the call all the same', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const phone = await world.peer(BOB);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    phone.respond(phone.last('INVITE'), 200, { tag: 'a', contact: '<sip:desk@nowhere.example>' });
    await world.run(10);
    log.dialog.bye();
    await world.runOut();
    assert.deepEqual(log.events, ['answer 200', 'bye done without response', 'ended bye-sent']);
    assert.equal(alice.dialogs, 0);
  });

  test('RFC 3261 §12.2: a re-INVITE with another Contact moves the dialog there', async () => {
    const world = new SipWorld();
    const bob = await world.agent(BOB);
    const caller = await RawCaller.open(world, ALICE, BOB);
    const moved = await world.peer('192.0.2.3');
    let dialog: InviteDialog | undefined;
    bob.onInvite = (invite) => {
      dialog = invite.answer();
      assert.ok(dialog);
      dialog.onReinvite = (reinvite) => {
        reinvite.respond(reinvite.request.body.length === 0 ? 488 : 200);
      };
    };
    caller.invite();
    await world.run(10);
    caller.ack();
    caller.inDialog('INVITE', 2, { Contact: '<sip:caller@192.0.2.4>' });
    await world.run(10);
    caller.ackFailure();
    assert.equal(dialog?.remoteTarget.host, ALICE, 'one that was refused moves nothing');
    caller.inDialog('INVITE', 3, { Contact: '<sip:caller@192.0.2.3>' }, 'v=0\r\n');
    await world.run(10);
    caller.ack(3);
    await world.run(10);
    dialog.bye();
    await world.run(10);
    assert.equal(moved.last('BYE').rawUri, 'sip:caller@192.0.2.3');
    await world.close();
  });

  test('TCP: the requests of both sides go over the connection of the INVITE', async () => {
    const world = new SipWorld();
    const listen = (address: string) => [{ protocol: 'tcp', address, port: 5060 }] as const;
    const alice = await world.agent(ALICE, { listen: listen(ALICE) });
    const bob = await world.agent(BOB, { listen: listen(BOB) });
    const callee = new CallLog();
    let dialog: InviteDialog | undefined;
    bob.onInvite = (invite) => {
      callee.watchInvite(invite);
      dialog = invite.answer();
      callee.watch(dialog);
    };
    const { log } = placeCall(alice, BOB, { target: { protocol: 'tcp', address: BOB, port: 5060 } });
    await world.run(50);
    assert.deepEqual(log.events, ['answer 200']);
    assert.match(log.dialog.remoteTarget.toString(), /transport=tcp/);
    dialog?.bye();
    await world.run(50);
    assert.deepEqual(callee.events, ['invite', 'ack', 'bye sent', 'bye done 200', 'ended bye-sent']);
    assert.deepEqual(log.events, ['answer 200', 'bye', 'ended bye-received']);
    await world.close();
  });
});
