import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, toError } from './app-error.ts';

class PortTakenError extends AppError<'PORT_TAKEN'> {}

test('an AppError MUST carry its code, what to do, its cause, and the name of its class', () => {
  const cause = new Error('EADDRINUSE');
  const error = new PortTakenError('PORT_TAKEN', 'port 5060 is taken', { cause, help: 'Choose another port.' });
  assert.equal(error.code, 'PORT_TAKEN');
  assert.equal(error.help, 'Choose another port.');
  assert.equal(error.cause, cause);
  assert.equal(error.name, 'PortTakenError');
  assert.ok(error instanceof AppError && error instanceof Error);
});

test('an AppError without a cause MUST NOT have the member', () => {
  assert.equal('cause' in new AppError('ANY', 'any'), false);
});

test('toError() MUST leave an Error as it is, and wrap anything else', () => {
  const error = new Error('one');
  assert.equal(toError(error), error);
  assert.equal(toError('text').message, 'text');
  assert.equal(toError(undefined).cause, undefined);
});
