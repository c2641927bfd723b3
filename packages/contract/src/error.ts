import { Type, type Static } from 'typebox';

/** Every reason of an error, with its HTTP code and status word. Reasons are never reused. */
export const ERROR_REASONS = {
  INVALID_JSON_BODY: [400, 'INVALID_ARGUMENT'],
  INVALID_ID: [400, 'INVALID_ARGUMENT'],
  INVALID_ARGUMENT: [400, 'INVALID_ARGUMENT'],
  INVALID_REQUEST_PARAMETER: [400, 'INVALID_ARGUMENT'],
  INVALID_ACTION_TYPE: [400, 'INVALID_ARGUMENT'],
  INVALID_VARIABLES: [400, 'INVALID_ARGUMENT'],
  AUTHENTICATION_REQUIRED: [401, 'UNAUTHENTICATED'],
  INVALID_CREDENTIALS: [401, 'UNAUTHENTICATED'],
  PERMISSION_DENIED: [403, 'PERMISSION_DENIED'],
  DESTINATION_NOT_ALLOWED: [403, 'PERMISSION_DENIED'],
  GROUPCALL_NOT_FOUND: [404, 'NOT_FOUND'],
  CALL_NOT_FOUND: [404, 'NOT_FOUND'],
  RESOURCE_NOT_FOUND: [404, 'NOT_FOUND'],
  ROUTE_NOT_FOUND: [404, 'NOT_FOUND'],
  STATE_INVALID: [409, 'FAILED_PRECONDITION'],
  ALREADY_EXISTS: [409, 'ALREADY_EXISTS'],
  BODY_TOO_LARGE: [413, 'INVALID_ARGUMENT'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'INVALID_ARGUMENT'],
  RATE_LIMIT_EXCEEDED: [429, 'RESOURCE_EXHAUSTED'],
  LEG_LIMIT_EXCEEDED: [429, 'RESOURCE_EXHAUSTED'],
  INTERNAL: [500, 'INTERNAL'],
  SERVICE_UNAVAILABLE: [503, 'UNAVAILABLE'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorReason = keyof typeof ERROR_REASONS;

/** Tells whether a code is one that the API may answer with. */
export function isErrorReason(code: string): code is ErrorReason {
  return Object.hasOwn(ERROR_REASONS, code);
}

/** The body of every reply that is not a success. */
export const ErrorEnvelope = Type.Object({
  error: Type.Object({
    status: Type.String(),
    reason: Type.String(),
    message: Type.String({ description: 'Names the member and what would be right.' }),
    request_id: Type.String(),
    details: Type.Optional(Type.Array(Type.Object({ member: Type.String(), message: Type.String() }))),
  }),
});
export type ErrorEnvelope = Static<typeof ErrorEnvelope>;
