import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { FakeClock, SeededIdSource } from '@groupcall/testkit';
import { SipRequest, type SipResponse } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import type { Flow } from '../transport/flow.ts';
import { Registrar, type RegistrarLimits, RegistrarLimitsError, type RegistrarSnapshot } from './registrar.ts';

const AOR = 'sip:alice@local';
const UDP_FLOW: Flow = {
  protocol: 'udp',
  local: { address: '192.0.2.10', port: 5060 },
  remote: { address: '198.51.100.7', port: 40_001 },
};
const TCP_FLOW: Flow = { ...UDP_FLOW, protocol: 'tcp', connectionId: 'c1' };
const CONTACT = '<sip:alice@10.0.0.5:5062>';

interface Register {
  contacts?: string[];
  expires?: string;
  callId?: string;
  cseq?: number;
  flow?: Flow;
  via?: string;
  headers?: [string, string][];
}

function setUp(limits: Partial<RegistrarLimits> = {}, clock = new FakeClock(), seed = 1) {
  const registrar = new Registrar({ clock, ids: new SeededIdSource(seed), logger: silentLogger, limits });
  const changes: string[] = [];
  registrar.onChange = (aor, contact, change) => changes.push(`${change} ${aor} ${contact.uri.toString()}`);
  let nextCseq = 1;
  const register = (options: Register = {}, aor = AOR): SipResponse => {
    const { contacts = [], expires, callId = 'boot-1', cseq = nextCseq++, flow = UDP_FLOW, headers = [] } = options;
    const request = SipRequest.create({
      method: 'REGISTER',
      uri: SipUri.parse('sip:local'),
      headers: [
        ['Via', options.via ?? 'SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1;rport=40001;received=198.51.100.7'],
        ['From', `<${AOR}>;tag=f`],
        ['To', `<${AOR}>`],
        ['Call-ID', callId],
        ['CSeq', `${cseq} REGISTER`],
        ['User-Agent', 'Test phone'],
        ...contacts.map((contact): [string, string] => ['Contact', contact]),
        ...(expires === undefined ? [] : [['Expires', expires] as [string, string]]),
        ...headers,
      ],
    });
    const sent: SipResponse[] = [];
    const status = registrar.register({ request, flow, respond: (response) => sent.push(response) }, aor);
    const [response] = sent;
    assert.ok(response);
    assert.equal(sent.length, 1);
    assert.equal(response.status, status);
    return response;
  };
  const uris = (aor = AOR) => registrar.contacts(aor).map(({ uri }) => uri.toString());
  return { clock, registrar, changes, register, uris };
}

/** The Contact lines of a response as `uri expires`. */
function listed(response: SipResponse): string[] {
  return response.contacts.map(({ uri, params }) => `${uri.toString()} ${params.get('expires') ?? '?'}`);
}

describe('adding bindings (RFC 3261 §10.3)', () => {
  test('MUST keep what is needed to reach the phone', () => {
    const { clock, registrar, register } = setUp();
    register({ contacts: [`${CONTACT};q=0.5;+sip.instance="<urn:uuid:1>";video`], expires: '120', cseq: 7 });
    const [contact] = registrar.contacts(AOR);
    assert.ok(contact);
    assert.equal(contact.uri.toString(), 'sip:alice@10.0.0.5:5062');
    assert.equal(contact.q, 0.5);
    assert.equal(contact.instanceId, '<urn:uuid:1>');
    assert.equal(contact.callId, 'boot-1');
    assert.equal(contact.cseq, 7);
    assert.equal(contact.expiresAt, clock.now() + 120_000);
    assert.equal(contact.userAgent, 'Test phone');
    assert.deepEqual(contact.flow, UDP_FLOW);
    assert.deepEqual(contact.path, []);
    assert.equal(registrar.contact(AOR, contact.id), contact);
    assert.equal(registrar.contact(AOR, 'other'), undefined);
  });

  test('MUST answer 200 with each binding, its expires, q and other parameters, and a Date (step 8)', () => {
    const { register } = setUp();
    register({ contacts: ['<sip:alice@192.0.2.1>;q=0.3;audio'], expires: '600' });
    const response = register({ contacts: ['<sip:alice@192.0.2.2>'], expires: '300', callId: 'other' });
    assert.equal(response.status, 200);
    assert.deepEqual(response.headerValues('Contact'), [
      '<sip:alice@192.0.2.2>;expires=300',
      '<sip:alice@192.0.2.1>;expires=600;q=0.3;audio',
    ]);
    assert.equal(response.header('Date'), 'Thu, 01 Jan 2026 00:00:00 GMT');
    assert.ok(response.to.tag);
  });

  test('MUST take several contacts of one request, best q first', () => {
    const { register, uris } = setUp();
    register({ contacts: ['<sip:a@h>;q=0.2, <sip:b@h>;q=0.9', '<sip:c@h>'] });
    assert.deepEqual(uris(), ['sip:c@h', 'sip:b@h', 'sip:a@h']);
  });

  test('MUST prefer the longest registered among equals', () => {
    const { register, uris } = setUp();
    register({ contacts: ['<sip:a@h>'] });
    register({ contacts: ['<sip:b@h>'] });
    register({ contacts: ['<sip:a@h>'] });
    assert.deepEqual(uris(), ['sip:a@h', 'sip:b@h']);
  });

  test('MUST keep AORs apart', () => {
    const { registrar, register, uris } = setUp();
    register({ contacts: ['<sip:a@h>'] });
    register({ contacts: ['<sip:b@h>'] }, 'sip:bob@local');
    assert.deepEqual(uris(), ['sip:a@h']);
    assert.deepEqual(uris('sip:bob@local'), ['sip:b@h']);
    assert.deepEqual(uris('sip:carol@local'), []);
    assert.deepEqual(registrar.counts, { contacts: 2, aors: 2 });
  });

  test('MUST tell a new binding from a refreshed one, by the URI rules of §19.1.4', () => {
    const { changes, register, registrar } = setUp();
    register({ contacts: ['<sip:alice@HOST.example>'] });
    const [before] = registrar.contacts(AOR);
    register({ contacts: ['<sip:%61lice@host.example>'] });
    const [after] = registrar.contacts(AOR);
    assert.equal(registrar.counts.contacts, 1);
    assert.equal(after?.id, before?.id);
    assert.deepEqual(
      changes.map((change) => change.split(' ')[0]),
      ['registered', 'refreshed'],
    );
  });

  test('MUST count the later one when a request names an address twice', () => {
    const { register, uris, changes } = setUp();
    const response = register({ contacts: ['<sip:a@h>;expires=100', '<sip:a@h>;expires=200'] });
    assert.deepEqual(listed(response), ['sip:a@h 200']);
    register({ contacts: ['<sip:a@h>;expires=0', '<sip:a@h>;expires=300'] });
    assert.deepEqual(uris(), ['sip:a@h']);
    register({ contacts: ['<sip:a@h>;expires=300', '<sip:a@h>;expires=0'] });
    assert.deepEqual(uris(), []);
    assert.equal(changes.length, 3);
  });

  test('MUST refuse what no call can be sent to', () => {
    const { register, uris } = setUp();
    assert.equal(register({ contacts: ['<sip:a@h>', '<mailto:a@h>'] }).status, 400);
    assert.deepEqual(uris(), []);
  });

  for (const contact of ['<sip:a@h', '<sip:>', '<sip:a@h>;q=2', '<sip:a@h>;q=x', '<sip:a@h>;q=']) {
    test(`MUST answer 400 and change nothing: ${contact}`, () => {
      const { register, uris } = setUp();
      assert.equal(register({ contacts: ['<sip:ok@h>', contact] }).status, 400);
      assert.deepEqual(uris(), []);
    });
  }

  for (const [text, q] of [
    ['0', 0],
    ['1', 1],
    ['0.5', 0.5],
    ['1.000', 1],
    ['.7', 0.7],
  ] as const) {
    test(`MUST read q=${text}`, () => {
      const { register, registrar } = setUp();
      register({ contacts: [`<sip:a@h>;q=${text}`] });
      assert.equal(registrar.contacts(AOR)[0]?.q, q);
    });
  }
});

describe('how long a binding lives (§10.3 step 7)', () => {
  test('MUST take the parameter before the header, and the default without either', () => {
    const { register } = setUp({ defaultExpiresS: 900 });
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>;expires=100'], expires: '200' })), ['sip:a@h 100']);
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>'], expires: '200' })), ['sip:a@h 200']);
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>'] })), ['sip:a@h 900']);
  });

  test('MUST cut a wish that is too long', () => {
    const { register } = setUp({ maxExpiresS: 1800, defaultExpiresS: 900 });
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>;expires=86400'] })), ['sip:a@h 1800']);
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>;expires=4294967295'] })), ['sip:a@h 1800']);
  });

  test('MUST refuse one that is too brief with 423 and Min-Expires, and change nothing', () => {
    const { register, uris } = setUp({ minExpiresS: 60 });
    const response = register({ contacts: ['<sip:a@h>;expires=600', '<sip:b@h>;expires=59'] });
    assert.equal(response.status, 423);
    assert.equal(response.header('Min-Expires'), '60');
    assert.deepEqual(uris(), []);
    assert.equal(register({ contacts: ['<sip:b@h>;expires=60'] }).status, 200);
  });

  test('MUST take an unreadable expiry for an hour (§20.10)', () => {
    const { register } = setUp({ maxExpiresS: 7200 });
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>;expires=soon'] })), ['sip:a@h 3600']);
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>'], expires: '-1' })), ['sip:a@h 3600']);
  });

  test('MUST forget a binding when its time is over, to the ms, and say so', () => {
    const { clock, registrar, register, changes, uris } = setUp();
    register({ contacts: ['<sip:a@h>;expires=60', '<sip:b@h>;expires=120'] });
    clock.advance(59_999);
    assert.deepEqual(uris(), ['sip:a@h', 'sip:b@h']);
    clock.advance(1);
    assert.deepEqual(uris(), ['sip:b@h']);
    clock.advance(60_000);
    assert.deepEqual(registrar.counts, { contacts: 0, aors: 0 });
    assert.deepEqual(changes.slice(2), [`expired ${AOR} sip:a@h`, `expired ${AOR} sip:b@h`]);
    assert.equal(clock.pending, 0);
  });

  test('MUST list the time that is left', () => {
    const { clock, register } = setUp();
    register({ contacts: ['<sip:a@h>;expires=100'] });
    clock.advance(40_400);
    assert.deepEqual(listed(register()), ['sip:a@h 60']);
    clock.advance(59_500);
    assert.deepEqual(listed(register()), ['sip:a@h 1']);
  });

  test('MUST live anew from each refresh', () => {
    const { clock, register, changes } = setUp();
    register({ contacts: ['<sip:a@h>;expires=60'] });
    clock.advance(50_000);
    register({ contacts: ['<sip:a@h>;expires=60'] });
    clock.advance(59_000);
    assert.equal(changes.length, 2);
    clock.advance(1000);
    assert.equal(changes.at(-1), `expired ${AOR} sip:a@h`);
  });

  for (const limits of [
    { minExpiresS: 0 },
    { minExpiresS: 3601, defaultExpiresS: 7200, maxExpiresS: 7200 },
    { minExpiresS: 600, defaultExpiresS: 300 },
    { defaultExpiresS: 7200, maxExpiresS: 3600 },
    { minExpiresS: NaN },
  ]) {
    test(`MUST refuse limits that contradict one another: ${JSON.stringify(limits)}`, () => {
      assert.throws(() => setUp(limits), RegistrarLimitsError);
    });
  }
});

describe('asking (§10.2.3)', () => {
  test('MUST list the bindings and change nothing without a Contact', () => {
    const { clock, register, changes } = setUp();
    assert.deepEqual(listed(register()), []);
    register({ contacts: ['<sip:a@h>;expires=100'] });
    clock.advance(10_000);
    assert.deepEqual(listed(register({ callId: 'someone', cseq: 1, expires: '0' })), ['sip:a@h 90']);
    assert.equal(changes.length, 1);
  });
});

describe('removing bindings', () => {
  test('MUST remove a contact with expires 0, by parameter or header', () => {
    const { register, uris, changes, clock } = setUp();
    register({ contacts: ['<sip:a@h>', '<sip:b@h>', '<sip:c@h>'] });
    assert.deepEqual(listed(register({ contacts: ['<sip:a@h>;expires=0'] })).length, 2);
    register({ contacts: ['<sip:b@h>'], expires: '0' });
    assert.deepEqual(uris(), ['sip:c@h']);
    assert.deepEqual(changes.slice(3), [`unregistered ${AOR} sip:a@h`, `unregistered ${AOR} sip:b@h`]);
    register({ contacts: ['<sip:c@h>'], expires: '0' });
    assert.equal(clock.pending, 0);
  });

  test('MUST NOT mind removing what is not there', () => {
    const { register, changes } = setUp();
    assert.equal(register({ contacts: ['<sip:a@h>;expires=0'] }).status, 200);
    assert.deepEqual(changes, []);
  });

  test('MUST add and remove in one request', () => {
    const { register, uris } = setUp();
    register({ contacts: ['<sip:a@h>'] });
    register({ contacts: ['<sip:b@h>', '<sip:a@h>;expires=0'] });
    assert.deepEqual(uris(), ['sip:b@h']);
  });

  test('MUST remove every binding for Contact * with Expires 0 (step 6)', () => {
    const { register, registrar, changes, clock } = setUp();
    register({ contacts: ['<sip:a@h>'] });
    register({ contacts: ['<sip:b@h>'], callId: 'other', cseq: 900 });
    const response = register({ contacts: ['*'], expires: '0' });
    assert.equal(response.status, 200);
    assert.deepEqual(listed(response), []);
    assert.deepEqual(registrar.counts, { contacts: 0, aors: 0 });
    assert.equal(changes.length, 4);
    assert.equal(clock.pending, 0);
  });

  for (const [why, options] of [
    ['without Expires', { contacts: ['*'] }],
    ['with another Expires', { contacts: ['*'], expires: '3600' }],
    ['with an unreadable Expires', { contacts: ['*'], expires: 'x' }],
    ['beside another Contact', { contacts: ['*', '<sip:b@h>'], expires: '0' }],
    ['in one line with another Contact', { contacts: ['<sip:b@h>, *'], expires: '0' }],
    ['twice', { contacts: ['*', '*'], expires: '0' }],
  ] as const) {
    test(`MUST answer 400 to Contact * ${why}`, () => {
      const { register, uris } = setUp();
      register({ contacts: ['<sip:a@h>'] });
      assert.equal(register({ ...options, contacts: [...options.contacts] }).status, 400);
      assert.deepEqual(uris(), ['sip:a@h']);
    });
  }

  test('MUST remove when its owner says so', () => {
    const { registrar, register, changes, clock } = setUp();
    register({ contacts: ['<sip:a@h>', '<sip:b@h>', '<sip:c@h>'] });
    const [first] = registrar.contacts(AOR);
    assert.equal(registrar.remove(AOR, first?.id), 1);
    assert.equal(registrar.remove(AOR, 'unknown'), 0);
    assert.equal(registrar.remove(AOR), 2);
    assert.equal(registrar.remove(AOR), 0);
    assert.equal(changes.filter((change) => change.startsWith('unregistered')).length, 3);
    assert.equal(clock.pending, 0);
  });
});

describe('order (steps 6 and 7)', () => {
  test('MUST refuse a CSeq of the same Call-ID that is not higher, and change nothing', () => {
    const { register, registrar } = setUp();
    register({ contacts: ['<sip:a@h>;expires=600'], cseq: 5 });
    for (const cseq of [4, 5]) {
      assert.equal(register({ contacts: ['<sip:a@h>;expires=0'], cseq }).status, 500);
      assert.equal(register({ contacts: ['*'], expires: '0', cseq }).status, 500);
    }
    assert.equal(registrar.counts.contacts, 1);
    assert.equal(register({ contacts: ['<sip:a@h>;expires=0'], cseq: 6 }).status, 200);
  });

  test('MUST take any CSeq of another Call-ID', () => {
    const { register, registrar } = setUp();
    register({ contacts: ['<sip:a@h>;expires=600'], cseq: 500 });
    assert.equal(register({ contacts: ['<sip:a@h>;expires=300'], callId: 'boot-2', cseq: 1 }).status, 200);
    assert.equal(registrar.contacts(AOR)[0]?.callId, 'boot-2');
    assert.equal(registrar.contacts(AOR)[0]?.cseq, 1);
  });

  test('MUST refuse the whole request when one of its contacts is out of order', () => {
    const { register, uris } = setUp();
    register({ contacts: ['<sip:a@h>'], cseq: 5 });
    assert.equal(register({ contacts: ['<sip:b@h>', '<sip:a@h>'], cseq: 5 }).status, 500);
    assert.deepEqual(uris(), ['sip:a@h']);
  });

  test('MUST refuse Contact * as a whole when one binding is out of order', () => {
    const { register, registrar } = setUp();
    register({ contacts: ['<sip:a@h>'], callId: 'other', cseq: 1 });
    register({ contacts: ['<sip:b@h>'], cseq: 9 });
    assert.equal(register({ contacts: ['*'], expires: '0', cseq: 8 }).status, 500);
    assert.equal(registrar.counts.contacts, 2);
  });
});

describe('a phone that was restarted', () => {
  const device = '+sip.instance="<urn:uuid:1>"';

  test('MUST NOT leave its old binding behind (RFC 5626 §6)', () => {
    const { register, uris, changes } = setUp();
    register({ contacts: [`<sip:a@h:1001>;${device}`] });
    register({ contacts: [`<sip:a@h:1002>;${device}`], callId: 'boot-2' });
    assert.deepEqual(uris(), ['sip:a@h:1002']);
    assert.deepEqual(changes.slice(1), [`unregistered ${AOR} sip:a@h:1001`, `registered ${AOR} sip:a@h:1002`]);
  });

  test('MUST NOT cost the others, nor its other flow', () => {
    const { register, uris } = setUp();
    register({
      contacts: ['<sip:b@h>', `<sip:c@h>;+sip.instance="<urn:uuid:2>"`, `<sip:d@h>;${device};reg-id=2`],
      callId: 'x',
    });
    register({ contacts: [`<sip:a@h:1001>;${device};reg-id=1`, `<sip:a@h:1002>;${device};reg-id=1`], callId: 'y' });
    assert.equal(uris().length, 5);
  });

  test('MUST keep both addresses of a device that did not restart: one Call-ID', () => {
    const { register, uris } = setUp();
    register({ contacts: [`<sip:a@h:1001>;${device}`] });
    register({ contacts: [`<sip:a@h:1002>;${device}`] });
    assert.deepEqual(uris(), ['sip:a@h:1001', 'sip:a@h:1002']);
  });

  test('MUST find room although its AOR is full of itself', () => {
    const { register } = setUp({ maxContactsPerAor: 1 });
    register({ contacts: [`<sip:a@h:1001>;${device}`] });
    assert.equal(register({ contacts: [`<sip:a@h:1002>;${device}`], callId: 'boot-2' }).status, 200);
  });
});

describe('limits', () => {
  test('MUST answer 503 with Retry-After above the contacts of an AOR, and change nothing', () => {
    const { register, uris } = setUp({ maxContactsPerAor: 2, retryAfterS: 30 });
    register({ contacts: ['<sip:a@h>'] });
    const response = register({ contacts: ['<sip:b@h>', '<sip:c@h>'] });
    assert.equal(response.status, 503);
    assert.equal(response.header('Retry-After'), '30');
    assert.deepEqual(uris(), ['sip:a@h']);
    assert.equal(register({ contacts: ['<sip:b@h>', '<sip:a@h>'] }).status, 200);
    assert.equal(register({ contacts: ['<sip:c@h>', '<sip:a@h>;expires=0'] }).status, 200);
  });

  test('MUST answer 503 above the contacts in all, and still let others refresh and leave', () => {
    const { register } = setUp({ maxContacts: 2 });
    register({ contacts: ['<sip:a@h>'] }, 'sip:a@local');
    register({ contacts: ['<sip:b@h>'] }, 'sip:b@local');
    assert.equal(register({ contacts: ['<sip:c@h>'] }, 'sip:c@local').status, 503);
    assert.equal(register({ contacts: ['<sip:a@h>'] }, 'sip:a@local').status, 200);
    assert.equal(register({ contacts: ['<sip:a@h>;expires=0'] }, 'sip:a@local').status, 200);
    assert.equal(register({ contacts: ['<sip:c@h>'] }, 'sip:c@local').status, 200);
  });
});

describe('extensions (step 2)', () => {
  test('MUST refuse an extension it does not know with 420 and Unsupported', () => {
    const { register, uris } = setUp();
    const response = register({ contacts: ['<sip:a@h>'], headers: [['Require', 'path, gruu, outbound']] });
    assert.equal(response.status, 420);
    assert.equal(response.header('Unsupported'), 'gruu, outbound');
    assert.deepEqual(uris(), []);
  });

  const PATH: [string, string][] = [
    ['Path', '<sip:p1.example;lr>, <sip:p2.example;lr>'],
    ['Path', '<sip:p3.example;lr>'],
  ];

  test('MUST keep the Path in its order, and give it back in the 200 (RFC 3327 §5.3)', () => {
    const { register, registrar } = setUp();
    const response = register({ contacts: ['<sip:a@h>'], headers: [...PATH, ['Supported', 'gruu, Path']] });
    assert.equal(response.status, 200);
    assert.deepEqual(
      registrar.contacts(AOR)[0]?.path.map((hop) => hop.uri.host),
      ['p1.example', 'p2.example', 'p3.example'],
    );
    assert.deepEqual(
      response.headerValues('Path'),
      PATH.map(([, value]) => value),
    );
  });

  test('MUST refuse a Path with 420 when the phone does not say Supported: path', () => {
    const { register, uris } = setUp();
    const response = register({ contacts: ['<sip:a@h>'], headers: PATH });
    assert.equal(response.status, 420);
    assert.equal(response.header('Unsupported'), 'path');
    assert.deepEqual(uris(), []);
  });

  test('MUST answer 400 to a malformed Path', () => {
    const { register } = setUp();
    const headers: [string, string][] = [
      ['Path', '<sip:p1'],
      ['Supported', 'path'],
    ];
    assert.equal(register({ contacts: ['<sip:a@h>'], headers }).status, 400);
  });
});

describe('where a contact is reached', () => {
  const target = (options: Register) => {
    const { register, registrar } = setUp();
    register({ contacts: [CONTACT], ...options });
    return registrar.contacts(AOR)[0]?.target;
  };
  const source = { protocol: 'udp', address: '198.51.100.7', port: 40_001 };

  test('MUST be the source of the registration for a phone behind a NAT', () => {
    assert.deepEqual(target({}), source);
    assert.deepEqual(target({ via: 'SIP/2.0/UDP 10.0.0.5:5062;branch=z9hG4bK1;received=198.51.100.7' }), source);
  });

  test('MUST be the source for a phone that asks for rport (RFC 3581)', () => {
    assert.deepEqual(target({ contacts: ['<sip:alice@198.51.100.7:5062>'] }), source);
  });

  test('MUST be the Contact for one that sends from another port and does not ask for rport', () => {
    const via = 'SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1';
    assert.equal(target({ contacts: ['<sip:alice@198.51.100.7:5062>'], via }), undefined);
  });

  test('MUST be the same connection on TCP', () => {
    const expected = { protocol: 'tcp', address: '198.51.100.7', port: 40_001, connectionId: 'c1' };
    assert.deepEqual(target({ flow: TCP_FLOW, contacts: ['<sip:alice@10.0.0.5:5062;transport=TCP>'] }), expected);
    assert.deepEqual(target({ flow: TCP_FLOW }), expected);
  });

  test('MUST be the Contact when that names another transport', () => {
    assert.equal(target({ contacts: ['<sip:alice@10.0.0.5:5062;transport=tcp>'] }), undefined);
  });

  test('MUST be left to the Path where there is one', () => {
    const headers: [string, string][] = [
      ['Path', '<sip:p1.example;lr>'],
      ['Supported', 'path'],
    ];
    assert.equal(target({ headers }), undefined);
  });
});

describe('a restart', () => {
  const throughJson = (snapshot: RegistrarSnapshot) => JSON.parse(JSON.stringify(snapshot)) as RegistrarSnapshot;

  test('MUST find every registration, with its order, and let it expire in time', () => {
    const before = setUp();
    before.register({ contacts: [`${CONTACT};q=0.4;video`], expires: '100' });
    before.register({
      contacts: ['<sip:b@h>;+sip.instance="<urn:uuid:1>"'],
      headers: [
        ['Path', '<sip:p1.example;lr>'],
        ['Supported', 'path'],
      ],
    });
    before.register({ contacts: ['<sip:c@h>'] }, 'sip:bob@local');
    const after = setUp({}, before.clock, 2);
    assert.equal(after.registrar.restore(throughJson(before.registrar.snapshot())), 3);
    assert.deepEqual(after.registrar.snapshot(), before.registrar.snapshot());
    assert.deepEqual(after.registrar.counts, { contacts: 3, aors: 2 });
    assert.deepEqual(after.changes, []);
    assert.equal(after.register({ contacts: [`${CONTACT};expires=0`], cseq: 1 }).status, 500);
    before.registrar.close();
    after.clock.advance(100_000);
    assert.deepEqual(after.changes, [`expired ${AOR} sip:alice@10.0.0.5:5062`]);
    after.registrar.close();
    assert.equal(after.clock.pending, 0);
  });

  test('MUST leave out what expired meanwhile, what is unreadable, and what is too much', () => {
    const before = setUp();
    before.register({ contacts: ['<sip:a@h>;expires=60', '<sip:b@h>;expires=600', '<sip:c@h>;expires=600'] });
    const { contacts } = throughJson(before.registrar.snapshot());
    before.clock.advance(60_000);
    const after = setUp({ maxContacts: 1 }, before.clock, 2);
    const broken = contacts.map((contact) => ({ ...contact, contact: '<sip:' }));
    assert.equal(after.registrar.restore({ contacts: [...broken, ...contacts] }), 1);
    assert.deepEqual(after.uris(), ['sip:b@h']);
  });

  test('MUST NOT look for a connection that is gone', () => {
    const before = setUp();
    before.register({ contacts: [CONTACT], flow: TCP_FLOW });
    const after = setUp({}, before.clock, 2);
    after.registrar.restore(throughJson(before.registrar.snapshot()));
    const [contact] = after.registrar.contacts(AOR);
    assert.equal(contact?.flow.connectionId, undefined);
    assert.equal(contact?.target, undefined);
  });

  test('MUST still reach a phone behind a NAT on UDP', () => {
    const before = setUp();
    before.register({ contacts: [CONTACT] });
    const after = setUp({}, before.clock, 2);
    after.registrar.restore(throughJson(before.registrar.snapshot()));
    assert.deepEqual(after.registrar.contacts(AOR)[0]?.target, { protocol: 'udp', ...UDP_FLOW.remote });
  });
});

describe('its owner', () => {
  test('MUST see the new state when told of a change', () => {
    const { registrar, register, uris } = setUp();
    register({ contacts: ['<sip:a@h>'] });
    const seen: string[][] = [];
    registrar.onChange = () => seen.push(uris());
    register({ contacts: ['<sip:b@h>', '<sip:a@h>;expires=0'] });
    assert.deepEqual(seen, [['sip:b@h'], ['sip:b@h']]);
  });

  test('MUST NOT spoil an answer or the table by failing', () => {
    const { registrar, register, uris } = setUp();
    registrar.onChange = () => {
      throw new Error('out of order');
    };
    assert.equal(register({ contacts: ['<sip:a@h>', '<sip:b@h>'] }).status, 200);
    assert.equal(uris().length, 2);
  });

  test('MUST be able to stop every timer', () => {
    const { registrar, register, clock, changes } = setUp();
    register({ contacts: ['<sip:a@h>', '<sip:b@h>'] });
    registrar.close();
    registrar.close();
    assert.equal(clock.pending, 0);
    assert.equal(changes.length, 2);
  });
});
