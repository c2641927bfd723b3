import { AppError } from '@groupcall/kernel';

/** What the engine refuses with. A code is never reused, and every one of them is known to the API. */
export type EngineErrorCode =
  | 'INVALID_ARGUMENT'
  | 'INVALID_ACTION_TYPE'
  | 'PERMISSION_DENIED'
  | 'DESTINATION_NOT_ALLOWED'
  | 'GROUPCALL_NOT_FOUND'
  | 'CALL_NOT_FOUND'
  | 'RESOURCE_NOT_FOUND'
  | 'ROUTE_NOT_FOUND'
  | 'RATE_LIMIT_EXCEEDED'
  | 'LEG_LIMIT_EXCEEDED'
  | 'SERVICE_UNAVAILABLE';

/** What the error says beside its message. */
export interface EngineErrorDetails {
  /** The member of the request that is wrong, as the API spells it (`destinations[0].target`). */
  readonly member?: string;
  /** When it is worth trying again, in ms from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A request that the engine refuses. Nothing was rung, nothing was written. */
export class EngineError extends AppError<EngineErrorCode> {
  readonly member: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: EngineErrorCode, message: string, help: string, details: EngineErrorDetails = {}) {
    super(code, message, { help, ...(details.cause === undefined ? {} : { cause: details.cause }) });
    this.member = details.member;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** How long a call takes to end cannot be known; this is when asking again is no nuisance, in ms. */
const LIMIT_RETRY_MS = 1000;

/** About as long as a restart takes, in ms. */
const RESTART_RETRY_MS = 5000;

/** What an incoming call is refused with, by the error that refused it. */
const REFUSALS: Readonly<Record<EngineErrorCode, number>> = {
  INVALID_ARGUMENT: 404,
  INVALID_ACTION_TYPE: 404,
  PERMISSION_DENIED: 403,
  DESTINATION_NOT_ALLOWED: 403,
  GROUPCALL_NOT_FOUND: 404,
  CALL_NOT_FOUND: 404,
  RESOURCE_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  RATE_LIMIT_EXCEEDED: 503,
  LEG_LIMIT_EXCEEDED: 503,
  SERVICE_UNAVAILABLE: 503,
};

/** The SIP status with which an incoming call is refused because of `error`; 500 for what was not foreseen. */
export function refusalOf(error: unknown): number {
  return error instanceof EngineError ? REFUSALS[error.code] : 500;
}

/** `member` is not what it should be; `right` completes "It must be …". */
export function invalidArgument(member: string, problem: string, right: string): EngineError {
  return new EngineError(
    'INVALID_ARGUMENT',
    `${member} ${problem}; it must be ${right}`,
    `Send ${member} as ${right}.`,
    {
      member,
    },
  );
}

export function invalidActionType(member: string, type: string): EngineError {
  return new EngineError(
    'INVALID_ACTION_TYPE',
    `${member} is ${JSON.stringify(type)}, which this server can't run after an answer`,
    'Leave actions out to keep the answered call up, or send [] or a single hangup to end it.',
    { member },
  );
}

/** The number or phone may not be rung by this customer. */
export function destinationNotAllowed(member: string, problem: string, help: string): EngineError {
  return new EngineError('DESTINATION_NOT_ALLOWED', `${member} ${problem}`, help, { member });
}

/** The customer may ring nobody. */
export function customerSuspended(): EngineError {
  return new EngineError(
    'PERMISSION_DENIED',
    'this customer is suspended',
    'Ask the operator of the server to set the status of the customer to active.',
  );
}

/** Not there, deleted, or another customer's: which of them is not told. */
export function resourceNotFound(member: string, what: string, id: string): EngineError {
  return new EngineError(
    'RESOURCE_NOT_FOUND',
    `${member}: there is no ${what} ${id}`,
    `Name a ${what} of this customer that exists and is not deleted.`,
    { member },
  );
}

export function groupCallNotFound(id: string): EngineError {
  return new EngineError(
    'GROUPCALL_NOT_FOUND',
    `there is no group call ${id}`,
    'Use the id of a group call of this customer, as its creation or the list gives it.',
  );
}

export function callNotFound(id: string): EngineError {
  return new EngineError(
    'CALL_NOT_FOUND',
    `there is no call ${id}`,
    'Use the id of a call of this customer, as its group call or the list gives it.',
  );
}

/** Nobody answers to what was dialled. */
export function routeNotFound(dialled: string): EngineError {
  return new EngineError(
    'ROUTE_NOT_FOUND',
    `nothing is routed for ${JSON.stringify(dialled)}`,
    'Create a number, or an extension of that name, for what callers dial.',
  );
}

/** New group calls come faster than the customer's `cps`. */
export function rateLimitExceeded(cps: number, retryAfterMs: number): EngineError {
  return new EngineError(
    'RATE_LIMIT_EXCEEDED',
    `this customer may start ${cps} group calls a second`,
    'Send the request again after the time of Retry-After, or have the cps of the customer raised.',
    Number.isFinite(retryAfterMs) ? { retryAfterMs } : {},
  );
}

/** More would ring at once than the customer's limit lets. */
export function legLimitExceeded(member: 'max_legs' | 'max_groupcalls', limit: number, wanted: number): EngineError {
  const what = member === 'max_legs' ? 'legs' : 'group calls';
  return new EngineError(
    'LEG_LIMIT_EXCEEDED',
    `this customer may have ${limit} ${what} alive at once (${member}), and this request makes it ${wanted}`,
    `Wait until some have ended, or have the ${member} of the customer raised.`,
    { retryAfterMs: LIMIT_RETRY_MS },
  );
}

/** The server is stopping and takes nothing new. */
export function shuttingDown(): EngineError {
  return new EngineError(
    'SERVICE_UNAVAILABLE',
    'the server is stopping and starts no new calls',
    'Send the request again when the server is back.',
    { retryAfterMs: RESTART_RETRY_MS },
  );
}

/** So much lives that the server takes no more, whoever asks. */
export function serverFull(maxLive: number): EngineError {
  return new EngineError(
    'SERVICE_UNAVAILABLE',
    `this server carries at most ${maxLive} group calls at once, and has them`,
    'Send the request again when some have ended, or raise the limit in the configuration of the server.',
    { retryAfterMs: LIMIT_RETRY_MS },
  );
}

/** A change could not be written, so what it was about is ended. */
export function notWritten(cause: unknown): EngineError {
  return new EngineError(
    'SERVICE_UNAVAILABLE',
    'the change could not be written to the database, and what it was about is ended',
    'See the log of the server for the cause, then send the request again.',
    { cause, retryAfterMs: RESTART_RETRY_MS },
  );
}
