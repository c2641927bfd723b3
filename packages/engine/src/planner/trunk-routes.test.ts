import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTrunk } from '@groupcall/testkit';
import { trunkRoutes } from './trunk-routes.ts';

const trunk = (id: string, prefixes: readonly string[], priority = 0) => testTrunk({ id, prefixes, priority });

test('MUST try the longest prefix first, then the lower priority, then the order given', () => {
  const trunks = [
    trunk('any', [], 0),
    trunk('berlin-2', ['+4930'], 2),
    trunk('berlin-1a', ['+1', '+4930'], 1),
    trunk('berlin-1b', ['49', '4930'], 1),
    trunk('germany', ['+49'], 0),
    trunk('us', ['+1'], 0),
  ];
  const order = trunkRoutes(trunks, '+4930123').map((route) => route.kind === 'trunk' && route.trunkId);
  assert.deepEqual(order, ['berlin-1a', 'berlin-1b', 'berlin-2', 'germany', 'any']);
});

test('MUST give no way when no trunk carries the number', () => {
  assert.deepEqual(trunkRoutes([trunk('us', ['+1'])], '+4930123'), []);
  assert.deepEqual(trunkRoutes([], '+4930123'), []);
});

test('MUST carry the limits of a trunk, where it has any', () => {
  const limited = testTrunk({ id: 'limited', maxCps: 2, maxCalls: 30 });
  assert.deepEqual(trunkRoutes([limited, trunk('free', [])], '+4930123'), [
    { kind: 'trunk', trunkId: 'limited', number: '+4930123', maxCps: 2, maxCalls: 30 },
    { kind: 'trunk', trunkId: 'free', number: '+4930123' },
  ]);
});
