import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '@groupcall/engine';
import { testAddress } from '@groupcall/testkit';
import { callerIdentity } from './from-header.ts';

const TEL = testAddress({ type: 'tel', target: '+1 (555) 010-0', name: 'Alice' });

interface Row {
  readonly title: string;
  readonly source?: Address;
  readonly callerId?: string;
  readonly from: string;
}

const ROWS: readonly Row[] = [
  { title: 'a number', source: TEL, from: '"Alice" <sip:+15550100@test>' },
  { title: 'no display name', source: { ...TEL, name: '' }, from: '<sip:+15550100@test>' },
  {
    title: 'an endpoint',
    source: testAddress({ type: 'endpoint', target: 'test11@test', name: 'Desk' }),
    from: '"Desk" <sip:test11@test>',
  },
  {
    title: 'an extension by its name',
    source: testAddress({ type: 'extension', target: 'test11' }),
    from: '<sip:test11@test>',
  },
  {
    title: 'an extension by name and domain',
    source: testAddress({ type: 'extension', target: 'test11@test' }),
    from: '<sip:test11@test>',
  },
  {
    title: 'a SIP URI, without what is nobody’s business',
    source: testAddress({ type: 'sip', target: 'sip:bob:secret@192.0.2.7:5070;transport=tcp?Subject=x' }),
    from: '<sip:bob@192.0.2.7>',
  },
  {
    title: 'a SIP URI without its scheme',
    source: testAddress({ type: 'sip', target: 'bob@host.example' }),
    from: '<sip:bob@host.example>',
  },
  {
    title: 'an agent by name',
    source: testAddress({ type: 'agent', target: 'id-1', targetName: 'carol', name: 'Carol' }),
    from: '"Carol" <sip:carol@test>',
  },
  {
    title: 'nobody',
    source: testAddress({ type: 'tel', target: '' }),
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
  },
  {
    title: 'quotes and backslashes in the name',
    source: { ...TEL, name: 'A "B" \\ C' },
    from: '"A \\"B\\" \\\\ C" <sip:+15550100@test>',
  },
  {
    title: 'line ends in the name as spaces',
    source: { ...TEL, name: 'A\r\nVia: x\u0000' },
    from: '"A Via: x" <sip:+15550100@test>',
  },
  { title: 'letters beyond ASCII', source: { ...TEL, name: 'Ärzte 📞' }, from: '"Ärzte 📞" <sip:+15550100@test>' },
  {
    title: 'odd characters in the user',
    source: testAddress({ type: 'extension', target: 'a b@<c>' }),
    from: '<sip:a%20b@test>',
  },
  { title: 'a number shown instead', callerId: '+49 30 1234', from: '<sip:+49301234@test>' },
  { title: 'an address shown instead', callerId: 'sales@shop.example', from: '<sip:sales@shop.example>' },
  {
    title: 'a name-addr shown instead',
    callerId: '"Sales, Ltd." <sip:sales@shop.example;x=y>',
    from: '"Sales, Ltd." <sip:sales@shop.example>',
  },
  { title: 'a name shown instead', callerId: 'Front desk', from: '"Front desk" <sip:Front%20desk@test>' },
  { title: 'what looks like an address and is none', callerId: 'a@b@<', from: '"a@b@<" <sip:a%40b%40%3C@test>' },
  { title: 'a blank caller id as none', callerId: '  ', from: '"Alice" <sip:+15550100@test>' },
];

for (const { title, source = TEL, callerId, from } of ROWS) {
  test(`From MUST show ${title}`, () => {
    const identity = callerIdentity({ source, callerId, anonymous: false, domain: 'test' });
    assert.equal(identity.from.toString(), from);
    assert.deepEqual(identity.headers, []);
  });
}

test('RFC 3323: a caller who wants to be unknown MUST be so in From, with Privacy: id and nothing that names him', () => {
  const { from, headers } = callerIdentity({ source: TEL, callerId: '+4930', anonymous: true, domain: 'test' });
  assert.equal(from.toString(), '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.deepEqual(headers, [['Privacy', 'id']]);
});

test('RFC 3325: a trunk, and only a trunk, MUST get the true identity, in its own name space', () => {
  const input = { source: TEL, domain: 'test', trunkHost: 'trunk.example' };
  const shown = callerIdentity({ ...input, anonymous: false });
  assert.equal(shown.from.toString(), '"Alice" <sip:+15550100@trunk.example>');
  assert.deepEqual(shown.headers, [['P-Asserted-Identity', '"Alice" <sip:+15550100@trunk.example>']]);
  const hidden = callerIdentity({ ...input, anonymous: true });
  assert.equal(hidden.from.toString(), '"Anonymous" <sip:anonymous@anonymous.invalid>');
  assert.deepEqual(hidden.headers, [
    ['P-Asserted-Identity', '"Alice" <sip:+15550100@trunk.example>'],
    ['Privacy', 'id'],
  ]);
  const extension = callerIdentity({
    ...input,
    source: testAddress({ type: 'extension', target: 'test11@test' }),
    anonymous: false,
  });
  assert.equal(extension.from.toString(), '<sip:test11@trunk.example>');
});

test('MUST assert nothing to a trunk when nobody is known to call', () => {
  const source = testAddress({ type: 'tel', target: '' });
  assert.deepEqual(
    callerIdentity({ source, anonymous: false, domain: 'test', trunkHost: 'trunk.example' }).headers,
    [],
  );
});
