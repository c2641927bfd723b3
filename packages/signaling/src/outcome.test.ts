import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LegEnd, LegOutcome } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import { type ClientInviteEnd, type DialogEnd, type HeaderLine, SipResponse } from '@groupcall/sip';
import { type CancelProgress, cancelledUnplaced, endOfAttempt, endOfDialog, neverPlaced } from './outcome.ts';

function response(status: number, headers: readonly HeaderLine[] = [], reason?: string): ClientInviteEnd {
  return {
    kind: 'response',
    response: SipResponse.create({ status, headers, ...(reason === undefined ? {} : { reason }) }),
  };
}

const REFUSALS: readonly (readonly [outcome: LegOutcome, statuses: readonly number[], tryNextRoute?: true])[] = [
  ['redirected', [300, 301, 302, 305, 380]],
  ['busy', [486, 600, 603]],
  ['noanswer', [408, 480, 487]],
  ['failed', [400, 401, 403, 404, 405, 407, 410, 415, 420, 481, 482, 483, 484, 485, 488, 491, 493, 499]],
  ['failed', [604, 606, 607, 608, 699]],
  ['failed', [500, 501, 502, 503, 504, 505, 513, 580, 599], true],
];

for (const [outcome, statuses, tryNextRoute = false] of REFUSALS) {
  for (const status of statuses) {
    test(`MUST tell ${status} as ${outcome}${tryNextRoute ? ', and to try the next route' : ''}`, () => {
      const end = endOfAttempt(response(status, [], 'Word'), 'none');
      const expected: LegEnd = {
        by: 'remote',
        outcome,
        sipCode: status,
        detail: `${status} Word`,
        redirectTo: [],
        tryNextRoute,
      };
      assert.deepEqual(end, expected);
    });
  }
}

test('RFC 3261 §8.1.3.4: MUST give the Contacts of a 3xx by q, as listed among equals, without those it can not read', () => {
  const end = endOfAttempt(
    response(302, [
      ['Contact', '<sip:low@192.0.2.1>;q=0.1, "First, really" <sip:first@192.0.2.1>'],
      ['Contact', '<sip:second@192.0.2.1>;q=1.0'],
      ['Contact', '<tel:+15550100>;q=0.5;expires=60'],
      ['Contact', '<<broken>'],
      ['m', 'sip:bare@192.0.2.1;q=0.2'],
      ['Contact', '<sip:odd@192.0.2.1>;q=abc'],
    ]),
    'none',
  );
  assert.deepEqual(end.redirectTo, [
    'sip:first@192.0.2.1',
    'sip:second@192.0.2.1',
    'tel:+15550100',
    'sip:bare@192.0.2.1',
    'sip:low@192.0.2.1',
    'sip:odd@192.0.2.1',
  ]);
});

test('MUST give no redirection for anything but a 3xx', () => {
  assert.deepEqual(endOfAttempt(response(486, [['Contact', '<sip:x@192.0.2.1>']]), 'none').redirectTo, []);
});

const AFTER_CANCEL: readonly (readonly [status: number, outcome: LegOutcome, by: LegEnd['by']])[] = [
  [487, 'cancelled', 'local'],
  [408, 'cancelled', 'local'],
  [480, 'cancelled', 'local'],
  [500, 'cancelled', 'local'],
  [503, 'cancelled', 'local'],
  [302, 'cancelled', 'local'],
  [486, 'busy', 'remote'],
  [600, 'busy', 'remote'],
  [603, 'busy', 'remote'],
];

for (const [status, outcome, by] of AFTER_CANCEL) {
  test(`after a CANCEL that left, MUST tell ${status} as ${outcome}, and never to try the next route`, () => {
    const end = endOfAttempt(response(status), 'sent');
    assert.deepEqual([end.outcome, end.by, end.sipCode, end.tryNextRoute], [outcome, by, status, false]);
    assert.deepEqual(end.redirectTo, []);
  });
}

test('with a CANCEL that never left, MUST believe what the phone says, but for a 487 that nobody sent', () => {
  assert.deepEqual(endOfAttempt(response(487), 'held'), cancelledUnplaced());
  assert.equal(cancelledUnplaced().sipCode, 0);
  assert.equal(endOfAttempt(response(486), 'held').outcome, 'busy');
  const failed = endOfAttempt(response(503), 'held');
  assert.deepEqual([failed.outcome, failed.by, failed.tryNextRoute], ['failed', 'remote', false]);
});

const NO_RESPONSE: readonly (readonly [
  title: string,
  end: ClientInviteEnd,
  cancel: CancelProgress,
  outcome: LegOutcome,
  by: LegEnd['by'],
  tryNextRoute: boolean,
])[] = [
  ['no reply at all', { kind: 'timeout' }, 'none', 'failed', 'remote', true],
  ['no reply, cancelled meanwhile', { kind: 'timeout' }, 'held', 'cancelled', 'local', false],
  ['no reply to the CANCEL', { kind: 'timeout', cancelled: true }, 'sent', 'cancelled', 'local', false],
  ['unreachable', transport(), 'none', 'failed', 'remote', true],
  ['unreachable, cancelled meanwhile', transport(), 'held', 'cancelled', 'local', false],
];

function transport(): ClientInviteEnd {
  return { kind: 'transport', error: new AppError('SIP_TRANSPORT', 'connection refused') };
}

for (const [title, end, cancel, outcome, by, tryNextRoute] of NO_RESPONSE) {
  test(`MUST tell ${title} as ${outcome} by ${by}`, () => {
    const told = endOfAttempt(end, cancel);
    assert.deepEqual([told.outcome, told.by, told.tryNextRoute, told.sipCode], [outcome, by, tryNextRoute, 0]);
    assert.notEqual(told.detail, '');
  });
}

test('rule 3: a leg that never left MUST end as failed, by us', () => {
  const end = neverPlaced('no trunk', true);
  assert.deepEqual([end.outcome, end.by, end.sipCode, end.tryNextRoute], ['failed', 'local', 0, true]);
});

const ENDS: readonly (readonly [
  kind: DialogEnd['kind'],
  isReleased: boolean,
  by: LegEnd['by'],
  outcome: LegOutcome,
])[] = [
  ['bye-received', false, 'remote', 'normal'],
  ['bye-received', true, 'local', 'normal'],
  ['bye-sent', true, 'local', 'normal'],
  ['timeout', false, 'remote', 'failed'],
  ['response-481-408', false, 'remote', 'failed'],
  ['no-ack', false, 'remote', 'failed'],
  ['transport', false, 'local', 'failed'],
];

for (const [kind, isReleased, by, outcome] of ENDS) {
  test(`MUST tell the end ${kind} of an answered call${isReleased ? ' that we released' : ''} as ${outcome} by ${by}`, () => {
    const end = endOfDialog({ kind } as DialogEnd, { isReleased, byeReceived: 'BYE (Q.850 16)', failure: undefined });
    assert.deepEqual([end.by, end.outcome, end.sipCode, end.tryNextRoute], [by, outcome, 200, false]);
    if (kind === 'bye-received') assert.equal(end.detail, 'BYE (Q.850 16)');
  });
}

test('MUST tell a call that we ended because its answer was of no use as failed, and why', () => {
  const end = endOfDialog({ kind: 'bye-sent' }, { isReleased: true, byeReceived: '', failure: 'no common codec' });
  assert.deepEqual([end.by, end.outcome, end.detail], ['local', 'failed', 'no common codec']);
});
