import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LegRoute } from '../ports/signaling-port.ts';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

const follow = { options: { redirects: 'follow' } } as const;

function to(uri: string): LegRoute {
  return { kind: 'uri', uri };
}

suite('rule 22: redirections', () => {
  test('rule 22: a 3xx is not followed by default, and never ends the other legs', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())));
    tree.redirect('1', 'sip:x@elsewhere');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2']);
    assert.equal(tree.call('1').status, 'hangup');
    assert.equal(tree.call('1').hangupReason, 'failed');
    assert.equal(tree.call('1').sipCode, 302);
    assert.equal(tree.call('1').why, 'failed: 302 Moved Temporarily, and redirections are not followed');
    assert.equal(tree.call('2').status, 'dialing');
  });

  test('rule 22: with "follow" the target is looked up and rung in the same leg', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    tree.ring('1').redirect('1', 'sip:x@elsewhere');
    assert.deepEqual(tree.wire(), ['place 1', 'resolve 1 sip:x@elsewhere']);
    assert.equal(tree.group().callCount, 1, 'it lives while it is looked up');
    tree.resolved('1', [to('sip:x@elsewhere')]);
    const place = tree.places().at(-1);
    assert.deepEqual(place?.leg.route, to('sip:x@elsewhere'));
    assert.equal(place.attempt, 2);
    assert.equal(tree.call('1').status, 'ringing', 'forward only');
    tree.answer('1');
    assert.equal(tree.group().answerCallId, 'call-1');
  });

  test('rule 22: the best target that may be rung is taken', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    tree.redirect('1', 'sip:a@x', 'sip:b@x').resolved('1', [], 'the number may not be rung');
    assert.deepEqual(tree.wire(), ['place 1', 'resolve 1 sip:a@x', 'resolve 1 sip:b@x']);
    tree.resolved('1', [to('sip:b@x')]).busy('1');
    assert.equal(tree.call('1').hangupReason, 'busy');
  });

  test('rule 22: the next target is tried when the one before refuses', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    tree
      .redirect('1', 'sip:a@x', 'sip:b@x')
      .resolved('1', [to('sip:a@x')])
      .refuse('1', 404);
    assert.deepEqual(tree.wire(), ['place 1', 'resolve 1 sip:a@x', 'place 1 again', 'resolve 1 sip:b@x']);
  });

  test('rule 22: the next way to a target is tried when the first is at fault', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    tree.redirect('1', 'tel:+31612345678').resolved('1', [to('sip:a@x'), to('sip:b@x')]);
    tree.refuse('1', 503, { tryNextRoute: true });
    assert.deepEqual(
      tree.places().map((place) => place.leg.route),
      [{ kind: 'contact', aor: '1@test', contactId: '1', uri: 'sip:1@phones.test' }, to('sip:a@x'), to('sip:b@x')],
    );
  });

  test('rule 22: a target that may not be rung ends the leg failed, with the reason', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg()), follow));
    tree.redirect('1', 'tel:+1900').resolved('1', [], 'the number may not be rung');
    assert.equal(tree.call('1').hangupReason, 'failed');
    assert.equal(tree.call('1').why, 'failed: redirected, but the number may not be rung');
    assert.deepEqual(tree.wire().slice(-1), ['place 2']);
  });

  test('rule 22: a 3xx without a target ends the leg failed', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    tree.redirect('1');
    assert.equal(tree.call('1').hangupReason, 'failed');
    assert.equal(tree.call('1').why, 'failed: redirected, but no target is left that may be tried');
  });

  test('rule 22: at most 5', () => {
    const tree = new TreeDriver(planOf(ringAll(leg()), follow));
    for (let count = 1; count <= 5; count++) tree.redirect('1', `sip:${count}@x`).resolved('1', [to(`sip:${count}@x`)]);
    tree.wire();
    tree.redirect('1', 'sip:6@x');
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.call('1').hangupReason, 'failed');
  });

  test('rule 22: no loops: not back to itself, nor to another leg of the group call, nor twice', () => {
    for (const known of ['sip:1@phones.test', 'sip:2@phones.test', 'sip:3.2@phones.test']) {
      const tree = new TreeDriver(planOf(ringAll(leg(), leg(), linear(leg(), leg())), follow));
      tree.redirect('1', known).resolved('1', [to(known)]);
      assert.equal(tree.call('1').status, 'hangup');
      assert.equal(tree.call('1').why, 'failed: redirected, but the target is part of this group call already');
    }
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), follow));
    tree.redirect('1', 'sip:x@y').resolved('1', [to('sip:x@y')]);
    tree.redirect('2', 'sip:x@y').resolved('2', [to('sip:x@y')]);
    assert.equal(tree.call('2').status, 'hangup');
    tree.redirect('1', 'sip:x@y').resolved('1', [to('sip:x@y')]);
    assert.equal(tree.call('1').status, 'hangup');
  });

  test('rule 22: the ring timeout of the leg goes on', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ ringTimeoutMs: 10_000 })), follow));
    tree
      .advance(9000)
      .redirect('1', 'sip:x@y')
      .resolved('1', [to('sip:x@y')])
      .advance(1000);
    assert.deepEqual(tree.wire().slice(-1), ['cancel 1 ring-timeout']);
  });

  test('rule 22: a leg that is given up while its target is looked up is over at once', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), follow));
    tree.redirect('1', 'sip:x@y').answer('2');
    assert.equal(tree.call('1').status, 'hangup');
    assert.equal(tree.call('1').hangupReason, 'cancel');
    tree.resolved('1', [to('sip:x@y')]);
    assert.match(tree.ignored ?? '', /redirect-resolved/);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'resolve 1 sip:x@y', 'connect 2']);
  });

  test('rule 22: a 3xx to a leg that is being cancelled is its end', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg()), follow));
    tree.answer('2').redirect('1', 'sip:x@y');
    assert.equal(tree.call('1').status, 'hangup');
    assert.equal(tree.call('1').hangupReason, 'cancel');
  });
});
