import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCustomer, testCustomerId } from '@groupcall/testkit';
import { ServedDomains } from './served-domains.ts';

const HOME = testCustomer({ domain: 'home.example' });
const SHOP = testCustomer({ customerId: testCustomerId(2), domain: 'shop.example' });

const domains = new ServedDomains(
  {
    customerByDomain: (domain) => Promise.resolve([HOME, SHOP].find((customer) => customer.domain === domain)),
    defaultCustomer: () => Promise.resolve(HOME),
    extension: () => Promise.resolve(undefined),
  },
  ['pbx.example'],
);

const ROWS: readonly (readonly [hosts: readonly string[], expected: string | undefined])[] = [
  [['shop.example'], 'shop.example'],
  [['SHOP.example'], 'shop.example'],
  [['shop.example', '192.0.2.1'], 'shop.example'],
  [['192.0.2.1', 'shop.example'], 'shop.example'],
  [['192.0.2.1'], 'home.example'],
  [['2001:db8::1'], 'home.example'],
  [['localhost', 'LocalHost'], 'home.example'],
  [['Pbx.example'], 'home.example'],
  [['elsewhere.example', '192.0.2.1'], 'home.example'],
  [['elsewhere.example'], undefined],
  [['192.0.2.1.example'], undefined],
  [[], undefined],
];

for (const [hosts, expected] of ROWS) {
  test(`MUST take ${hosts.join(', ') || 'no host'} for ${expected ?? 'nobody'}`, async () => {
    assert.equal((await domains.customerOf(hosts))?.domain, expected);
  });
}
