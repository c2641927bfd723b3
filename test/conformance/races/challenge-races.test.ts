import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { digestResponse, ha1, parseCredentials, type SipRequest, type UserAgent } from '@groupcall/sip';
import { placeCall, type PlacedCall, type RawPeer, SipWorld } from '@groupcall/testkit';

const PHONE = '192.0.2.2';
const CREDENTIALS = { username: 'trunk', password: 'secret' };

const challenge = (realm: string, nonce: string, stale = false): readonly [string, string] => [
  'WWW-Authenticate',
  `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`,
];
const proxyChallenge = (realm: string, nonce: string): readonly [string, string] => [
  'Proxy-Authenticate',
  challenge(realm, nonce)[1],
];

interface Scene extends PlacedCall {
  readonly world: SipWorld;
  readonly agent: UserAgent;
  readonly phone: RawPeer;
}

/** A call with credentials whose first INVITE has arrived. */
async function ring(): Promise<Scene> {
  const world = new SipWorld();
  const agent = await world.agent('192.0.2.1');
  const phone = await world.peer(PHONE);
  const placed = placeCall(agent, PHONE, { credentials: CREDENTIALS });
  await world.run(1);
  return { ...placed, world, agent, phone };
}

async function expectNothingLeft({ world, agent }: Scene): Promise<void> {
  await world.runOut();
  assert.equal(agent.dialogs, 0, 'a dialog is left');
  assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
}

/** Whether the credentials of a request are those of the password, for its method and Request-URI. */
function isRight(request: SipRequest, header = 'Authorization'): boolean {
  const credentials = parseCredentials(request.header(header) ?? '');
  if (credentials === undefined) return false;
  const { realm, nonce, nc, cnonce, qop } = credentials;
  const secret = ha1(CREDENTIALS.username, realm, CREDENTIALS.password, 'MD5');
  const input = { ha1: secret, method: request.method, uri: request.rawUri, nonce, nc, cnonce, qop };
  return credentials.uri === request.rawUri && credentials.response === digestResponse(input, 'MD5');
}

suite('challenges on one leg', () => {
  test('401: the same INVITE again, with credentials, the next CSeq and a new branch; the user hears nothing of it', async () => {
    const scene = await ring();
    const { world, phone, log, invite } = scene;
    const first = phone.last('INVITE');
    phone.respond(first, 100);
    phone.respond(first, 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await world.run(10);
    const second = phone.last('INVITE');
    assert.ok(isRight(second));
    assert.deepEqual([first.cseq.number, second.cseq.number], [1, 2]);
    assert.equal(second.callId, invite.callId);
    assert.equal(second.header('From'), first.header('From'));
    assert.equal(second.header('To'), first.header('To'), 'without the tag of the 401');
    assert.equal(second.body.toString(), first.body.toString());
    assert.notEqual(second.via.branch, first.via.branch);
    assert.equal(second.vias.length, 1);
    assert.equal(phone.last('ACK').via.branch, first.via.branch);
    phone.respond(second, 200, { tag: 'b' });
    await world.run(10);
    assert.deepEqual(log.events, ['answer 200']);
    const ack = phone.last('ACK');
    assert.equal(ack.cseq.number, 2);
    assert.equal(
      ack.header('Authorization'),
      second.header('Authorization'),
      'the ACK has the credentials of its INVITE',
    );
    phone.onRequest = (request) => phone.respond(request, 200);
    log.dialog.bye();
    await expectNothingLeft(scene);
    assert.equal(phone.last('BYE').cseq.number, 3);
  });

  test('407, then 401 from behind that proxy: both credentials go into the third INVITE', async () => {
    const scene = await ring();
    const { world, phone, log } = scene;
    phone.respond(phone.last('INVITE'), 407, { tag: 'a', headers: [proxyChallenge('proxy', 'n1')] });
    await world.run(10);
    assert.ok(isRight(phone.last('INVITE'), 'Proxy-Authorization'));
    phone.respond(phone.last('INVITE'), 401, { tag: 'b', headers: [challenge('trunk', 'n2')] });
    await world.run(10);
    const third = phone.last('INVITE');
    assert.ok(isRight(third, 'Proxy-Authorization') && isRight(third, 'Authorization'));
    phone.respond(third, 486, { tag: 'c' });
    await world.run(10);
    assert.deepEqual(log.events, ['end 486']);
    await expectNothingLeft(scene);
  });

  test('wrong credentials: the second 401 of the realm is the end', async () => {
    const scene = await ring();
    const { world, phone, log } = scene;
    phone.respond(phone.last('INVITE'), 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await world.run(10);
    phone.respond(phone.last('INVITE'), 401, { tag: 'b', headers: [challenge('trunk', 'n2')] });
    await world.run(10);
    assert.equal(phone.requests('INVITE').length, 2);
    assert.deepEqual(log.events, ['end 401']);
    await expectNothingLeft(scene);
  });

  test('stale nonce: once more, with the new nonce in place of the old', async () => {
    const scene = await ring();
    const { world, phone, log } = scene;
    phone.respond(phone.last('INVITE'), 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await world.run(10);
    phone.respond(phone.last('INVITE'), 401, { tag: 'b', headers: [challenge('trunk', 'n2', true)] });
    await world.run(10);
    const third = phone.last('INVITE');
    assert.equal(third.headerValues('Authorization').length, 1);
    assert.equal(parseCredentials(third.header('Authorization') ?? '')?.nonce, 'n2');
    assert.ok(isRight(third));
    phone.respond(third, 200, { tag: 'c' });
    await world.run(10);
    assert.deepEqual(log.events, ['answer 200']);
    phone.onRequest = (request) => phone.respond(request, 200);
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('a server that finds every nonce stale does not get INVITEs for ever', async () => {
    const scene = await ring();
    const { phone, log } = scene;
    phone.onRequest = (request) => {
      if (request.method !== 'INVITE') return;
      phone.respond(request, 401, { tag: 'a', headers: [challenge('trunk', `n${phone.arrivals.length}`, true)] });
    };
    phone.respond(phone.last('INVITE'), 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await expectNothingLeft(scene);
    assert.deepEqual(log.events, ['end 401']);
    assert.ok(phone.requests('INVITE').length <= 6);
  });

  test('a challenge that cannot be answered is the end', async () => {
    const scene = await ring();
    const { world, phone, log } = scene;
    phone.respond(phone.last('INVITE'), 401, { tag: 'a', headers: [['WWW-Authenticate', 'Basic realm="x"']] });
    await world.run(10);
    assert.deepEqual(log.events, ['end 401']);
    await expectNothingLeft(scene);
  });

  test('CANCEL between the two attempts: held until the first 1xx of the second, and sent for it', async () => {
    const scene = await ring();
    const { world, phone, invite, log } = scene;
    const first = phone.last('INVITE');
    phone.respond(first, 100);
    phone.respond(first, 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await world.run(10);
    invite.cancel();
    await world.run(10);
    assert.equal(phone.requests('CANCEL').length, 0, 'the 100 of the first attempt does not count');
    const second = phone.last('INVITE');
    phone.respond(second, 180, { tag: 'b' });
    await world.run(10);
    const cancel = phone.last('CANCEL');
    assert.equal(cancel.via.branch, second.via.branch);
    assert.equal(cancel.cseq.number, 2);
    phone.respond(cancel, 200);
    phone.respond(second, 487, { tag: 'b' });
    await world.run(10);
    assert.deepEqual(log.events, ['cancel sent', '180', 'end 487']);
    await expectNothingLeft(scene);
  });

  test('cancelled before the 401 came: no second attempt', async () => {
    const scene = await ring();
    const { world, phone, invite, log } = scene;
    invite.cancel();
    phone.respond(phone.last('INVITE'), 401, { tag: 'a', headers: [challenge('trunk', 'n1')] });
    await world.run(10);
    assert.equal(phone.requests('INVITE').length, 1);
    assert.deepEqual(log.events, ['end 401']);
    await expectNothingLeft(scene);
  });

  test('a BYE that is challenged is sent again with credentials', async () => {
    const scene = await ring();
    const { world, phone, log } = scene;
    phone.respond(phone.last('INVITE'), 200, { tag: 'a' });
    await world.run(10);
    log.dialog.bye();
    await world.run(10);
    phone.respond(phone.last('BYE'), 407, { headers: [proxyChallenge('proxy', 'n1')] });
    await world.run(10);
    const bye = phone.last('BYE');
    assert.ok(isRight(bye, 'Proxy-Authorization'));
    assert.equal(bye.cseq.number, 3);
    phone.respond(bye, 200);
    await world.run(10);
    assert.deepEqual(log.events, ['answer 200', 'bye sent', 'bye done 200', 'ended bye-sent']);
    await expectNothingLeft(scene);
  });
});
