import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { placeCall, RawCaller, SipWorld, TEST_ANSWER, TEST_OFFER } from '@groupcall/testkit';
import { NameAddr } from '../message/name-addr.ts';
import { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import type { ServerInvite } from './server-invite-types.ts';
import type { RequestOptions } from './user-agent-types.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';
const ADDRESSES: Readonly<Record<string, string>> = { 'bob.example': BOB };
const resolver = {
  resolve: (uri: SipUri): Promise<Target[]> => {
    const address = ADDRESSES[uri.host];
    if (address === undefined) return Promise.reject(new Error(`${uri.host} is not known`));
    return Promise.resolve([{ protocol: 'udp', address, port: uri.port ?? 5060 }]);
  },
};

const options = (method: string, more: Partial<RequestOptions> = {}): RequestOptions => ({
  method,
  uri: SipUri.parse(`sip:${BOB}`),
  from: NameAddr.parse('<sip:alice@example.com>'),
  to: NameAddr.parse('<sip:bob@example.com>'),
  ...more,
});

suite('invite()', () => {
  test('RFC 3261 §8.1.1, §13.2.1: the INVITE has what it must have', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE, { supported: ['path'] });
    const phone = await world.peer(BOB);
    placeCall(alice, BOB, {
      from: NameAddr.parse('"Front desk" <sip:100@example.com>;tag=theirs'),
      callId: 'the-call',
      maxForwards: 20,
      headers: [['X-Group', '7']],
    });
    await world.run(1);
    const invite = phone.last('INVITE');
    assert.equal(invite.rawUri, `sip:phone@${BOB}`);
    assert.equal(invite.maxForwards, 20);
    assert.equal(invite.callId, 'the-call');
    assert.equal(invite.from.displayName, 'Front desk');
    assert.ok(invite.from.tag);
    assert.notEqual(invite.from.tag, 'theirs', 'the tag is our own');
    assert.equal(invite.to.tag, undefined);
    assert.equal(invite.header('Contact'), `<sip:100@${ALICE}:5060>`);
    assert.equal(invite.header('Allow'), alice.allow);
    assert.equal(invite.header('Supported'), 'path');
    assert.equal(invite.header('User-Agent'), `test ${ALICE}`);
    assert.equal(invite.header('X-Group'), '7');
    assert.equal(invite.contentType, 'application/sdp');
    assert.equal(invite.body.toString(), TEST_OFFER);
    assert.match(invite.via.branch, /^z9hG4bK/);
    await world.close();
  });

  test('two user agents: INVITE, 180, 200, ACK, BYE, and nothing is left', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const bob = await world.agent(BOB);
    const told: string[] = [];
    bob.onInvite = (invite) => {
      invite.ring();
      invite.onAck = (ack) => told.push(`ack ${ack.cseq.number}`);
      const dialog = invite.answer({ body: TEST_ANSWER });
      assert.ok(dialog);
      dialog.onBye = () => told.push('bye');
    };
    const { log } = placeCall(alice, BOB);
    await world.run(10);
    assert.equal(log.answer?.response.body.toString(), TEST_ANSWER);
    assert.equal(log.dialog.remoteTarget.toString(), `sip:phone@${BOB}:5060`);
    log.dialog.bye();
    await world.runOut();
    assert.deepEqual(told, ['ack 1', 'bye']);
    assert.deepEqual(log.events, ['180', 'answer 200', 'bye sent', 'bye done 200', 'ended bye-sent']);
    for (const agent of [alice, bob]) {
      assert.equal(agent.dialogs, 0);
      assert.deepEqual(agent.transactions, { clients: 0, servers: 0 });
    }
  });

  test('a host that is a name is resolved; one that cannot be ends the call, after invite() has returned', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE, { resolver });
    const phone = await world.peer(BOB);
    const known = placeCall(alice, 'bob.example', { target: undefined });
    const unknown = placeCall(alice, 'nobody.example', { target: undefined });
    assert.deepEqual(unknown.log.events, []);
    await world.run(1);
    assert.deepEqual(unknown.log.events, ['end transport']);
    assert.equal(phone.last('INVITE').rawUri, 'sip:phone@bob.example');
    phone.respond(phone.last('INVITE'), 404, { tag: 'a' });
    await world.runOut();
    assert.deepEqual(known.log.events, ['end 404']);
    assert.equal(alice.dialogs, 0);
  });

  test('an address that cannot be reached is followed by the next', async () => {
    const world = new SipWorld();
    const targets: Target[] = [
      { protocol: 'tls', address: BOB, port: 5061 },
      { protocol: 'udp', address: BOB, port: 5060 },
    ];
    const alice = await world.agent(ALICE, { resolver: { resolve: () => Promise.resolve(targets) } });
    const phone = await world.peer(BOB);
    phone.onRequest = (request) => phone.respond(request, request.method === 'INVITE' ? 486 : 200, { tag: 'a' });
    const { log } = placeCall(alice, 'bob.example', { target: undefined });
    const asked = alice.request(options('OPTIONS', { uri: SipUri.parse('sip:bob.example') }));
    await world.runOut();
    assert.deepEqual(log.events, ['end 486']);
    assert.equal((await asked).status, 200);
    for (const request of [phone.last('INVITE'), phone.last('OPTIONS')]) {
      assert.deepEqual(
        request.vias.map(({ protocol }) => protocol),
        ['UDP'],
      );
      assert.equal(request.cseq.number, 1);
    }
    assert.equal(phone.last('INVITE').header('Contact'), `<sip:caller@${ALICE}:5060>`);
    assert.deepEqual(alice.transactions, { clients: 0, servers: 0 });
  });

  test('no address that can be reached: the end, after invite() has returned', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const { log } = placeCall(alice, BOB, { target: { protocol: 'wss', address: BOB, port: 443 } });
    assert.deepEqual(log.events, []);
    await world.runOut();
    assert.deepEqual(log.events, ['end transport']);
    assert.equal(alice.dialogs, 0);
  });

  test('a header that cannot be sent never throws: it is the end, and a typed error', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    for (const bad of [{ headers: [['X', 'a\r\nB: c']] as const }, { extraAnswerHeaders: [['', 'a']] as const }]) {
      const { log } = placeCall(alice, BOB, bad);
      await world.run(1);
      assert.deepEqual(log.events, ['end transport']);
      assert.equal(log.end?.kind === 'transport' && log.end.error.code, 'SIP_PARSE');
    }
    assert.equal(alice.dialogs, 0);
    assert.equal(world.network.sent.length, 0);
  });

  test('too many dialogs: the call ends at once, with an error that says so', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE, { limits: { maxDialogs: 1 } });
    await world.peer(BOB);
    placeCall(alice, BOB);
    const { log } = placeCall(alice, BOB);
    await world.run(1);
    assert.equal(log.end?.kind === 'transport' && log.end.error.code, 'SIP_TOO_MANY_DIALOGS');
    await world.runOut();
    assert.equal(alice.dialogs, 0);
  });

  test('a preloaded route set (§8.1.2): the INVITE goes to its first, the target stays in the request line', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const proxy = await world.peer('192.0.2.9');
    placeCall(alice, BOB, { target: undefined, routes: NameAddr.parseList('<sip:192.0.2.9;lr>, <sip:192.0.2.10;lr>') });
    await world.run(1);
    const invite = proxy.last('INVITE');
    assert.equal(invite.rawUri, `sip:phone@${BOB}`);
    assert.deepEqual(invite.routes.map(String), ['<sip:192.0.2.9;lr>', '<sip:192.0.2.10;lr>']);
    await world.close();
  });
});

suite('an incoming call', () => {
  test('a header that cannot be sent throws a typed error at once, and changes nothing', async () => {
    const world = new SipWorld();
    const bob = await world.agent(BOB);
    const caller = await RawCaller.open(world, ALICE, BOB);
    const bad = { headers: [['X', 'a\r\nB: c']] as const };
    const invites: ServerInvite[] = [];
    bob.onInvite = (invite) => {
      invites.push(invite);
    };
    caller.invite();
    await world.run(1);
    const [invite] = invites;
    assert.ok(invite);
    const wrong = { code: 'SIP_PARSE' };
    assert.throws(() => {
      invite.ring(bad);
    }, wrong);
    assert.throws(() => invite.answer(bad), wrong);
    assert.throws(() => {
      invite.reject(486, bad);
    }, wrong);
    assert.equal(invite.ended, false);
    const dialog = invite.answer();
    assert.ok(dialog);
    await world.run(10);
    caller.ack();
    await world.run(10);
    assert.throws(() => dialog.reinvite(bad), wrong);
    assert.throws(() => dialog.request('INFO', bad), wrong);
    assert.throws(() => {
      dialog.bye(bad.headers);
    }, wrong);
    assert.equal(dialog.state, 'confirmed');
    dialog.bye();
    await world.run(10);
    assert.equal(caller.peer.last('BYE').cseq.number, 1, 'no number was lost');
    assert.deepEqual(caller.statuses('INVITE'), [200]);
    await world.close();
  });

  test('after a final response ring(), answer() and reject() do nothing', async () => {
    const world = new SipWorld();
    const bob = await world.agent(BOB);
    const caller = await RawCaller.open(world, ALICE, BOB);
    bob.onInvite = (invite) => {
      invite.reject(486, { reason: 'On the Phone', headers: [['Retry-After', '60']] });
      assert.equal(invite.ended, true);
      invite.ring();
      invite.reject(603);
      assert.equal(invite.answer(), undefined);
    };
    caller.invite();
    await world.run(10);
    const [refusal] = caller.peer.responses('INVITE');
    assert.deepEqual([refusal?.status, refusal?.reason, refusal?.header('Retry-After')], [486, 'On the Phone', '60']);
    assert.deepEqual(caller.statuses('INVITE'), [486]);
    caller.ackFailure();
    await world.runOut();
    assert.equal(bob.dialogs, 0);
  });
});

suite('request()', () => {
  test('brings the final response, and leaves out the 1xx', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const server = await world.peer(BOB);
    server.onRequest = (request) => {
      server.respond(request, 100);
      server.respond(request, 200, { tag: 'x' });
    };
    const asked = alice.request(options('OPTIONS'));
    await world.run(10);
    assert.equal((await asked).status, 200);
    await world.runOut();
    assert.deepEqual(alice.transactions, { clients: 0, servers: 0 });
  });

  test('RFC 3261 §8.1.3.1: no answer is a 408, no way there a 503; the CSeq number is that of the last try', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE, { resolver });
    const silent = alice.request(options('OPTIONS', { cseq: 41 }));
    const unknown = alice.request(options('OPTIONS', { uri: SipUri.parse('sip:nobody.example') }));
    const unreachable = alice.request(options('OPTIONS', { target: { protocol: 'tls', address: BOB, port: 1 } }));
    await world.runOut();
    const [first, second, third] = await Promise.all([silent, unknown, unreachable]);
    assert.deepEqual([first.status, second.status, third.status], [408, 503, 503]);
    assert.deepEqual(first.cseq, { number: 41, method: 'OPTIONS' });
  });

  test('REGISTER with credentials answers the challenge, with the next CSeq and the same Call-ID', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const registrar = await world.peer(BOB);
    registrar.onRequest = (request) => {
      const known = request.header('Authorization') !== undefined;
      const challenge = ['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"'] as const;
      registrar.respond(request, known ? 200 : 401, { tag: 'x', headers: known ? [] : [challenge] });
    };
    const asked = alice.request(
      options('REGISTER', { callId: 'reg', cseq: 7, credentials: { username: 'u', password: 'p' } }),
    );
    await world.runOut();
    const response = await asked;
    assert.equal(response.status, 200);
    assert.equal(response.cseq.number, 8);
    assert.deepEqual(
      registrar.requests('REGISTER').map(({ callId }) => callId),
      ['reg', 'reg'],
    );
  });
});

suite('close()', () => {
  test('ends everything at once: each INVITE, dialog and request is told, no timer is left', async () => {
    const world = new SipWorld();
    const alice = await world.agent(ALICE);
    const bob = await world.agent(BOB);
    const told: string[] = [];
    bob.onInvite = (invite) => {
      invite.ring();
      invite.onTransportError = ({ code }) => told.push(code);
      if (told.length === 0 && invite.request.header('X-Answer') !== undefined) {
        const dialog = invite.answer();
        assert.ok(dialog);
        dialog.onEnded = ({ kind }) => told.push(kind);
      }
    };
    const talking = placeCall(alice, BOB, { headers: [['X-Answer', 'yes']] });
    const ringing = placeCall(alice, BOB);
    await world.run(10);
    const reinvite = talking.log.dialog.reinvite();
    const info = talking.log.dialog.request('INFO');
    const silent = alice.request(options('OPTIONS', { uri: SipUri.parse('sip:192.0.2.77') }));
    await Promise.all([alice.close(), alice.close(), bob.close()]);
    assert.deepEqual(talking.log.events, ['180', 'answer 200', 'ended transport']);
    assert.deepEqual(ringing.log.events, ['180', 'end transport']);
    assert.deepEqual(told.sort(), ['SIP_CLOSED', 'transport']);
    assert.equal((await reinvite).response.status, 481);
    assert.equal((await info).status, 503);
    assert.equal((await silent).status, 503);
    assert.equal(alice.dialogs + bob.dialogs, 0);
    assert.equal(talking.log.dialog.state, 'terminated');
    const late = placeCall(alice, BOB);
    const lateRequest = await alice.request(options('OPTIONS'));
    await world.run(1);
    assert.deepEqual(late.log.events, ['end transport']);
    assert.equal(lateRequest.status, 503);
    ringing.invite.cancel();
    talking.log.dialog.bye();
    // What is still on the wire arrives nowhere.
    await world.run(10);
    assert.equal(world.clock.pending, 0);
  });
});

suite('nothing a peer sends throws', () => {
  test('garbage in every header of a call leaves the user agent working', async () => {
    const world = new SipWorld();
    const bob = await world.agent(BOB);
    bob.onInvite = (invite) => {
      invite.ring();
      invite.answer();
    };
    const caller = await RawCaller.open(world, ALICE, BOB);
    const garbage = [
      '',
      '<',
      '<sip:>',
      ';;;',
      '"',
      'sip:a@b;tag=',
      '\u0000',
      '1',
      ',',
      '<sip:a@b>;tag=x;tag=y',
      'Digest',
    ];
    const names = [
      'Contact',
      'Record-Route',
      'Route',
      'Require',
      'Max-Forwards',
      'From',
      'To',
      'CSeq',
      'Via',
      'Call-ID',
    ];
    for (const name of names) {
      for (const value of garbage) {
        const good = caller.invite.bind(caller);
        good({ headers: { 'Call-ID': `${name}-${garbage.indexOf(value)}`, [name]: value } });
      }
    }
    await world.run(100_000);
    assert.equal(bob.counters.userAgent.userErrors, 0);
    assert.equal(bob.counters.transactions.userErrors, 0);
    caller.peer.arrivals.length = 0;
    caller.request('OPTIONS', { From: '<sip:a@b>;tag=a', To: '<sip:b@c>' });
    await world.run(10);
    assert.deepEqual(caller.statuses('OPTIONS'), [200]);
  });
});
