import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { HeaderLine, SipRequest, UserAgent } from '@groupcall/sip';
import { placeCall, type PlacedCall, type RawPeer, SipWorld } from '@groupcall/testkit';

const PHONE = '192.0.2.2';
const T1_64 = 32_000;
const REASONS: readonly HeaderLine[] = [
  ['Reason', 'SIP;cause=200;text="Call completed elsewhere"'],
  ['Reason', 'Q.850;cause=26'],
];

interface Scene extends PlacedCall {
  readonly world: SipWorld;
  readonly agent: UserAgent;
  readonly phone: RawPeer;
  readonly received: SipRequest;
}

/** A call whose INVITE has arrived at a phone that does nothing by itself. */
async function ring(): Promise<Scene> {
  const world = new SipWorld();
  const agent = await world.agent('192.0.2.1');
  const phone = await world.peer(PHONE);
  const placed = placeCall(agent, PHONE);
  await world.run(1);
  return { ...placed, world, agent, phone, received: phone.last('INVITE') };
}

async function expectNothingLeft({ world, agent }: Scene): Promise<void> {
  await world.runOut();
  assert.equal(agent.dialogs, 0, 'a dialog is left');
  assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
}

suite('races of a CANCEL', () => {
  test('after a 180 it is sent at once, once, for the same transaction, with the Reason lines', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel(REASONS);
    invite.cancel();
    await world.run(10);
    const cancel = phone.last('CANCEL');
    assert.equal(cancel.via.branch, received.via.branch);
    assert.equal(cancel.rawUri, received.rawUri);
    assert.equal(cancel.header('To'), received.header('To'));
    assert.equal(cancel.header('From'), received.header('From'));
    assert.equal(cancel.cseq.number, received.cseq.number);
    assert.equal(cancel.vias.length, 1);
    assert.deepEqual(
      cancel.headerValues('Reason'),
      REASONS.map(([, value]) => value),
    );
    phone.respond(cancel, 200);
    phone.respond(received, 487, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end 487']);
    await expectNothingLeft(scene);
    assert.equal(phone.requests('CANCEL').length, 1);
  });

  test('CANCEL wanted before any 1xx, then a late 180: it is held until then', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    invite.cancel(REASONS);
    await world.run(20_000);
    assert.equal(phone.requests('CANCEL').length, 0);
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    phone.respond(received, 180, { tag: 'two' });
    await world.run(10);
    assert.equal(phone.requests('CANCEL').length, 1);
    phone.respond(phone.last('CANCEL'), 200);
    phone.respond(received, 487, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['cancel sent', '180', '180', 'end 487']);
    await expectNothingLeft(scene);
  });

  test('a 100 lets it go too', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    invite.cancel();
    phone.respond(received, 100);
    await world.run(10);
    assert.equal(phone.requests('CANCEL').length, 1);
    phone.respond(received, 487, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['cancel sent', 'end 487']);
    await expectNothingLeft(scene);
  });

  test('no 1xx ever: no CANCEL is sent, and Timer B ends it', async () => {
    const scene = await ring();
    const { world, phone, invite, log } = scene;
    invite.cancel();
    await world.run(T1_64 - 10);
    assert.deepEqual(log.events, []);
    await world.run(10);
    assert.deepEqual(log.events, ['end timeout']);
    assert.equal(phone.requests('CANCEL').length, 0);
    await expectNothingLeft(scene);
  });

  test('no 1xx within Timer B, then a 180: the phone is told to stop ringing all the same', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    await world.run(T1_64);
    assert.deepEqual(log.events, ['end timeout']);
    phone.respond(received, 180, { tag: 'one' });
    await world.run(100);
    phone.respond(received, 180, { tag: 'one' });
    await world.run(100);
    const cancels = new Set(phone.requests('CANCEL').map((cancel) => cancel.via.branch));
    assert.deepEqual([...cancels], [received.via.branch]);
    phone.respond(phone.last('CANCEL'), 200);
    await expectNothingLeft(scene);
  });

  test('no 487 after CANCEL: it ends after 64*T1, and a 200 that comes even later gets ACK and BYE with the Reason lines', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel(REASONS);
    await world.run(10);
    phone.respond(phone.last('CANCEL'), 200);
    await world.run(T1_64 - 20);
    assert.deepEqual(log.events, ['180', 'cancel sent']);
    await world.run(20);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end timeout cancelled']);
    await world.run(10_000);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 2);
    const bye = phone.last('BYE');
    assert.deepEqual(
      bye.headerValues('Reason'),
      REASONS.map(([, value]) => value),
    );
    phone.respond(bye, 200);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end timeout cancelled']);
    await expectNothingLeft(scene);
  });

  test('neither 487 nor anything else after CANCEL: nothing of the call is left', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel();
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end timeout cancelled']);
  });

  test('a 487 that comes late is acknowledged as long as any: the end of the wait for it does not cut that short', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel();
    await world.run(20_000);
    phone.respond(received, 487, { tag: 'one' });
    await world.run(20_000);
    phone.respond(received, 487, { tag: 'one' });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 2);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end 487']);
    await expectNothingLeft(scene);
  });

  test('200 crosses CANCEL: the answer is told, and the user ends it', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    phone.respond(received, 200, { tag: 'one' });
    invite.cancel(REASONS);
    await world.run(1);
    phone.respond(phone.last('CANCEL'), 481);
    await world.run(10);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'answer 200']);
    log.dialog.bye(REASONS);
    await world.run(10);
    phone.respond(phone.last('BYE'), 200);
    await world.run(10);
    assert.deepEqual(log.events.slice(3), ['bye sent', 'bye done 200', 'ended bye-sent']);
    await expectNothingLeft(scene);
  });

  test('200 after our CANCEL got its 200: the answer is told', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel();
    await world.run(10);
    phone.respond(phone.last('CANCEL'), 200);
    await world.run(10);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'answer 200']);
    assert.equal(phone.requests('ACK').length, 1);
    log.dialog.bye();
    await world.run(10);
    phone.respond(phone.last('BYE'), 200);
    await expectNothingLeft(scene);
  });

  test('a refusal crosses CANCEL: it is the end', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel();
    phone.respond(received, 486, { tag: 'one' });
    await world.run(10);
    phone.respond(phone.last('CANCEL'), 481);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'end 486']);
    await expectNothingLeft(scene);
  });

  test('after a final response cancel() does nothing', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.respond(received, 486, { tag: 'one' });
    await world.run(10);
    invite.cancel();
    await expectNothingLeft(scene);
    assert.equal(phone.requests('CANCEL').length, 0);
    assert.deepEqual(log.events, ['end 486']);
  });

  test('a fork that answers after the CANCEL, when the first answer was told: ACK and BYE with the headers of the CANCEL', async () => {
    const scene = await ring();
    const { world, phone, received, invite, log } = scene;
    phone.onRequest = (request) => {
      if (request.method === 'BYE') phone.respond(request, 200);
    };
    phone.respond(received, 180, { tag: 'one' });
    await world.run(10);
    invite.cancel(REASONS);
    phone.respond(received, 200, { tag: 'one' });
    phone.respond(received, 200, { tag: 'two' });
    await world.run(10);
    assert.deepEqual(log.events, ['180', 'cancel sent', 'answer 200']);
    const bye = phone.last('BYE');
    assert.equal(bye.to.tag, 'two');
    assert.equal(bye.headerValues('Reason').length, 2);
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('cancelled before the INVITE left: none is sent', async () => {
    const world = new SipWorld();
    let found: (targets: []) => void = () => undefined;
    const agent = await world.agent('192.0.2.1', {
      resolver: { resolve: () => new Promise((resolve) => (found = resolve)) },
    });
    const { invite, log } = placeCall(agent, 'phone.example', { target: undefined });
    await world.run(1);
    invite.cancel();
    assert.deepEqual(log.events, [], 'not told within cancel()');
    await world.run(1);
    found([]);
    await world.runOut();
    assert.deepEqual(log.events, ['end 487']);
    assert.equal(world.network.sent.length, 0);
    assert.equal(agent.dialogs, 0);
  });
});
