import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

/** What the caller is told when each leg of a ring_all is refused with one of these codes, in this order; 0: no answer. */
function told(codes: readonly number[]): string | undefined {
  const tree = new TreeDriver(planOf(ringAll(...codes.map(() => leg())), { caller: true }));
  codes.forEach((sipCode, at) => {
    const outcome = sipCode === 486 || sipCode >= 600 ? 'busy' : 'failed';
    if (sipCode !== 0) tree.refuse(`${at + 1}`, sipCode, { outcome });
  });
  tree.advance(30_000);
  return tree.wire().find((line) => line.startsWith('caller-reject'));
}

const rows: readonly (readonly [string, readonly number[], number])[] = [
  ['486 beats 408', [408, 486], 486],
  ['486 beats 408, in either order', [486, 408], 486],
  ['486 beats no answer', [0, 486], 486],
  ['no answer beats 404 and 408', [404, 0, 408], 480],
  ['nobody answered', [0, 0], 480],
  ['408 alone stays', [408], 408],
  ['404 alone stays', [404], 404],
  ['404 beats 408', [408, 404], 404],
  ['RFC 3261 §16.7: a 6xx beats a 4xx', [486, 603], 603],
  ['RFC 3261 §16.7: a 4xx beats a 5xx', [500, 404], 404],
  ['RFC 3261 §16.7: 484 tells the caller more than 480', [480, 484], 484],
  ['RFC 3261 §16.7: a 503 is not passed on', [503], 500],
  ['a challenge to us is no answer to the caller', [407, 401], 480],
  ['a redirection is no answer to the caller', [302], 480],
  ['a 487 that we did not ask for is no answer', [487], 480],
  ['the first of two that are as good', [410, 404], 410],
];

suite('rule 20: the best code', () => {
  for (const [what, codes, expected] of rows) {
    test(`rule 20: ${what}`, () => {
      assert.equal(told(codes), `caller-reject ${expected}`);
    });
  }

  test('rule 20: a code that ends the group beats a better one', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg()), { caller: true, options: { failOn: [404] } }));
    tree.busy('1').refuse('2', 404);
    assert.deepEqual(tree.wire().slice(-1), ['caller-reject 404']);
  });

  test('rule 20: nor does that of a trunk, when the next one was not tried any more', () => {
    const routes = [
      { kind: 'trunk', trunkId: 'a', number: '+31612345678' },
      { kind: 'trunk', trunkId: 'b', number: '+31612345678' },
    ] as const;
    const tree = new TreeDriver(planOf(ringAll(leg({ routes })), { caller: true }), { durableAtOnce: false });
    tree.prepared().refuse('1', 503, { tryNextRoute: true }).hangUp('call-1');
    assert.deepEqual(tree.wire(), ['place 1', 'caller-reject 480']);
  });

  test('rule 20: the code of a leg that we cancelled ourselves says nothing', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), { caller: true }));
    tree.hangUp('call-1').busy('1').refuse('2', 404);
    assert.deepEqual(tree.wire().slice(-1), ['caller-reject 404']);
  });
});
