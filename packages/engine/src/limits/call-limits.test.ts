import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, testAddress, testCallId, testCustomer, testCustomerId, testGroupCallId } from '@groupcall/testkit';
import type { Plan, PlannedGroup, PlannedMember } from '../group-call/plan.ts';
import { DEFAULT_GROUP_CALL_OPTIONS } from '../records/group-call-options.ts';
import type { RingMethod } from '../records/group-call-record.ts';
import { CallLimits } from './call-limits.ts';
import { peakLegs } from './peak-legs.ts';

function leg(failure?: string): PlannedMember {
  return {
    kind: 'leg',
    callId: testCallId(),
    destination: testAddress({ type: 'sip', target: 'a@b' }),
    routes: [],
    ...(failure === undefined ? undefined : { failure }),
    ringTimeoutMs: 1,
    delayMs: 0,
    headers: {},
  };
}

function group(ringMethod: RingMethod, ...members: readonly PlannedMember[]): PlannedGroup {
  const id = testGroupCallId();
  return { kind: 'group', id, ringMethod, answerMethod: 'hangup_others', destinations: [], members, delayMs: 0 };
}

function plan(n: number, root: PlannedGroup, bare = false): Plan {
  return {
    customerId: testCustomerId(),
    domain: 'test',
    source: testAddress({ type: 'sip', target: 'a@b' }),
    ownerType: '',
    root: { ...root, id: testGroupCallId(n) },
    options: DEFAULT_GROUP_CALL_OPTIONS,
    anonymous: false,
    winner: 'stay',
    bare,
  };
}

const three = group('ring_all', leg(), leg(), leg());

test('MUST count the most legs that can be alive at once', () => {
  assert.equal(peakLegs(plan(1, three)), 3);
  assert.equal(peakLegs(plan(1, group('linear', leg(), leg(), leg()))), 1);
  assert.equal(peakLegs(plan(1, group('linear', leg(), three, leg()))), 3);
  assert.equal(peakLegs(plan(1, group('ring_all', leg(), group('linear', three, leg()), leg('not dialled')))), 4);
});

test('MUST refuse legs beyond max_legs with LEG_LIMIT_EXCEEDED, until others have ended', () => {
  const limits = new CallLimits(new FakeClock());
  const customer = testCustomer({ maxLegs: 5 });
  limits.admit(customer, [plan(1, three)]);
  limits.hold(plan(1, three), 3);
  const refused = () => {
    limits.admit(customer, [plan(2, three)]);
  };
  assert.throws(refused, { code: 'LEG_LIMIT_EXCEEDED', retryAfterMs: 1000, message: /max_legs/ });
  limits.hold(plan(1, three), 2);
  limits.admit(customer, [plan(2, three)]);
  limits.hold(plan(2, three), 3);
  assert.throws(refused, { code: 'LEG_LIMIT_EXCEEDED' });
  limits.release(plan(1, three));
  limits.release(plan(1, three));
  assert.throws(() => {
    limits.admit(customer, [plan(3, three)]);
  });
  limits.release(plan(2, three));
  limits.admit(customer, [plan(3, three)]);
});

test('MUST refuse group calls beyond max_groupcalls, and not count single calls among them', () => {
  const limits = new CallLimits(new FakeClock());
  const customer = testCustomer({ maxGroupcalls: 1 });
  limits.hold(plan(1, three), 3);
  assert.throws(
    () => {
      limits.admit(customer, [plan(2, three)]);
    },
    { code: 'LEG_LIMIT_EXCEEDED', message: /max_groupcalls/ },
  );
  limits.admit(customer, [plan(2, three, true)]);
});

test('MUST weigh plans that begin together as one', () => {
  const limits = new CallLimits(new FakeClock());
  assert.throws(
    () => {
      limits.admit(testCustomer({ maxLegs: 5 }), [plan(1, three), plan(2, three)]);
    },
    { code: 'LEG_LIMIT_EXCEEDED' },
  );
});

test('MUST refuse what comes faster than cps with RATE_LIMIT_EXCEEDED, for each customer by itself', () => {
  const clock = new FakeClock();
  const limits = new CallLimits(clock);
  const customer = testCustomer({ cps: 2 });
  const once = () => {
    limits.admit(customer, [plan(1, three)]);
  };
  once();
  once();
  assert.throws(once, { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: 500 });
  limits.admit(testCustomer({ customerId: testCustomerId(2), cps: 1 }), [plan(1, three)]);
  clock.advance(500);
  once();
});

test('MUST NOT count against the rate what a limit refuses', () => {
  const limits = new CallLimits(new FakeClock());
  const customer = testCustomer({ cps: 1, maxLegs: 3 });
  limits.hold(plan(1, three), 3);
  for (let n = 0; n < 5; n++) {
    assert.throws(() => {
      limits.admit(customer, [plan(2, three)]);
    });
  }
  limits.release(plan(1, three));
  limits.admit(customer, [plan(2, three)]);
});

test('a rate of 0 MUST be refused without a time to try again', () => {
  const limits = new CallLimits(new FakeClock());
  assert.throws(
    () => {
      limits.admit(testCustomer({ cps: 0 }), [plan(1, three)]);
    },
    { code: 'RATE_LIMIT_EXCEEDED', retryAfterMs: undefined },
  );
});
