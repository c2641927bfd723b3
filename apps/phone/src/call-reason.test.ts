import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAnsweredElsewhere } from './call-reason.ts';

describe('answered elsewhere', () => {
  for (const reasons of [
    ['SIP;cause=200;text="Call completed elsewhere"'],
    ['Q.850;cause=26', 'SIP;cause=200'],
    ['sip ; text="x" ; Cause = 200'],
  ]) {
    test(`MUST be seen in ${reasons.join(' | ')}`, () => {
      assert.equal(isAnsweredElsewhere(reasons), true);
    });
  }

  for (const reasons of [
    [],
    ['SIP;cause=487;text="Request Terminated"'],
    ['Q.850;cause=200'],
    ['SIP;cause=2001'],
    ['SIP;text=";cause=200;"'],
    ['SIP'],
  ]) {
    test(`MUST NOT be seen in ${reasons.join(' | ') || 'nothing'}`, () => {
      assert.equal(isAnsweredElsewhere(reasons), false);
    });
  }
});
