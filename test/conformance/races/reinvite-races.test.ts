import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { InviteDialog, ReinviteResult, UserAgent } from '@groupcall/sip';
import { CallLog, placeCall, SipWorld, TEST_ANSWER, TEST_OFFER } from '@groupcall/testkit';

interface Scene {
  readonly world: SipWorld;
  readonly agents: readonly UserAgent[];
  readonly caller: { readonly dialog: InviteDialog; readonly log: CallLog };
  readonly callee: { readonly dialog: InviteDialog; readonly log: CallLog };
}

/** Two user agents in a call that is established on both sides. */
async function established(): Promise<Scene> {
  const world = new SipWorld();
  const alice = await world.agent('192.0.2.1');
  const bob = await world.agent('192.0.2.2');
  const calleeLog = new CallLog();
  const dialogs: InviteDialog[] = [];
  bob.onInvite = (invite) => {
    calleeLog.watchInvite(invite);
    const dialog = invite.answer({ body: TEST_ANSWER });
    assert.ok(dialog);
    calleeLog.watch(dialog);
    dialogs.push(dialog);
  };
  const { log } = placeCall(alice, '192.0.2.2');
  await world.run(10);
  const [calleeDialog] = dialogs;
  assert.ok(calleeDialog);
  assert.deepEqual(calleeLog.events, ['invite', 'ack']);
  return {
    world,
    agents: [alice, bob],
    caller: { dialog: log.dialog, log },
    callee: { dialog: calleeDialog, log: calleeLog },
  };
}

async function hangUp({ world, agents, caller }: Scene): Promise<void> {
  caller.dialog.bye();
  await world.runOut();
  for (const agent of agents) {
    assert.equal(agent.dialogs, 0, 'a dialog is left');
    assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
  }
}

/** What a promise has come to by now; undefined while it waits. */
async function outcome(promise: Promise<ReinviteResult>): Promise<ReinviteResult | undefined> {
  return Promise.race([promise, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
}

suite('re-INVITE', () => {
  test('RFC 3261 §14: offer, answer and ACK, in either direction', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    for (const [from, to] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      to.dialog.onReinvite = (reinvite) => {
        assert.equal(reinvite.request.body.toString(), TEST_OFFER);
        reinvite.respond(200, { body: TEST_ANSWER });
      };
      const asked = from.dialog.reinvite({ body: TEST_OFFER });
      await world.run(10);
      const result = await outcome(asked);
      assert.equal(result?.response.status, 200);
      assert.equal(result.response.body.toString(), TEST_ANSWER);
      result.acknowledge();
      await world.run(10);
    }
    assert.deepEqual(caller.log.events, ['answer 200']);
    await hangUp(scene);
  });

  test('glare: both get 491, the session stays, and a second try by one of them works', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    for (const { dialog } of [caller, callee]) {
      dialog.onReinvite = (reinvite) => {
        reinvite.respond(200, { body: TEST_ANSWER });
      };
    }
    const ofCaller = caller.dialog.reinvite({ body: TEST_OFFER });
    const ofCallee = callee.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    assert.equal((await outcome(ofCaller))?.response.status, 491);
    assert.equal((await outcome(ofCallee))?.response.status, 491);
    assert.equal(caller.dialog.state, 'confirmed');
    const again = callee.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    const result = await outcome(again);
    assert.equal(result?.response.status, 200);
    result.acknowledge();
    await hangUp(scene);
  });

  test('RFC 3261 §14.2: a second one before the answer to the first is refused; §14.1: nor may we send one', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    let answerIt: () => void = () => undefined;
    callee.dialog.onReinvite = (reinvite) => {
      answerIt = () => {
        reinvite.respond(200, { body: TEST_ANSWER });
      };
    };
    const first = caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    assert.equal((await outcome(caller.dialog.reinvite()))?.response.status, 491, 'ours is pending');
    assert.equal((await outcome(callee.dialog.reinvite()))?.response.status, 491, 'theirs is pending');
    answerIt();
    await world.run(10);
    assert.equal((await outcome(caller.dialog.reinvite()))?.response.status, 491, 'its ACK is owed');
    (await first).acknowledge();
    await world.run(10);
    await hangUp(scene);
  });

  test('a refused re-INVITE leaves the session as it is', async () => {
    const scene = await established();
    const { world, caller } = scene;
    const asked = caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    const result = await outcome(asked);
    assert.equal(result?.response.status, 488, 'nobody there handles it');
    result.acknowledge();
    assert.equal(caller.dialog.state, 'confirmed');
    await hangUp(scene);
  });

  test('lost ACK of a re-INVITE: its 200 is sent again, and gets the same ACK again', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    callee.dialog.onReinvite = (reinvite) => {
      reinvite.respond(200, { body: TEST_ANSWER });
    };
    let lose = 2;
    world.network.filter = ({ data }) => !(data.toString().startsWith('ACK') && lose-- > 0);
    const asked = caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    (await asked).acknowledge();
    await world.run(10_000);
    assert.equal(lose, -1);
    assert.equal(callee.dialog.state, 'confirmed');
    await hangUp(scene);
  });

  test('RFC 3261 §13.3.1.4: a re-INVITE whose 200 is never acknowledged ends the call', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    callee.dialog.onReinvite = (reinvite) => {
      reinvite.respond(200, { body: TEST_ANSWER });
    };
    void caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(33_000);
    assert.deepEqual(callee.log.events.slice(2), ['bye sent', 'ended no-ack', 'bye done 200']);
    assert.deepEqual(caller.log.events, ['answer 200', 'bye', 'ended bye-received']);
    await hangUp(scene);
  });

  test('RFC 5407 §3.2.3: the 200 to a re-INVITE that comes after our BYE is acknowledged', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    let answerIt: () => void = () => undefined;
    callee.dialog.onReinvite = (reinvite) => {
      answerIt = () => {
        reinvite.respond(200, { body: TEST_ANSWER });
      };
    };
    let lost = 0;
    world.network.filter = ({ data }) => !(/^SIP\/2.0 200 [^]*CSeq: 2 INVITE/.test(data.toString()) && lost++ === 0);
    const asked = caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    answerIt();
    caller.dialog.bye();
    await world.run(10);
    assert.equal((await outcome(asked))?.response.status, 481, 'made up when the call was ended');
    assert.deepEqual(caller.log.events.at(-1), 'ended bye-sent');
    await hangUp(scene);
    const acks = world.network.sent.filter(({ data }) => data.toString().startsWith('ACK'));
    assert.equal(lost, 2, 'the 200 came once more, and no third time');
    assert.equal(acks.length, 2);
  });

  test('RFC 3261 §15.1.2: a re-INVITE that is pending when the BYE comes gets 487', async () => {
    const scene = await established();
    const { world, caller, callee } = scene;
    callee.dialog.onReinvite = () => undefined;
    const asked = caller.dialog.reinvite({ body: TEST_OFFER });
    await world.run(10);
    callee.dialog.bye();
    await world.run(10);
    const { response } = await asked;
    assert.ok(response.status === 487 || response.status === 481);
    assert.deepEqual(caller.log.events, ['answer 200', 'bye', 'ended bye-received']);
    await hangUp(scene);
  });

  test('RFC 3261 §12.2.1.2: a 481 to a request in the dialog ends it; nothing at all ends it with a BYE', async () => {
    for (const [lost, end] of [
      [false, 'response-481-408'],
      [true, 'timeout'],
    ] as const) {
      const scene = await established();
      const { world, agents, caller } = scene;
      if (lost) world.network.filter = ({ from }) => from.address !== '192.0.2.2';
      else await agents[1]?.close();
      const asked = caller.dialog.request('INFO');
      if (!lost) {
        const phone = await world.peer('192.0.2.2');
        phone.onRequest = (request) => phone.respond(request, request.method === 'INFO' ? 481 : 200);
      }
      await world.run(33_000);
      assert.equal((await asked).status, lost ? 408 : 481);
      assert.equal(
        caller.log.events.find((event) => event.startsWith('ended')),
        `ended ${end}`,
      );
      assert.equal(caller.log.events.includes('bye sent'), lost);
      await world.runOut();
      assert.equal(agents[0]?.dialogs, 0);
    }
  });

  test('after the end a re-INVITE or request is a 481 that takes no number', async () => {
    const scene = await established();
    const { world, caller } = scene;
    await hangUp(scene);
    const sent = world.network.sent.length;
    assert.equal((await caller.dialog.reinvite()).response.status, 481);
    assert.equal((await caller.dialog.request('INFO')).status, 481);
    assert.equal(world.network.sent.length, sent);
  });
});
