import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { IncomingReinvite, InviteDialog, ServerInvite, UserAgent } from '@groupcall/sip';
import { CallLog, RawCaller, SipWorld } from '@groupcall/testkit';

const T1_64 = 32_000;

interface Scene {
  readonly world: SipWorld;
  readonly agent: UserAgent;
  readonly caller: RawCaller;
  readonly log: CallLog;
  readonly invite: ServerInvite;
}

/** A user agent that has received an INVITE and done nothing yet. */
async function called(body = 'v=0\r\n'): Promise<Scene> {
  const world = new SipWorld();
  const agent = await world.agent('192.0.2.2');
  const caller = await RawCaller.open(world, '192.0.2.1', '192.0.2.2');
  const log = new CallLog();
  const invites: ServerInvite[] = [];
  agent.onInvite = (invite) => {
    invites.push(invite);
    log.watchInvite(invite);
  };
  caller.invite({ body });
  await world.run(1);
  const [invite] = invites;
  assert.ok(invite);
  return { world, agent, caller, log, invite };
}

function answer({ invite, log }: Scene, body = 'v=0\r\n'): InviteDialog {
  const dialog = invite.answer({ body });
  assert.ok(dialog);
  log.watch(dialog);
  return dialog;
}

async function expectNothingLeft({ world, agent }: Scene): Promise<void> {
  await world.runOut();
  assert.equal(agent.dialogs, 0, 'a dialog is left');
  assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
}

suite('races of the side that is called', () => {
  test('RFC 3261 §13.3.1.4: the 200 is sent again after T1, doubling to T2, until its ACK', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    const start = world.clock.now();
    answer(scene);
    await world.run(11_700);
    const at = caller.peer.arrivals
      .filter(({ message }) => 'status' in message && message.status === 200)
      .map(({ at: moment }) => moment - start - 1);
    assert.deepEqual(at, [0, 500, 1500, 3500, 7500, 11500]);
    caller.ack();
    await world.run(10_000);
    assert.equal(caller.statuses('INVITE').length, 6);
    assert.deepEqual(log.events, ['invite', 'ack']);
    caller.bye();
    await world.run(10);
    assert.deepEqual(log.events, ['invite', 'ack', 'bye', 'ended bye-received']);
    assert.deepEqual(caller.statuses('BYE'), [200]);
    await expectNothingLeft(scene);
  });

  test('lost ACK for good: after 64*T1 the call is ended by a BYE', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene);
    await world.run(T1_64 - 1);
    assert.equal(caller.peer.requests('BYE').length, 0);
    await world.run(2);
    assert.equal(caller.peer.requests('BYE').length, 1);
    caller.peer.respond(caller.peer.last('BYE'), 200);
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'bye sent', 'no ack', 'ended no-ack', 'bye done 200']);
  });

  test('RFC 3261 §15: a BYE of the callee is held until the ACK', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene).bye([['Reason', 'Q.850;cause=16']]);
    await world.run(3_000);
    assert.equal(caller.peer.requests('BYE').length, 0);
    caller.ack();
    await world.run(10);
    const bye = caller.peer.last('BYE');
    assert.equal(bye.header('Reason'), 'Q.850;cause=16');
    caller.peer.respond(bye, 200);
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'ack', 'bye sent', 'bye done 200', 'ended bye-sent']);
  });

  test('RFC 3261 §15: a held BYE goes out when the time for the ACK is over', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene).bye();
    await world.run(T1_64 + 1);
    caller.peer.respond(caller.peer.last('BYE'), 200);
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'bye sent', 'no ack', 'ended no-ack', 'bye done 200']);
  });

  test('CANCEL before a final response: 200 to it, 487 to the INVITE, with one To-tag', async () => {
    const scene = await called();
    const { world, caller, invite, log } = scene;
    invite.ring();
    await world.run(10);
    caller.cancel();
    await world.run(10);
    assert.deepEqual(caller.statuses('CANCEL'), [200]);
    assert.deepEqual(caller.statuses('INVITE'), [180, 487]);
    const tags = caller.peer.arrivals.flatMap(({ message }) => ('status' in message ? [message.to.tag] : []));
    assert.equal(new Set(tags).size, 1);
    assert.deepEqual(log.events, ['invite', 'cancelled by CANCEL']);
    assert.equal(invite.ended, true);
    assert.equal(invite.answer(), undefined);
    caller.ackFailure();
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.1.2: CANCEL crosses the 200: 200 to it, and the call stands', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    const dialog = answer(scene);
    caller.cancel();
    await world.run(10);
    assert.deepEqual(caller.statuses('CANCEL'), [200]);
    assert.deepEqual(log.events, ['invite']);
    assert.equal(dialog.state, 'confirmed');
    caller.ack();
    caller.bye();
    await world.run(10);
    assert.deepEqual(log.events, ['invite', 'ack', 'bye', 'ended bye-received']);
    await expectNothingLeft(scene);
  });

  test('a retransmitted CANCEL gets the same 200', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    caller.cancel();
    caller.cancel();
    await world.run(10);
    assert.deepEqual(caller.statuses('CANCEL'), [200, 200]);
    assert.deepEqual(log.events, ['invite', 'cancelled by CANCEL']);
    caller.ackFailure();
    await expectNothingLeft(scene);
  });

  test('RFC 3261 §9.2: a CANCEL that fits nothing gets 481', async () => {
    const scene = await called();
    const { world, caller } = scene;
    scene.invite.reject(486);
    await world.run(10);
    caller.ackFailure();
    await world.runOut();
    caller.cancel();
    await world.run(10);
    assert.deepEqual(caller.statuses('CANCEL'), [481]);
    await expectNothingLeft(scene);
  });

  test('RFC 3261 §15.1.2: a BYE in the early dialog gets 200, the INVITE 487', async () => {
    const scene = await called();
    const { world, caller, invite, log } = scene;
    invite.ring();
    await world.run(10);
    caller.bye();
    await world.run(10);
    assert.deepEqual(caller.statuses('BYE'), [200]);
    assert.deepEqual(caller.statuses('INVITE'), [180, 487]);
    assert.deepEqual(log.events, ['invite', 'cancelled by BYE']);
    caller.ackFailure();
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.1.3: a BYE sent in the early state meets the 200: both are answered, the 200 goes on until its ACK', async () => {
    const scene = await called();
    const { world, caller, invite, log } = scene;
    invite.ring();
    await world.run(10);
    answer(scene);
    caller.bye();
    await world.run(600);
    assert.deepEqual(caller.statuses('BYE'), [200]);
    assert.deepEqual(caller.statuses('INVITE'), [180, 200, 200]);
    caller.ack();
    await world.run(5_000);
    assert.deepEqual(caller.statuses('INVITE'), [180, 200, 200]);
    assert.deepEqual(log.events, ['invite', 'bye', 'ended bye-received', 'ack']);
    await expectNothingLeft(scene);
    assert.equal(caller.peer.requests('BYE').length, 0);
  });

  test('RFC 5407 §3.1.6: a BYE comes while the ACK is lost: 200, and no BYE of our own follows', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene);
    await world.run(10);
    caller.bye();
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'bye', 'ended bye-received']);
    assert.deepEqual(caller.statuses('BYE'), [200]);
    assert.equal(caller.peer.requests('BYE').length, 0);
  });

  test('RFC 5407 §3.1.1: a retransmitted INVITE after the 200 brings no second call', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene);
    caller.resendInvite();
    await world.run(10);
    assert.deepEqual(log.events, ['invite']);
    caller.ack();
    caller.bye();
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.1.4: a re-INVITE that overtakes the ACK is served, when the offer was answered', async () => {
    const scene = await called();
    const { world, caller } = scene;
    const dialog = answer(scene);
    dialog.onReinvite = (reinvite) => {
      reinvite.respond(200, { body: 'v=0\r\n' });
    };
    await world.run(10);
    caller.reinvite();
    await world.run(10);
    caller.ack();
    caller.ack(2);
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [200, 200]);
    caller.bye();
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.1.5: a re-INVITE that overtakes an ACK with the answer gets 491', async () => {
    const scene = await called('');
    const { world, caller } = scene;
    const dialog = answer(scene);
    dialog.onReinvite = (reinvite) => {
      reinvite.respond(200, { body: 'v=0\r\n' });
    };
    await world.run(10);
    caller.reinvite();
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [200, 491]);
    caller.ackFailure();
    caller.ack();
    await world.run(10);
    caller.bye();
    await expectNothingLeft(scene);
  });

  test('RFC 3261 §14.2: a second re-INVITE before the final response to the first gets 500 with Retry-After; a CANCEL ends the first', async () => {
    const scene = await called();
    const { world, caller } = scene;
    const dialog = answer(scene);
    const asked: IncomingReinvite[] = [];
    dialog.onReinvite = (reinvite) => {
      asked.push(reinvite);
    };
    await world.run(10);
    caller.ack();
    const first = caller.reinvite();
    await world.run(10);
    caller.reinvite();
    await world.run(10);
    const refusal = caller.peer.responses('INVITE').at(-1);
    assert.equal(refusal?.status, 500);
    assert.match(refusal.header('Retry-After') ?? '', /^([0-9]|10)$/);
    assert.equal(asked.length, 1);
    caller.ackFailure();
    caller.cancel(first);
    await world.run(10);
    assert.deepEqual(caller.statuses('CANCEL'), [200]);
    assert.equal(caller.peer.responses('CANCEL')[0]?.to.tag, dialog.id.localTag);
    assert.equal(caller.peer.responses('INVITE').at(-1)?.status, 487);
    caller.ackFailure();
    asked[0]?.respond(200);
    await world.run(T1_64 + 1_000);
    assert.equal(caller.peer.responses('INVITE').at(-1)?.status, 487, 'an answer that comes too late is none');
    assert.equal(dialog.state, 'confirmed');
    caller.bye();
    await world.run(10);
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.2.1: two BYEs cross: both get 200, and the call ends once', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    const dialog = answer(scene);
    await world.run(10);
    caller.ack();
    await world.run(10);
    dialog.bye();
    caller.bye();
    await world.run(10);
    assert.deepEqual(caller.statuses('BYE'), [200]);
    caller.peer.respond(caller.peer.last('BYE'), 200);
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'ack', 'bye sent', 'bye done 200', 'ended bye-sent']);
  });

  test('RFC 5407 §3.2.2: a re-INVITE after our BYE gets 481', async () => {
    const scene = await called();
    const { world, caller } = scene;
    const dialog = answer(scene);
    await world.run(10);
    caller.ack();
    await world.run(10);
    dialog.bye();
    caller.reinvite();
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [200, 481]);
    caller.ackFailure();
    caller.peer.respond(caller.peer.last('BYE'), 200);
    await expectNothingLeft(scene);
  });

  test('RFC 5407 §3.2.4: an ACK after the end of the call is taken in silence', async () => {
    const scene = await called();
    const { world, caller, log } = scene;
    answer(scene);
    await world.run(10);
    caller.bye();
    await world.run(10);
    caller.ack();
    caller.ack();
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['invite', 'bye', 'ended bye-received', 'ack']);
  });

  test('RFC 3261 §13.3.1.1: a ringing INVITE is told so each minute', async () => {
    const scene = await called();
    const { world, caller, invite } = scene;
    invite.ring({ status: 183, body: 'v=0\r\n' });
    await world.run(150_000);
    assert.deepEqual(caller.statuses('INVITE'), [183, 183, 183]);
    invite.reject(480);
    await world.run(10);
    caller.ackFailure();
    await expectNothingLeft(scene);
  });

  test('RFC 3261 §14.2: a second INVITE before the final response to the first gets 500 with Retry-After', async () => {
    const scene = await called();
    const { world, caller, invite } = scene;
    invite.ring();
    await world.run(10);
    caller.reinvite();
    await world.run(10);
    const refusal = caller.peer.responses('INVITE').at(-1);
    assert.equal(refusal?.status, 500);
    const seconds = Number(refusal.header('Retry-After'));
    assert.ok(seconds >= 0 && seconds <= 10);
    caller.ackFailure();
    invite.reject(486);
    await expectNothingLeft(scene);
  });
});
