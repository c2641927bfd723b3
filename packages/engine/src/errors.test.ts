import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, toError } from '@groupcall/kernel';
import * as errors from './errors.ts';
import { type EngineError, refusalOf } from './errors.ts';

const made: readonly EngineError[] = [
  errors.invalidArgument('ring_method', 'is "x"', 'one of ring_all, linear'),
  errors.invalidActionType('actions[0].type', 'talk'),
  errors.destinationNotAllowed('destinations[0].target', 'is not allowed', 'Ask for it.'),
  errors.customerSuspended(),
  errors.resourceNotFound('flow_id', 'flow', 'f1'),
  errors.groupCallNotFound('g1'),
  errors.callNotFound('c1'),
  errors.routeNotFound('test11'),
  errors.rateLimitExceeded(10, 100),
  errors.legLimitExceeded('max_legs', 10, 11),
  errors.legLimitExceeded('max_groupcalls', 10, 11),
  errors.shuttingDown(),
  errors.serverFull(10),
  errors.notWritten(new Error('disk full')),
];

test('every error MUST say what is wrong and what helps', () => {
  for (const error of made) {
    assert.ok(error instanceof AppError);
    assert.equal(error.name, 'EngineError');
    assert.ok(error.message.length > 10, error.code);
    assert.match(error.help ?? '', /^[A-Z].*\.$/, error.code);
  }
});

test('every code MUST be made by one of them, and refuse an incoming call as the rules say', () => {
  const verdicts = Object.fromEntries(made.map((error) => [error.code, refusalOf(error)]));
  assert.deepEqual(verdicts, {
    INVALID_ARGUMENT: 404,
    INVALID_ACTION_TYPE: 404,
    DESTINATION_NOT_ALLOWED: 403,
    PERMISSION_DENIED: 403,
    RESOURCE_NOT_FOUND: 404,
    GROUPCALL_NOT_FOUND: 404,
    CALL_NOT_FOUND: 404,
    ROUTE_NOT_FOUND: 404,
    RATE_LIMIT_EXCEEDED: 503,
    LEG_LIMIT_EXCEEDED: 503,
    SERVICE_UNAVAILABLE: 503,
  });
  assert.equal(refusalOf(new Error('a defect')), 500);
});

test('rule 4: an error about a member MUST name it, as the API spells it', () => {
  assert.equal(made[0]?.member, 'ring_method');
  assert.equal(made[0].message, 'ring_method is "x"; it must be one of ring_all, linear');
  assert.equal(made[2]?.member, 'destinations[0].target');
  assert.equal(toError(made.at(-1)?.cause).message, 'disk full');
});
