import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RawCaller, SipWorld } from '@groupcall/testkit';
import type { UserAgentOptions } from './user-agent-types.ts';
import type { UserAgent } from './user-agent.ts';

const AGENT = '192.0.2.2';
const FROM_TO = { From: '<sip:a@192.0.2.1>;tag=a', To: `<sip:b@${AGENT}>` };

async function scene(
  options: Partial<UserAgentOptions> = {},
): Promise<{ world: SipWorld; agent: UserAgent; caller: RawCaller }> {
  const world = new SipWorld();
  const agent = await world.agent(AGENT, options);
  return { world, agent, caller: await RawCaller.open(world, '192.0.2.1', AGENT) };
}

suite('RFC 3261 §8.2: requests outside of a dialog', () => {
  test('OPTIONS MUST be answered 200 with Allow, Accept and Supported (§11.2), and with our Server header', async () => {
    const { world, caller } = await scene({ supported: ['path'] });
    caller.request('OPTIONS', FROM_TO);
    await world.run(10);
    const [response] = caller.peer.responses('OPTIONS');
    assert.equal(response?.status, 200);
    assert.equal(response.header('Allow'), 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO');
    assert.equal(response.header('Accept'), 'application/sdp');
    assert.equal(response.header('Supported'), 'path');
    assert.equal(response.header('Server'), `test ${AGENT}`);
    assert.ok(response.to.tag);
    await world.runOut();
  });

  test('a known method that is not served MUST get 405 with Allow (§8.2.1), an unknown one 501', async () => {
    const { world, caller } = await scene();
    caller.request('REGISTER', FROM_TO);
    caller.request('PUBLISH', FROM_TO);
    caller.request('DANCE', FROM_TO);
    await world.run(10);
    assert.deepEqual(caller.statuses('REGISTER'), [405]);
    assert.deepEqual(caller.statuses('PUBLISH'), [405]);
    assert.deepEqual(caller.statuses('DANCE'), [501]);
    const [refusal] = caller.peer.responses('PUBLISH');
    assert.match(refusal?.header('Allow') ?? '', /INVITE/);
  });

  test('handle() serves a method and lists it in Allow', async () => {
    const { world, agent, caller } = await scene();
    agent.handle('REGISTER', (transaction, request) => {
      transaction.respond(agent.reply(request, 200, { headers: [['Contact', '<sip:x@y>;expires=60']] }));
    });
    caller.request('REGISTER', FROM_TO);
    await world.run(10);
    const [response] = caller.peer.responses('REGISTER');
    assert.equal(response?.status, 200);
    assert.ok(response.to.tag);
    assert.match(agent.allow, /REGISTER/);
  });

  test('a Request-URI of another scheme MUST get 416 (§8.2.2.1)', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => assert.fail('it came through');
    caller.request('INVITE', { ...FROM_TO, Contact: caller.peer.contact }, '', 'tel:+4930123');
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [416]);
  });

  test('Require of what is not supported MUST get 420 with Unsupported (§8.2.2.3)', async () => {
    const { world, agent, caller } = await scene({ supported: ['path'] });
    agent.onInvite = () => assert.fail('it came through');
    caller.invite({ headers: { Require: '100rel, Path, timer' } });
    await world.run(10);
    const [response] = caller.peer.responses('INVITE');
    assert.equal(response?.status, 420);
    assert.deepEqual(response.headerList('Unsupported'), ['100rel', 'timer']);
  });

  test('Max-Forwards 0 gets 483; an OPTIONS is answered (§11)', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => assert.fail('it came through');
    caller.invite({ headers: { 'Max-Forwards': '0' } });
    caller.request('OPTIONS', { ...FROM_TO, 'Max-Forwards': '0' });
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [483]);
    assert.deepEqual(caller.statuses('OPTIONS'), [200]);
  });

  test('an INVITE without Contact gets 400, with the reason in its phrase', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => assert.fail('it came through');
    caller.request('INVITE', FROM_TO);
    await world.run(10);
    const [response] = caller.peer.responses('INVITE');
    assert.equal(response?.status, 400);
    assert.match(response.reason, /Contact/);
  });

  test('an INVITE with a Record-Route that cannot be read gets 400', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => assert.fail('it came through');
    caller.invite({ headers: { 'Record-Route': '<sip:p;lr' } });
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [400]);
  });

  test('while nobody takes calls an INVITE gets 480', async () => {
    const { world, caller } = await scene();
    caller.invite();
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [480]);
  });

  test('a full dialog table: 503 with Retry-After, and what is in it goes on', async () => {
    const { world, agent, caller } = await scene({ limits: { maxDialogs: 1 } });
    agent.onInvite = (invite) => {
      invite.ring();
    };
    caller.invite();
    const other = await RawCaller.open(world, '192.0.2.3', AGENT);
    await world.run(10);
    other.invite({ headers: { Contact: '<sip:caller@192.0.2.3>' } });
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [180]);
    const [refusal] = other.peer.responses('INVITE');
    assert.equal(refusal?.status, 503);
    assert.ok(Number(refusal.header('Retry-After')) > 0);
    assert.equal(agent.counters.userAgent.refusedWhenFull, 1);
  });

  test('what a handler throws is a 500 to the peer, and nothing else', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => {
      throw new Error('the handler is broken');
    };
    agent.handle('MESSAGE', () => {
      throw new Error('the handler is broken');
    });
    caller.invite();
    caller.request('MESSAGE', FROM_TO);
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [500]);
    assert.deepEqual(caller.statuses('MESSAGE'), [500]);
    assert.equal(agent.counters.userAgent.userErrors, 2);
    caller.ackFailure();
    await world.runOut();
    assert.equal(agent.dialogs, 0);
  });
});

suite('RFC 3261 §12.2.2: requests within a dialog', () => {
  const IN_NO_DIALOG = { From: '<sip:a@192.0.2.1>;tag=a', To: `<sip:b@${AGENT}>;tag=unknown` };

  test('a dialog that is not known MUST get 481; so do BYE and INFO outside of any', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = () => assert.fail('it came through');
    caller.request('INVITE', { ...IN_NO_DIALOG, Contact: caller.peer.contact });
    caller.request('BYE', IN_NO_DIALOG);
    caller.request('INFO', FROM_TO);
    await world.run(10);
    assert.deepEqual(caller.statuses('INVITE'), [481]);
    assert.deepEqual(caller.statuses('BYE'), [481]);
    assert.deepEqual(caller.statuses('INFO'), [481]);
  });

  test('our tag with another Call-ID or another From-tag is not the dialog', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = (invite) => {
      invite.answer();
    };
    caller.invite();
    await world.run(10);
    caller.ack();
    caller.inDialog('OPTIONS', 2, { 'Call-ID': 'other' });
    caller.inDialog('OPTIONS', 3, { From: '<sip:caller@192.0.2.1>;tag=somebody' });
    caller.inDialog('OPTIONS', 4);
    await world.run(10);
    assert.deepEqual(caller.statuses('OPTIONS'), [481, 481, 200]);
  });

  test('an ACK to nothing is counted and dropped', async () => {
    const { world, agent, caller } = await scene();
    caller.request('ACK', IN_NO_DIALOG);
    await world.run(10);
    assert.equal(agent.counters.userAgent.strayAcks, 1);
    assert.equal(caller.peer.arrivals.length, 0);
  });

  test('a CSeq below that of an earlier request MUST get 500 and change nothing', async () => {
    const { world, agent, caller } = await scene();
    let infos = 0;
    agent.onInvite = (invite) => {
      const dialog = invite.answer();
      assert.ok(dialog);
      dialog.onRequest = (transaction, request) => {
        infos++;
        transaction.respond(agent.reply(request, 200));
      };
    };
    caller.invite();
    await world.run(10);
    caller.ack();
    caller.inDialog('INFO', 10);
    await world.run(10);
    caller.inDialog('INFO', 9);
    caller.inDialog('BYE', 8);
    await world.run(10);
    assert.deepEqual(caller.statuses('INFO'), [200, 500]);
    assert.deepEqual(caller.statuses('BYE'), [500]);
    assert.equal(infos, 1);
    assert.equal(agent.dialogs, 1);
  });

  test('OPTIONS gets 200, INFO 405 while nobody handles it, a method that is not served 405 or 501', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = (invite) => {
      invite.answer();
    };
    caller.invite();
    await world.run(10);
    caller.ack();
    for (const [index, method] of ['OPTIONS', 'INFO', 'UPDATE', 'DANCE'].entries()) caller.inDialog(method, 2 + index);
    await world.run(10);
    assert.deepEqual(
      ['OPTIONS', 'INFO', 'UPDATE', 'DANCE'].map((method) => caller.statuses(method)),
      [[200], [405], [405], [501]],
    );
  });

  test('requests in an early dialog: OPTIONS 200, others 405, and a BYE ends it', async () => {
    const { world, agent, caller } = await scene();
    agent.onInvite = (invite) => {
      invite.ring();
    };
    caller.invite();
    await world.run(10);
    caller.inDialog('OPTIONS', 2);
    caller.inDialog('UPDATE', 3);
    caller.inDialog('OPTIONS', 2);
    caller.inDialog('OPTIONS', 4, { From: '<sip:caller@192.0.2.1>;tag=somebody' });
    await world.run(10);
    assert.deepEqual(caller.statuses('OPTIONS'), [200, 500, 481]);
    assert.deepEqual(caller.statuses('UPDATE'), [405]);
  });
});
