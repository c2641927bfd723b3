import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowedNumber, matchLength, normaliseNumber } from './e164.ts';

test('MUST drop spaces, dots, dashes and brackets from a number', () => {
  for (const text of ['+1 555 0100', '+1.555.0100', '+1-555-0100', '+1 (555) 0100', '+1\u00a0555/0100']) {
    assert.equal(normaliseNumber(text), '+15550100', text);
  }
});

test('MUST take nothing that is no E.164 number with its +', () => {
  for (const text of [
    '',
    '+',
    '15550100',
    '0015550100',
    '+05550100',
    '+1555x100',
    '++1555',
    '+1',
    `+${'1'.repeat(16)}`,
  ]) {
    assert.equal(normaliseNumber(text), undefined, text);
  }
});

test('MUST let a number pass by a prefix with or without +, and by no empty list', () => {
  assert.equal(isAllowedNumber('+4930123456', ['+49']), true);
  assert.equal(isAllowedNumber('+4930123456', ['1', '49 30']), true);
  assert.equal(isAllowedNumber('+4930123456', ['+1', '+4931']), false);
  assert.equal(isAllowedNumber('+4930123456', []), false);
});

test('MUST count the digits that a prefix covers', () => {
  assert.equal(matchLength('+4930123456', '+4930'), 4);
  assert.equal(matchLength('+4930123456', '+'), 0);
  assert.equal(matchLength('+4930123456', '+31'), undefined);
});
