import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leg, linear, planOf, ringAll } from './testing/plans.ts';
import { TreeDriver } from './testing/tree-driver.ts';

suite('rule 1: durable and readable before the first INVITE', () => {
  test('rule 1: nothing is placed before the step is durable', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg())), { durableAtOnce: false });
    assert.deepEqual(tree.wire(), []);
    tree.prepared();
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'place 3']);
  });

  test('rule 1: every record of the first step is persisted, and its events told, before the prepare', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg())), { durableAtOnce: false });
    assert.equal(tree.group().status, 'progressing');
    assert.deepEqual(tree.group().callIds, ['call-1', 'call-2']);
    assert.equal(tree.call('1').status, 'dialing');
    assert.deepEqual(tree.events(), ['groupcall_created root', 'call_created 1', 'call_created 2']);
  });

  test('rule 1: all legs of the plan are in the state before the first is placed', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg(), ringAll(leg(), leg()))), { durableAtOnce: false });
    assert.equal(tree.state.legs.length, 4);
    assert.equal(tree.group().legs.length, 3);
    assert.deepEqual(
      tree.group().legs.map((entry) => entry.status),
      ['dialing', '', ''],
    );
  });

  test('rule 1: a prepared of an earlier batch does not place what was begun later', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 5 }))), { durableAtOnce: false });
    tree.advance(5);
    tree.prepared(1);
    assert.deepEqual(tree.wire(), ['place 1']);
    tree.prepared(2);
    assert.deepEqual(tree.wire(), ['place 2']);
  });

  test('rule 1: a prepared stands for all batches before it, and once', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 5 }))), { durableAtOnce: false });
    tree.advance(5);
    tree.prepared(2).prepared(2).prepared(1);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2']);
  });

  test('rule 1: a prepared of a batch that was never asked for is ignored and counted', () => {
    const tree = new TreeDriver(planOf(ringAll(leg())), { durableAtOnce: false });
    tree.prepared(7);
    assert.deepEqual(tree.wire(), []);
    assert.match(tree.ignored ?? '', /never asked for/);
    assert.equal(tree.state.ignored, 1);
  });

  test('rule 1: the place carries what the phone is to see', () => {
    const headers = { 'X-Queue': 'sales' };
    const tree = new TreeDriver(planOf(ringAll(leg({ callerId: '+31201111111', headers })), { caller: true }));
    const [place] = tree.places();
    assert.equal(place?.attempt, 1);
    assert.deepEqual(place.leg, {
      callId: 'call-1',
      customerId: 'customer',
      domain: 'test',
      route: { kind: 'contact', aor: '1@test', contactId: '1', uri: 'sip:1@phones.test' },
      source: tree.group().source,
      callerId: '+31201111111',
      anonymous: false,
      headers,
      caller: 'caller',
    });
  });
});

suite('rule 2: ring_all and linear', () => {
  test('rule 2: ring_all places all legs at once', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg(), leg())));
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'place 3']);
  });

  test('rule 2: ring_all places a leg with a delay when the delay is over', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ delayMs: 2000 }), leg(), leg({ delayMs: 500 }))));
    assert.deepEqual(tree.wire(), ['place 2']);
    assert.deepEqual(tree.group().callIds, ['call-2']);
    tree.advance(500);
    assert.deepEqual(tree.wire(), ['place 3']);
    tree.advance(1499);
    assert.deepEqual(tree.wire(), []);
    tree.advance(1);
    assert.deepEqual(tree.wire(), ['place 1']);
    assert.deepEqual(tree.group().callIds, ['call-1', 'call-2', 'call-3'], 'in the order of the destinations');
  });

  test('rule 2: a delayed leg is still waited for when all others have ended', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), leg({ delayMs: 2000 }))));
    tree.busy('1');
    assert.equal(tree.group().status, 'progressing');
    tree.advance(2000);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2']);
  });

  test('rule 2: linear places destination i+1 only when i has ended, in the given order', () => {
    const tree = new TreeDriver(planOf(linear(leg(), leg(), leg())));
    assert.deepEqual(tree.wire(), ['place 1']);
    tree.ring('1');
    assert.deepEqual(tree.wire(), []);
    tree.busy('1');
    assert.deepEqual(tree.wire(), ['place 2']);
    assert.equal(tree.group().dialIndex, 1);
    tree.busy('2');
    assert.deepEqual(tree.wire(), ['place 3']);
    assert.deepEqual(tree.group().callIds, ['call-1', 'call-2', 'call-3']);
  });

  test('rule 2: linear goes on whatever the reason was', () => {
    const tree = new TreeDriver(
      planOf(linear(leg(), leg(), leg(), leg({ failure: 'not dialled: no registered contact' }), leg(), leg())),
    );
    tree.busy('1').refuse('2', 404).refuse('3', 603, { outcome: 'busy' });
    assert.equal(tree.group().dialIndex, 4);
    tree.hangUp('call-5').end('5');
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'place 3', 'place 5', 'cancel 5 hang-up', 'place 6']);
  });

  test('rule 2: linear waits for the end of a leg that is being cancelled', () => {
    const tree = new TreeDriver(planOf(linear(leg({ ringTimeoutMs: 1000 }), leg())));
    tree.ring('1').advance(1000);
    assert.deepEqual(tree.wire(), ['place 1', 'cancel 1 ring-timeout']);
    tree.advance(20_000);
    assert.deepEqual(tree.wire(), []);
    tree.end('1');
    assert.deepEqual(tree.wire(), ['place 2']);
  });

  test('rule 2: linear looks at no delay', () => {
    const tree = new TreeDriver(planOf(linear(leg({ delayMs: 5000 }), leg({ delayMs: 5000 }))));
    assert.deepEqual(tree.wire(), ['place 1']);
    tree.busy('1');
    assert.deepEqual(tree.wire(), ['place 2']);
  });

  test('rule 2: a linear group in a ring_all, and a ring_all in a linear group, each keep their own order', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), linear(leg(), leg()))));
    assert.deepEqual(tree.wire(), ['place 1', 'place 2.1']);
    tree.busy('2.1');
    assert.deepEqual(tree.wire(), ['place 2.2']);

    const other = new TreeDriver(planOf(linear(ringAll(leg(), leg()), leg())));
    assert.deepEqual(other.wire(), ['place 1.1', 'place 1.2']);
    other.busy('1.2');
    assert.deepEqual(other.wire(), []);
    other.busy('1.1');
    assert.deepEqual(other.wire(), ['place 2']);
    assert.deepEqual(other.group().groupcallIds, ['group-1']);
    assert.equal(other.group('1').status, 'hangup');
  });

  test('rule 2: a nested group of a linear group has no record before its turn', () => {
    const tree = new TreeDriver(planOf(linear(leg(), ringAll(leg(), leg()))));
    assert.equal(tree.hasGroup('2'), false);
    assert.equal(tree.entry('2').status, '');
    assert.equal(tree.entry('2').groupcallId, undefined);
    tree.events();
    tree.busy('1');
    assert.deepEqual(tree.events(), ['call_hangup 1', 'groupcall_created 2', 'call_created 2.1', 'call_created 2.2']);
    assert.equal(tree.entry('2').groupcallId, 'group-2');
    assert.equal(tree.group('2').masterGroupcallId, 'group');
  });

  test('rule 2: a nested group of a ring_all begins after its delay', () => {
    const tree = new TreeDriver(planOf(ringAll(leg(), { ...ringAll(leg(), leg()), delayMs: 1000 })));
    assert.deepEqual(tree.wire(), ['place 1']);
    tree.advance(1000);
    assert.deepEqual(tree.wire(), ['place 2.1', 'place 2.2']);
  });
});

suite('rule 3: a leg that cannot be placed', () => {
  const failure = 'not dialled: no registered contact';

  test('rule 3: it ends failed at once, with its sentence, and never stops the others', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ failure }), leg())));
    assert.deepEqual(tree.wire(), ['place 2']);
    const call = tree.call('1');
    assert.equal(call.status, 'hangup');
    assert.equal(call.hangupReason, 'failed');
    assert.equal(call.hangupBy, 'local');
    assert.equal(call.why, failure);
    assert.equal(tree.group().callCount, 1);
    assert.deepEqual(tree.group().callIds, ['call-1', 'call-2'], 'tried, so its id is there');
  });

  test('rule 3: its events tell it as it was at each moment', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ failure }), leg())));
    const told = tree.publishes().map(({ event, subject }) => `${event} ${subject.status}`);
    assert.deepEqual(told, [
      'groupcall_created progressing',
      'call_created dialing',
      'call_hangup hangup',
      'call_created dialing',
    ]);
  });

  test('rule 3: linear goes on to the next at once, through many of them', () => {
    const tree = new TreeDriver(planOf(linear(...Array.from({ length: 99 }, () => leg({ failure })), leg())));
    assert.deepEqual(tree.wire(), ['place 100']);
    assert.equal(tree.group().dialIndex, 99);
  });

  test('rule 3: when none can be placed the group call ends failed, and nobody is rung', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ failure }), linear(leg({ failure })))));
    assert.deepEqual(tree.wire(), ['finished']);
    assert.equal(tree.group().status, 'hangup');
    assert.equal(tree.group().hangupReason, 'failed');
    assert.equal(tree.group('2').hangupReason, 'failed');
    assert.deepEqual(tree.timers, []);
  });

  test('rule 3: a group without any destination ends failed at once, and so does one around it', () => {
    const tree = new TreeDriver(planOf(linear(ringAll(), leg())));
    assert.equal(tree.group('1').status, 'hangup');
    assert.equal(tree.group('1').hangupReason, 'failed');
    assert.deepEqual(tree.wire(), ['place 2']);
    const empty = new TreeDriver(planOf(ringAll()));
    assert.deepEqual(empty.wire(), ['finished']);
  });

  test('rule 3: a leg without any way counts as one that cannot be placed', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes: [] }), leg())));
    assert.equal(tree.call('1').hangupReason, 'failed');
    assert.match(tree.call('1').why, /^not dialled: /);
  });
});

suite('the next trunk', () => {
  const routes = [
    { kind: 'trunk', trunkId: 'a', number: '+31612345678' },
    { kind: 'trunk', trunkId: 'b', number: '+31612345678' },
  ] as const;
  const atFault = { tryNextRoute: true };

  test('MUST try the next trunk when one is at fault, within the same leg', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }))));
    tree.placed('1', 'first@us').refuse('1', 503, atFault);
    const second = tree.places()[1];
    assert.equal(second?.attempt, 2);
    assert.deepEqual(second.leg.route, routes[1]);
    assert.equal(tree.call('1').status, 'dialing');
    assert.equal(tree.group().callCount, 1);
    assert.equal(tree.call('1').sipCallId, '');
    tree.placed('1', 'second@us');
    assert.equal(tree.call('1').sipCallId, 'second@us');
  });

  test('MUST NOT try the next trunk when the phone itself refused', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }))));
    tree.busy('1');
    assert.deepEqual(tree.wire(), ['place 1', 'finished']);
  });

  test('MUST end failed when the last trunk is at fault, with its code', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }))));
    tree.refuse('1', 503, atFault).refuse('1', 500, atFault);
    assert.equal(tree.call('1').hangupReason, 'failed');
    assert.equal(tree.call('1').sipCode, 500);
  });

  test('MUST keep the ring timeout of the leg over all its trunks', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes, ringTimeoutMs: 10_000 }))));
    tree.advance(6000).refuse('1', 503, atFault).advance(3999);
    assert.deepEqual(tree.wire(), ['place 1', 'place 1 again']);
    tree.advance(1);
    assert.deepEqual(tree.wire(), ['cancel 1 ring-timeout']);
  });

  test('MUST NOT try the next trunk for a leg that is given up', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }), leg())));
    tree.answer('2').refuse('1', 503, atFault);
    assert.deepEqual(tree.wire(), ['place 1', 'place 2', 'connect 2', 'cancel 1 elsewhere']);
    assert.equal(tree.call('1').hangupReason, 'cancel');
  });

  test('MUST NOT place the second attempt when the leg was given up before it was durable', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }))), { durableAtOnce: false });
    tree.prepared().refuse('1', 503, atFault).hangUp('group').prepared();
    assert.deepEqual(tree.wire(), ['place 1', 'finished']);
    assert.equal(tree.call('1').why, 'cancelled: hung up on request');
  });

  test('MUST ignore what the attempt before reports', () => {
    const tree = new TreeDriver(planOf(ringAll(leg({ routes }))));
    tree.refuse('1', 503, atFault);
    tree.feed({ type: 'leg-answered', callId: tree.call('1').id, attempt: 1 });
    assert.match(tree.ignored ?? '', /attempt 1/);
    assert.equal(tree.call('1').status, 'dialing');
  });
});
