import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CallLog, placeCall, type PlacedCall, type RawPeer, SipWorld } from '@groupcall/testkit';
import { type HeaderLine, ParseError, type SipRequest, type UserAgent, type UserAgentOptions } from '@groupcall/sip';

const PHONE = '192.0.2.2';
const T1_64 = 32_000;
const ELSEWHERE: HeaderLine = ['Reason', 'SIP;cause=200;text="Call completed elsewhere"'];

interface Scene extends PlacedCall {
  readonly world: SipWorld;
  readonly agent: UserAgent;
  readonly phone: RawPeer;
  /** The INVITE as it arrived at the phone. */
  readonly received: SipRequest;
}

/** A call whose INVITE has arrived at a phone that does nothing by itself but answer BYE and CANCEL with 200. */
async function ring(log = new CallLog(), options: Partial<UserAgentOptions> = {}): Promise<Scene> {
  const world = new SipWorld();
  const agent = await world.agent('192.0.2.1', options);
  const phone = await world.peer(PHONE);
  phone.onRequest = (request) => {
    if (request.method === 'BYE' || request.method === 'CANCEL') phone.respond(request, 200);
  };
  const placed = placeCall(agent, PHONE, {}, log);
  await world.run(1);
  return { ...placed, world, agent, phone, received: phone.last('INVITE') };
}

/** After all waiting there is nothing left. */
async function expectNothingLeft({ world, agent }: Pick<Scene, 'world' | 'agent'>): Promise<void> {
  await world.runOut();
  assert.equal(agent.dialogs, 0, 'a dialog is left');
  assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
}

const toTag = (request: SipRequest): string | undefined => request.to.tag;

suite('races of an answer', () => {
  test('two 200s in one tick: the first is the answer, the second gets ACK and BYE', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    phone.respond(received, 200, { tag: 'one' });
    phone.respond(received, 200, { tag: 'two' });
    await world.run(10);
    assert.deepEqual(log.events, ['answer 200']);
    assert.equal(log.dialog.id.remoteTag, 'one');
    assert.deepEqual(phone.requests('ACK').map(toTag).sort(), ['one', 'two']);
    assert.deepEqual(phone.requests('BYE').map(toTag), ['two']);
    log.dialog.bye();
    await expectNothingLeft(scene);
    assert.deepEqual(phone.requests('BYE').map(toTag), ['two', 'one']);
  });

  test('the same 200 twice in one tick: one answer, two ACKs', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    phone.respond(received, 200, { tag: 'one' });
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['answer 200']);
    assert.equal(phone.requests('ACK').length, 2);
    assert.equal(phone.requests('BYE').length, 0);
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('downstream fork: each further To-tag gets ACK and BYE with the headers asked for, and its retransmissions their ACK', async () => {
    const world = new SipWorld();
    const agent = await world.agent('192.0.2.1');
    const phone = await world.peer(PHONE);
    phone.onRequest = (request) => {
      if (request.method === 'BYE') phone.respond(request, 200);
    };
    const { log } = placeCall(agent, PHONE, { extraAnswerHeaders: [ELSEWHERE] });
    await world.run(1);
    const received = phone.last('INVITE');
    phone.respond(received, 180, { tag: 'one' });
    phone.respond(received, 180, { tag: 'two' });
    phone.respond(received, 200, { tag: 'one' });
    await world.run(5_000);
    phone.respond(received, 200, { tag: 'two' });
    await world.run(5_000);
    phone.respond(received, 200, { tag: 'two' });
    await world.run(10);
    assert.deepEqual(log.events, ['180', '180', 'answer 200']);
    assert.deepEqual(phone.requests('ACK').map(toTag), ['one', 'two', 'two']);
    const [bye] = phone.requests('BYE');
    assert.equal(bye?.to.tag, 'two');
    assert.equal(bye.header('Reason'), ELSEWHERE[1]);
    log.dialog.bye();
    await expectNothingLeft({ world, agent });
  });

  test('downstream fork: what further answers are told may be settled after the first one', async () => {
    const { world, agent, phone, received, invite, log } = await ring();
    phone.respond(received, 200, { tag: 'one' });
    phone.respond(received, 200, { tag: 'two' });
    await world.run(10);
    invite.endExtraAnswersWith([ELSEWHERE]);
    phone.respond(received, 200, { tag: 'three' });
    await world.run(10);
    const told = phone.requests('BYE').map((bye) => [toTag(bye), bye.header('Reason')]);
    assert.deepEqual(told, [
      ['two', undefined],
      ['three', ELSEWHERE[1]],
    ]);
    assert.throws(() => {
      invite.endExtraAnswersWith([['', 'a']]);
    }, ParseError);
    log.dialog.bye();
    await expectNothingLeft({ world, agent });
  });

  test('downstream fork: a 200 that comes at the end of the watch is itself watched for 64*T1', async () => {
    const scene = await ring();
    const { world, phone, received } = scene;
    phone.respond(received, 200, { tag: 'one' });
    await world.run(T1_64 - 1_000);
    phone.respond(received, 200, { tag: 'late' });
    await world.run(T1_64 - 2_000);
    phone.respond(received, 200, { tag: 'late' });
    await world.run(10);
    assert.deepEqual(phone.requests('ACK').map(toTag), ['one', 'late', 'late']);
    assert.ok(phone.requests('BYE').every((bye) => toTag(bye) === 'late'));
    scene.log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('retransmitted 200 before the user has acknowledged: no ACK yet, then one for it', async () => {
    const log = new CallLog();
    log.onAnswered = () => undefined;
    const scene = await ring(log);
    const { world, phone, received } = scene;
    phone.respond(received, 200, { tag: 'one' });
    await world.run(500);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 0);
    log.answer?.acknowledge('v=0\r\n');
    log.answer?.acknowledge();
    await world.run(10);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    const acks = phone.requests('ACK');
    assert.equal(acks.length, 2, 'acknowledge() sends one, the retransmission brings the other');
    assert.ok(acks.every((ack) => ack.body.toString() === 'v=0\r\n'));
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('lost ACK: every retransmission of the 200 gets it again', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    for (let count = 0; count < 5; count++) {
      phone.respond(received, 200, { tag: 'one' });
      await world.run(4_000);
    }
    const acks = phone.requests('ACK');
    assert.equal(acks.length, 5);
    assert.equal(new Set(acks.map((ack) => ack.toBuffer().toString())).size, 1, 'the same bytes, branch and all');
    assert.deepEqual(log.events, ['answer 200']);
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('retransmitted 200 after BYE gets its ACK', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    log.dialog.bye();
    await world.run(10);
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 2);
    assert.equal(phone.requests('BYE').length, 1);
    assert.deepEqual(log.events, ['answer 200', 'bye sent', 'bye done 200', 'ended bye-sent']);
    await expectNothingLeft(scene);
  });

  test('bye() before acknowledge(): the ACK goes first', async () => {
    const log = new CallLog();
    log.onAnswered = ({ dialog }) => {
      dialog.bye([ELSEWHERE]);
    };
    const scene = await ring(log);
    const { world, phone, received } = scene;
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    const methods = phone.arrivals.flatMap(({ message }) => ('method' in message ? [message.method] : []));
    assert.deepEqual(methods, ['INVITE', 'ACK', 'BYE']);
    assert.equal(phone.last('BYE').header('Reason'), ELSEWHERE[1]);
    await expectNothingLeft(scene);
  });

  test('BYE before our ACK arrived: the BYE gets its 200, the 200 its ACK, and the call has ended once', async () => {
    const log = new CallLog();
    log.onAnswered = () => undefined;
    const scene = await ring(log);
    const { world, phone, received } = scene;
    phone.respond(received, 200, { tag: 'one' });
    phone.sendTo(hangUp(received, 'one', phone), { address: '192.0.2.1', port: 5060 });
    await world.run(10);
    assert.deepEqual(
      phone.responses('BYE').map(({ status }) => status),
      [200],
    );
    assert.deepEqual(log.events, ['answer 200', 'bye', 'ended bye-received']);
    assert.equal(phone.requests('ACK').length, 1);
    log.answer?.acknowledge();
    log.dialog.bye();
    phone.respond(received, 200, { tag: 'one' });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 2, 'the retransmission gets it again');
    assert.equal(phone.requests('BYE').length, 0);
    await expectNothingLeft(scene);
  });

  test('a 200 without a Contact is acknowledged, at the address the INVITE went to', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    phone.respond(received, 200, { tag: 'one', contact: false });
    await world.run(10);
    assert.equal(phone.requests('ACK').length, 1);
    log.dialog.bye();
    await expectNothingLeft(scene);
    assert.equal(phone.requests('BYE').length, 1);
  });

  test('183 with SDP from A, then 200 from B: both are told with their tags, B is the answer', async () => {
    const tags: (string | undefined)[] = [];
    const log = new CallLog();
    log.onRinging = (response) => tags.push(response.to.tag);
    const scene = await ring(log);
    const { world, phone, received } = scene;
    phone.respond(received, 183, { tag: 'a', body: 'v=0\r\n' });
    await world.run(100);
    phone.respond(received, 200, { tag: 'b', body: 'v=0\r\n' });
    await world.run(10);
    assert.deepEqual(log.events, ['183', 'answer 200']);
    assert.deepEqual([...tags, log.dialog.id.remoteTag], ['a', 'b']);
    assert.deepEqual(phone.requests('ACK').map(toTag), ['b']);
    log.dialog.bye();
    await expectNothingLeft(scene);
  });

  test('180 after 183: both are told, in the order they came', async () => {
    const scene = await ring();
    const { world, phone, received, log } = scene;
    phone.respond(received, 183, { tag: 'one', body: 'v=0\r\n' });
    phone.respond(received, 180, { tag: 'one' });
    phone.respond(received, 486, { tag: 'one' });
    await world.run(10);
    assert.deepEqual(log.events, ['183', '180', 'end 486']);
    await expectNothingLeft(scene);
  });

  test('a 200 after a final refusal, from another fork, gets ACK and BYE once the transaction of the INVITE is over', async () => {
    const scene = await ring(new CallLog(), { timers: { timerD: 1_000 } });
    const { world, phone, received, log } = scene;
    phone.respond(received, 603, { tag: 'one' });
    await world.run(2_000);
    phone.respond(received, 200, { tag: 'two' });
    await world.run(10);
    assert.deepEqual(log.events, ['end 603']);
    assert.deepEqual(phone.requests('BYE').map(toTag), ['two']);
    await expectNothingLeft(scene);
  });
});

/** The BYE of a phone whose To-tag in the INVITE's dialog is `tag`. */
function hangUp(invite: SipRequest, tag: string, phone: RawPeer): string {
  return [
    'BYE sip:caller@192.0.2.1:5060 SIP/2.0',
    `Via: SIP/2.0/UDP ${phone.local.address}:5060;branch=z9hG4bKbye${tag}`,
    'Max-Forwards: 70',
    `From: ${invite.header('To') ?? ''};tag=${tag}`,
    `To: ${invite.header('From') ?? ''}`,
    `Call-ID: ${invite.callId}`,
    'CSeq: 1 BYE',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}
