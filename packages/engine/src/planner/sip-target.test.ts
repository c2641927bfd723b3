import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSipTarget, parseSipTarget, phoneKey } from './sip-target.ts';

test('MUST read a SIP URI with or without its scheme, and write it with it', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['alice@example.com', 'sip:alice@example.com'],
    ['sip:alice@example.com', 'sip:alice@example.com'],
    ['SIP:Alice@EXAMPLE.com:5070', 'sip:Alice@example.com:5070'],
    ['sips:alice@example.com;transport=tcp', 'sips:alice@example.com;transport=tcp'],
    ['127.0.0.1:5081', 'sip:127.0.0.1:5081'],
    ['sip:+15550100;npdi@gw.example', 'sip:+15550100;npdi@gw.example'],
    ['sip:a%40b@host;lr;x=%3D', 'sip:a%40b@host;lr;x=%3D'],
    ['sip:bob@[2001:DB8::1]:5060', 'sip:bob@[2001:db8::1]:5060'],
    ['sip:bob@[2001:db8::1]', 'sip:bob@[2001:db8::1]'],
  ];
  for (const [text, written] of rows) {
    const target = parseSipTarget(text);
    assert.ok(target, text);
    assert.equal(formatSipTarget(target), written);
  }
});

test('rule 4: MUST NOT read what is no SIP URI, or could end the line it is written to', () => {
  const wrong = [
    ...['', 'sip:', '@host', 'sip:@host', 'alice@', 'alice@ho st', 'alice@host:', 'alice@host:0', 'alice@host:65536'],
    ...[
      'alice@host:50x',
      'http://host/',
      'tel:+1555',
      'mailto:a@b',
      'sip:a:secret@b',
      'a b@host',
      'alice@host?Subject=x',
      'alice@host\r\nVia: x',
    ],
    ...['"Alice" <sip:alice@host>', '<sip:alice@host>', 'alice@-host', 'alice@host..com', 'alice@[::1', 'alice@h;=x'],
    ...['ali%4ce%zz@host', `${'a'.repeat(2000)}@host`],
  ];
  for (const text of wrong) assert.equal(parseSipTarget(text), undefined, text);
});

test('MUST know the same phone whatever the parameters, the scheme and a default port', () => {
  const key = phoneKey('sip:alice@192.0.2.1');
  for (const uri of ['sip:alice@192.0.2.1:5060', 'sips:alice@192.0.2.1;transport=tls', 'alice@192.0.2.1;ob']) {
    assert.equal(phoneKey(uri), key, uri);
  }
  for (const uri of ['sip:bob@192.0.2.1', 'sip:alice@192.0.2.1:5061', 'sip:alice@192.0.2.2', 'sip:192.0.2.1']) {
    assert.notEqual(phoneKey(uri), key, uri);
  }
  assert.equal(phoneKey('not a uri'), 'not a uri');
});
