import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseReason } from '@groupcall/engine';
import { SipRequest, SipUri } from '@groupcall/sip';
import { describeRequest, readReasons, reasonHeaders, reasonValue } from './reason.ts';

const TABLE: Readonly<Record<ReleaseReason, readonly string[]>> = {
  elsewhere: ['SIP;cause=200;text="Call completed elsewhere"', 'Q.850;cause=26'],
  'caller-gone': ['SIP;cause=487;text="Originator cancelled"', 'Q.850;cause=16;text="Normal call clearing"'],
  'ring-timeout': ['SIP;cause=408;text="Ring time is over"', 'Q.850;cause=102;text="Recovery on timer expiry"'],
  'total-timeout': ['SIP;cause=408;text="Total time is over"', 'Q.850;cause=102;text="Recovery on timer expiry"'],
  'talk-timeout': ['Q.850;cause=102;text="Longest talk time is over"'],
  'hang-up': ['Q.850;cause=16;text="Normal call clearing"'],
  normal: ['Q.850;cause=16;text="Normal call clearing"'],
  failed: ['Q.850;cause=41;text="Temporary failure"'],
  shutdown: ['Q.850;cause=16;text="Server shutdown"'],
};

const reasons = Object.keys(TABLE) as ReleaseReason[];

for (const reason of reasons) {
  test(`rules 6 and 7: MUST tell a phone given up for "${reason}" so, a Reason line a protocol`, () => {
    assert.deepEqual(
      reasonHeaders(reason),
      TABLE[reason].map((value) => ['Reason', value]),
    );
    assert.equal(reasonValue(reasonHeaders(reason)), TABLE[reason].join(', '));
  });
}

test('rule 7: nothing but "elsewhere" MUST carry cause 200 or 26', () => {
  for (const reason of reasons) {
    const isElsewhere = /cause=(?:200|26)\b/.test(reasonValue(reasonHeaders(reason)));
    assert.equal(isElsewhere, reason === 'elsewhere', reason);
  }
});

function bye(...lines: readonly string[]): SipRequest {
  return SipRequest.create({
    method: 'BYE',
    uri: SipUri.parse('sip:x@192.0.2.1'),
    headers: lines.map((line): [string, string] => ['Reason', line]),
  });
}

for (const reason of reasons) {
  test(`RFC 3326: MUST read again what it writes for "${reason}"`, () => {
    const read = readReasons(bye(...TABLE[reason])).map(({ protocol, cause, text }) => {
      return `${protocol};cause=${cause ?? ''}${text === '' ? '' : `;text="${text}"`}`;
    });
    assert.deepEqual(read, TABLE[reason]);
  });
}

const READ: readonly (readonly [line: string, expected: readonly object[]])[] = [
  ['Q.850 ; cause = 16 ; text = "a \\"b\\", c"', [{ protocol: 'Q.850', cause: 16, text: 'a "b", c' }]],
  [
    'SIP;cause=200, Q.850;cause=26',
    [
      { protocol: 'SIP', cause: 200, text: '' },
      { protocol: 'Q.850', cause: 26, text: '' },
    ],
  ],
  ['preemption', [{ protocol: 'preemption', cause: undefined, text: '' }]],
  ['SIP;cause=abc', [{ protocol: 'SIP', cause: undefined, text: '' }]],
  [';cause=1', []],
];

for (const [line, expected] of READ) {
  test(`RFC 3326: MUST read ${line}`, () => {
    assert.deepEqual(readReasons(bye(line)), expected);
  });
}

test('MUST describe a request for people', () => {
  assert.equal(describeRequest('BYE', bye()), 'BYE');
  assert.equal(
    describeRequest('BYE', bye('SIP;cause=480', 'Q.850;cause=16;text="Normal call clearing"', 'other')),
    'BYE (SIP 480, Q.850 16: Normal call clearing, other)',
  );
});
