import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customHeaders } from './custom-headers.ts';

test('MUST take headers that only say more, in their order', () => {
  const headers = {
    'X-Queue': 'sales',
    'Alert-Info': '<http://www.example.com/ring.wav>;info=alert-internal',
    Subject: 'Störung',
    'User-to-User': ' 56a390;encoding=hex ',
    'x-tab': 'a\tb',
  };
  assert.deepEqual(customHeaders(headers), {
    lines: Object.entries(headers).map(([name, value]) => [name, value.trim()]),
  });
  assert.deepEqual(customHeaders({}), { lines: [] });
});

const REFUSED = [
  ...['Via', 'v', 'From', 'f', 'TO', 't', 'Call-ID', 'i', 'CSeq', 'Contact', 'm', 'Max-Forwards', 'Route'],
  ...['Record-Route', 'Content-Type', 'c', 'Content-Length', 'l', 'content-disposition', 'Content-Anything', 'e'],
  ...['Require', 'Supported', 'k', 'Allow', 'Authorization', 'Proxy-Authorization', 'Reason', 'Privacy'],
  ...['P-Asserted-Identity', 'Remote-Party-ID', 'Identity', 'Session-Expires', 'Replaces', 'Refer-To', 'Path'],
];

for (const name of REFUSED) {
  test(`MUST refuse ${name}, and name it`, () => {
    const result = customHeaders({ 'X-Fine': '1', [name]: 'x' });
    assert.ok('problem' in result && result.problem.includes(name));
  });
}

for (const name of ['', 'two words', 'colon:', 'X\r\nVia', 'ü']) {
  test(`MUST refuse the name ${JSON.stringify(name)}`, () => {
    assert.ok('problem' in customHeaders({ [name]: 'x' }));
  });
}

for (const value of ['a\r\nVia: SIP/2.0/UDP evil', 'a\nb', 'a\rb', 'a\u0000b', 'a\u007fb']) {
  test(`MUST refuse the value ${JSON.stringify(value)}`, () => {
    assert.ok('problem' in customHeaders({ 'X-Fine': value }));
  });
}
