import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { CryptoIdSource, NodeNetwork, silentLogger, type SocketAddress, SystemClock } from '@groupcall/kernel';
import type { InviteDialog, SipRequest } from '@groupcall/sip';
import { Audio } from './audio.ts';
import { Phone, PhoneError } from './phone.ts';
import type { PhoneSettings } from './phone-settings.ts';
import { LocalSdp, parseSdp } from './sdp.ts';
import { EventLog } from './testing/event-log.ts';
import { Pbx } from './testing/pbx.ts';

const LOOPBACK: SocketAddress = { address: '127.0.0.1', port: 0 };
const NOBODY: SocketAddress = { address: '127.0.0.1', port: 9 };
const ELSEWHERE: [string, string][] = [
  ['Reason', 'SIP;cause=200;text="Call completed elsewhere"'],
  ['Reason', 'Q.850;cause=26'],
];

const common = { clock: new SystemClock(), ids: new CryptoIdSource(), network: new NodeNetwork() };

const closers = new WeakMap<TestContext, (() => Promise<void>)[]>();

/** Closes what a test opened when it is over, the last first: a phone before its switchboard. */
function atEnd(t: TestContext, close: () => Promise<void>): void {
  let stack = closers.get(t);
  if (stack === undefined) {
    const fresh: (() => Promise<void>)[] = (stack = []);
    closers.set(t, fresh);
    t.after(async () => {
      for (const closer of fresh.reverse()) await closer();
    });
  }
  stack.push(close);
}

/** A started phone and what it tells. It is closed at the end of the test. */
async function startPhone(t: TestContext, settings: Partial<PhoneSettings>) {
  const log = new EventLog();
  const phone = new Phone({
    ...common,
    logger: silentLogger,
    onEvent: log.push,
    settings: {
      user: 'alice',
      password: 'secret',
      domain: 'local',
      server: NOBODY,
      transport: 'udp',
      listen: LOOPBACK,
      expiresS: 600,
      register: true,
      behaviour: { kind: 'ring' },
      call: undefined,
      hangUpAfterMs: undefined,
      toneHz: 400,
      ...settings,
    },
  });
  atEnd(t, () => phone.close());
  await phone.start();
  const { address, port } = await log.until('ready');
  return { phone, log, address: { address, port } };
}

async function startPbx(t: TestContext, ...args: ConstructorParameters<typeof Pbx>): Promise<Pbx> {
  const pbx = new Pbx(...args);
  atEnd(t, () => pbx.close());
  await pbx.start();
  return pbx;
}

/** A registered phone at a switchboard that can talk. */
async function setUp(
  t: TestContext,
  settings: Partial<PhoneSettings> = {},
  ...args: ConstructorParameters<typeof Pbx>
) {
  const pbx = await startPbx(t, ...args);
  const audio = await Audio.open({ ...common, address: LOOPBACK.address });
  atEnd(t, () => audio.close());
  const sdp = new LocalSdp(audio.local, 1);
  const { phone, log } = await startPhone(t, { server: pbx.address, ...settings });
  await log.until('registered');
  return { pbx, audio, sdp, phone, log, offer: () => sdp.offer('sendrecv') };
}

/** Two phones, the first of which calls the second directly. */
async function callDirectly(t: TestContext, callee: Partial<PhoneSettings> = {}, caller: Partial<PhoneSettings> = {}) {
  const bob = await startPhone(t, { user: 'bob', register: false, ...callee });
  const alice = await startPhone(t, { server: bob.address, register: false, call: 'bob', ...caller });
  return { alice, bob };
}

const nextBye = (dialog: InviteDialog): Promise<SipRequest> =>
  new Promise((resolve) => {
    dialog.onBye = resolve;
  });

for (const protocol of ['udp', 'tcp'] as const) {
  describe(`registration over ${protocol}`, () => {
    test('MUST answer the challenge, and take the registration back at the end', async (t) => {
      const { pbx, phone, log } = await setUp(t, { transport: protocol }, protocol);
      const { contact, expires } = await log.until('registered');
      assert.equal(expires, 600);
      assert.equal(pbx.contact('alice').uri.toString(), contact);
      assert.match(pbx.registers.at(-1)?.header('Authorization') ?? '', /algorithm=SHA-256/);
      await phone.close();
      assert.deepEqual(log.names, ['ready', 'registered', 'unregistered']);
      assert.deepEqual(pbx.registrar.contacts('alice'), []);
    });

    test('MUST say which status refused a wrong password', async (t) => {
      const pbx = await startPbx(t, protocol);
      const { log } = await startPhone(t, { server: pbx.address, transport: protocol, password: 'wrong' });
      assert.equal((await log.until('unregistered')).status, 401);
    });

    test('MUST do so without a password', async (t) => {
      const pbx = await startPbx(t, protocol);
      const { log } = await startPhone(t, { server: pbx.address, transport: protocol, password: '' });
      assert.equal((await log.until('unregistered')).status, 401);
      assert.equal(pbx.registers.length, 1);
    });

    test('MUST ring and answer over what it registered by', async (t) => {
      const settings = { transport: protocol, behaviour: { kind: 'answer', afterMs: 0 } } as const;
      const { pbx, log, offer } = await setUp(t, settings, protocol);
      // On TCP that is the connection which the phone opened: nothing listens at its far end.
      assert.equal(pbx.contact('alice').target?.connectionId === undefined, protocol === 'udp');
      const answer = await pbx.call('alice', offer()).answered;
      answer.acknowledge();
      await log.until('talking');
      answer.dialog.bye();
      await log.until('ended');
      assert.deepEqual(log.names.slice(2), ['ringing', 'answered', 'talking', 'ended']);
    });
  });
}

describe('an incoming call', () => {
  test('MUST ring, be answered after its time, and talk both ways', async (t) => {
    const { pbx, audio, log, offer } = await setUp(t, { behaviour: { kind: 'answer', afterMs: 50 } });
    const call = pbx.call('alice', offer());
    assert.equal(await call.ringing, 180);
    const answer = await call.answered;
    answer.acknowledge();
    audio.send(parseSdp(answer.response.body.toString()).audio);
    await log.until('rtp', ({ sent, received }) => sent > 0 && received > 0);
    assert.ok(audio.counts.received > 0);
    const bye = new Promise((resolve) => {
      answer.dialog.onByeDone = resolve;
    });
    answer.dialog.bye();
    await bye;
    const ended = await log.until('ended');
    assert.equal(ended.by, 'remote');
    assert.equal(ended.reason, 'hung up');
    assert.equal(ended.missedCalls, 0);
  });

  test('MUST hang up by itself after its time', async (t) => {
    const { pbx, log, offer } = await setUp(t, { behaviour: { kind: 'answer', afterMs: 0 }, hangUpAfterMs: 100 });
    const answer = await pbx.call('alice', offer()).answered;
    const bye = nextBye(answer.dialog);
    answer.acknowledge();
    await bye;
    const ended = await log.until('ended');
    assert.deepEqual([ended.by, ended.reason], ['local', 'hung up']);
  });

  test('MUST be shown as answered elsewhere, and not missed, when the CANCEL says so', async (t) => {
    const { pbx, log, offer } = await setUp(t);
    const call = pbx.call('alice', offer());
    await call.ringing;
    call.invite.cancel(ELSEWHERE);
    const cancelled = await log.until('cancelled');
    assert.deepEqual(
      cancelled.reason,
      ELSEWHERE.map(([, value]) => value),
    );
    assert.equal(cancelled.answeredElsewhere, true);
    const ended = await log.until('ended');
    assert.deepEqual(
      [ended.by, ended.reason, ended.status, ended.missedCalls],
      ['remote', 'answered elsewhere', 487, 0],
    );
    const end = await call.ended;
    assert.equal(end.kind === 'response' && end.response.status, 487);
  });

  for (const [why, headers] of [
    ['no Reason', []],
    ['another Reason', [['Reason', 'SIP;cause=487;text="Request Terminated"']]],
  ] as [string, [string, string][]][]) {
    test(`MUST be a missed one when the CANCEL has ${why}`, async (t) => {
      const { pbx, log, offer } = await setUp(t);
      for (let missed = 1; missed <= 2; missed++) {
        const call = pbx.call('alice', offer());
        await call.ringing;
        call.invite.cancel(headers);
        const ended = await log.until('ended', ({ missedCalls }) => missedCalls === missed);
        assert.equal(ended.reason, 'missed');
        await call.ended;
      }
    });
  }

  test('MUST be shown as answered elsewhere when the answer came too late and the BYE says so', async (t) => {
    const { pbx, log, offer } = await setUp(t, { behaviour: { kind: 'answer', afterMs: 0 } });
    const answer = await pbx.call('alice', offer()).answered;
    answer.acknowledge();
    answer.dialog.bye(ELSEWHERE);
    const ended = await log.until('ended');
    assert.deepEqual([ended.by, ended.reason, ended.missedCalls], ['remote', 'answered elsewhere', 0]);
    assert.equal(ended.reasonHeaders.length, 2);
  });

  test('MUST be refused with the status it was set to', async (t) => {
    const { pbx, log, offer } = await setUp(t, { behaviour: { kind: 'decline', status: 603 } });
    const end = await pbx.call('alice', offer()).ended;
    assert.equal(end.kind === 'response' && end.response.status, 603);
    const ended = await log.until('ended');
    assert.deepEqual([ended.by, ended.reason, ended.status, ended.missedCalls], ['local', 'declined', 603, 0]);
  });

  test('MUST do what it is told while it rings', async (t) => {
    const { pbx, phone, log, offer } = await setUp(t);
    const refused = pbx.call('alice', offer());
    await log.until('ringing');
    phone.execute({ command: 'decline', status: 480 });
    const end = await refused.ended;
    assert.equal(end.kind === 'response' && end.response.status, 480);
    const second = pbx.call('alice', offer());
    await log.until('ringing', ({ callId }) => callId === second.invite.callId);
    phone.execute({ command: 'answer' });
    const answer = await second.answered;
    const bye = nextBye(answer.dialog);
    answer.acknowledge();
    await log.until('talking');
    phone.execute({ command: 'hangup' });
    await bye;
    await log.until('ended', ({ callId }) => callId === second.invite.callId);
  });

  test('MUST get nothing at all from a silent phone, over UDP and TCP', async (t) => {
    for (const protocol of ['udp', 'tcp'] as const) {
      const { pbx, offer } = await setUp(
        t,
        { transport: protocol, behaviour: { kind: 'silent' } },
        protocol,
        undefined,
        {
          timers: { t1: 10 },
        },
      );
      const call = pbx.call('alice', offer());
      assert.equal((await call.ended).kind, 'timeout');
      assert.deepEqual(call.provisional, []);
    }
  });

  test('MUST be busy for a second call', async (t) => {
    const { pbx, phone, log, offer } = await setUp(t);
    const first = pbx.call('alice', offer());
    await log.until('ringing');
    const end = await pbx.call('alice', offer()).ended;
    assert.equal(end.kind === 'response' && end.response.status, 486);
    assert.throws(() => {
      phone.call('bob');
    }, PhoneError);
    first.invite.cancel();
    await log.until('ended');
  });

  test('MUST be refused with 488 when it offers nothing this phone speaks', async (t) => {
    const { pbx, log, offer } = await setUp(t);
    const end = await pbx.call(
      'alice',
      offer()
        .replace('RTP/AVP 0', 'RTP/AVP 8')
        .replace(/a=rtpmap.*\r\n/, ''),
    ).ended;
    assert.equal(end.kind === 'response' && end.response.status, 488);
    assert.equal((await log.until('ended')).reason, 'failed');
  });

  test('MUST be answered with an offer when it has none, and take the answer from the ACK', async (t) => {
    const { pbx, audio, sdp, log } = await setUp(t, { behaviour: { kind: 'answer', afterMs: 0 } });
    const answer = await pbx.call('alice', undefined).answered;
    const offered = parseSdp(answer.response.body.toString());
    answer.acknowledge(sdp.answer(offered, 'sendrecv'));
    audio.send(offered.audio);
    await log.until('rtp', ({ sent, received }) => sent > 0 && received > 0);
    answer.dialog.bye();
    await log.until('ended');
  });
});

describe('an outgoing call', () => {
  test('MUST reach the other phone, and both hear each other', async (t) => {
    const { alice, bob } = await callDirectly(t, { behaviour: { kind: 'answer', afterMs: 50 } });
    for (const { log } of [alice, bob]) await log.until('rtp', ({ sent, received }) => sent > 0 && received > 0);
    alice.phone.execute({ command: 'hangup' });
    const [one, other] = await Promise.all([alice.log.until('ended'), bob.log.until('ended')]);
    assert.deepEqual([one.by, one.reason, one.direction], ['local', 'hung up', 'out']);
    assert.deepEqual([other.by, other.reason, other.direction], ['remote', 'hung up', 'in']);
    assert.deepEqual(alice.log.names, ['ready', 'calling', 'ringing', 'answered', 'talking', 'ended']);
    assert.deepEqual(bob.log.names, ['ready', 'ringing', 'answered', 'talking', 'ended']);
  });

  test('MUST be given up with CANCEL, which the other phone counts as missed', async (t) => {
    const { alice, bob } = await callDirectly(t);
    await alice.log.until('ringing');
    alice.phone.execute({ command: 'cancel' });
    const [one, other] = await Promise.all([alice.log.until('ended'), bob.log.until('ended')]);
    assert.deepEqual([one.by, one.reason, one.status], ['local', 'cancelled', 487]);
    assert.deepEqual([other.reason, other.missedCalls], ['missed', 1]);
  });

  test('MUST tell how it was refused', async (t) => {
    const { alice } = await callDirectly(t, { behaviour: { kind: 'decline', status: 486 } });
    const ended = await alice.log.until('ended');
    assert.deepEqual([ended.by, ended.reason, ended.status], ['remote', 'refused', 486]);
  });

  test('MUST be placed once the phone is registered, with its credentials', async (t) => {
    const pbx = await startPbx(t);
    const invites: SipRequest[] = [];
    pbx.userAgent.onInvite = (invite) => {
      invites.push(invite.request);
      invite.reject(404);
    };
    const { log } = await startPhone(t, { server: pbx.address, call: 'sip:carol@local' });
    const ended = await log.until('ended');
    assert.equal(ended.status, 404);
    assert.deepEqual(log.names, ['ready', 'registered', 'calling', 'ended']);
    assert.equal(invites[0]?.rawUri, 'sip:carol@local');
    assert.equal(invites[0].from.uri.toString(), 'sip:alice@local');
  });

  test('MUST be held and resumed: the direction is told, and nothing is sent meanwhile', async (t) => {
    const { alice, bob } = await callDirectly(t, { behaviour: { kind: 'answer', afterMs: 0 } });
    await Promise.all([alice.log.until('talking'), bob.log.until('talking')]);
    alice.phone.execute({ command: 'hold' });
    const [own, told] = await Promise.all([alice.log.until('media'), bob.log.until('media')]);
    assert.deepEqual([own.by, own.direction, told.by, told.direction], ['local', 'sendonly', 'remote', 'recvonly']);
    const { events } = alice.log;
    const held = events.length;
    const first = await alice.log.until('rtp', (event) => events.indexOf(event) >= held);
    const second = await alice.log.until('rtp', (event) => events.indexOf(event) > events.indexOf(first));
    assert.equal(second.sent, first.sent);
    alice.phone.execute({ command: 'resume' });
    const resumed = await alice.log.until('media', ({ direction }) => direction === 'sendrecv');
    assert.equal(resumed.by, 'local');
    await alice.log.until('rtp', ({ sent }) => sent > second.sent);
    bob.phone.execute({ command: 'hangup' });
    await Promise.all([alice.log.until('ended'), bob.log.until('ended')]);
  });

  test('MUST fail when nobody is there', async (t) => {
    const { log } = await startPhone(t, { server: NOBODY, transport: 'tcp', register: false, call: 'bob' });
    const ended = await log.until('ended');
    assert.deepEqual([ended.reason, ended.status], ['failed', 0]);
  });
});

describe('commands at the wrong time', () => {
  test('MUST be refused in plain words, and change nothing', async (t) => {
    const { phone, log } = await startPhone(t, { register: false });
    for (const command of ['answer', 'cancel', 'hangup', 'hold', 'resume'] as const) {
      assert.throws(
        () => {
          phone.execute({ command });
        },
        (error) => error instanceof PhoneError && error.code === 'PHONE_STATE' && error.message.includes('no call'),
      );
    }
    assert.throws(
      () => {
        phone.call('<');
      },
      (error) => error instanceof PhoneError && error.code === 'PHONE_ADDRESS',
    );
    assert.deepEqual(log.names, ['ready']);
  });
});

describe('the end', () => {
  test('MUST hang up a call that is going on', async (t) => {
    const { alice, bob } = await callDirectly(t, { behaviour: { kind: 'answer', afterMs: 0 } });
    await bob.log.until('talking');
    await Promise.all([alice.phone.close(), bob.log.until('ended')]);
    assert.equal(alice.log.names.at(-1), 'ended');
  });

  test('MUST come although the registrar is gone', async (t) => {
    const pbx = await startPbx(t);
    const { phone, log } = await startPhone(t, { server: pbx.address });
    await log.until('registered');
    await pbx.close();
    await phone.close();
    await phone.close();
  });

  test('MUST come while it is still registering', async (t) => {
    const { phone } = await startPhone(t, { server: NOBODY });
    await phone.close();
  });
});
