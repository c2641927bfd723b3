import { AppError } from '@groupcall/kernel';
import { ERROR_REASONS, isErrorReason, type ErrorEnvelope, type ErrorReason } from '@groupcall/contract';
import { StoreError } from '@groupcall/store';

export interface ErrorDetail {
  readonly member: string;
  readonly message: string;
}

/** An answer of the API that is no success. */
export class ApiError extends AppError<ErrorReason> {
  readonly details: readonly ErrorDetail[];
  /** Seconds after which it is worth trying again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: ErrorReason,
    message: string,
    options: { details?: readonly ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(reason, message, options.cause === undefined ? {} : { cause: options.cause });
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get httpStatus(): number {
    return ERROR_REASONS[this.code][0];
  }

  /** The body of the reply. */
  envelope(requestId: string): ErrorEnvelope {
    const [, status] = ERROR_REASONS[this.code];
    const error = { status, reason: this.code, message: this.message, request_id: requestId };
    return { error: this.details.length === 0 ? error : { ...error, details: [...this.details] } };
  }
}

/** The resource is not there, or is another customer's, which is the same to the asker. */
export function notFound(what: string, id: string): ApiError {
  return new ApiError('RESOURCE_NOT_FOUND', `there is no ${what} with the id ${id}`);
}

interface FastifyFailure {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validation?: readonly ValidationFailure[];
  readonly validationContext?: string;
}

interface ValidationFailure {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
  /** The schema that was not met. */
  readonly parentSchema?: { readonly description?: string };
}

const MS_PER_SECOND = 1_000;

/** Any thrown value as what the API answers. What was not foreseen becomes INTERNAL and tells nothing of itself. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!(thrown instanceof AppError)) return fromFastify(thrown as FastifyFailure, thrown);
  const error = thrown as AppError;
  if (isErrorReason(error.code)) return fromAppError(error, error.code);
  if (!(error instanceof StoreError) || error.code === 'STORE_DATA') return internal(error);
  const message = 'the database can’t be read or written now; try again';
  return new ApiError('SERVICE_UNAVAILABLE', message, { retryAfterSeconds: 1, cause: error });
}

function internal(thrown: unknown): ApiError {
  return new ApiError('INTERNAL', 'the server failed; this is logged with the request id', { cause: thrown });
}

function fromAppError(error: AppError, reason: ErrorReason): ApiError {
  const { member, retryAfterMs } = error as { member?: string; retryAfterMs?: number };
  return new ApiError(reason, error.message, {
    ...(member === undefined ? {} : { details: [{ member, message: error.message }] }),
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / MS_PER_SECOND)) }),
    cause: error,
  });
}

function fromFastify(failure: FastifyFailure, thrown: unknown): ApiError {
  const [first] = failure.validation ?? [];
  if (first !== undefined) return fromValidation(first, failure.validationContext ?? 'body');
  switch (failure.code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError('INVALID_JSON_BODY', 'the body must be a JSON object, and can’t be read as one', {
        cause: thrown,
      });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('BODY_TOO_LARGE', 'the body is larger than this server takes', { cause: thrown });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('UNSUPPORTED_MEDIA_TYPE', 'the body must be sent as application/json', { cause: thrown });
    case 'FST_ERR_BAD_URL':
      return new ApiError('ROUTE_NOT_FOUND', 'the path is not a URL path that can be read', { cause: thrown });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalidId('id');
    default:
      break;
  }
  const { statusCode = 500 } = failure;
  if (statusCode >= 500 || statusCode < 400) return internal(thrown);
  return new ApiError('INVALID_ARGUMENT', 'the request can’t be read', { cause: thrown });
}

function fromValidation(failure: ValidationFailure, context: string): ApiError {
  const path = memberOf(failure.instancePath);
  const { member, message } = inWords(path, failure);
  if (context === 'params') return invalidId(member);
  return new ApiError('INVALID_ARGUMENT', message, { details: [{ member, message }] });
}

function invalidId(member: string): ApiError {
  const message = `${member} in the path must be a UUID`;
  return new ApiError('INVALID_ID', message, { details: [{ member, message }] });
}

/** `/destinations/0/target` as `destinations[0].target`. */
function memberOf(instancePath: string): string {
  return instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`), '');
}

function inWords(path: string, failure: ValidationFailure): ErrorDetail {
  const { keyword, params, message = 'is not valid', parentSchema } = failure;
  const within = (name: unknown): string => (path === '' ? String(name) : `${path}.${String(name)}`);
  if (keyword === 'required') {
    const member = within(params['missingProperty']);
    return { member, message: `${member} is missing` };
  }
  if (keyword === 'additionalProperties') {
    const member = within(params['additionalProperty']);
    return { member, message: `${member} is not a member that this request takes` };
  }
  const member = path === '' ? 'body' : path;
  const right = parentSchema?.description;
  // A regular expression tells people little; the description says the same in words.
  if (keyword === 'pattern' && right !== undefined)
    return { member, message: `${member} must be ${inSentence(right)}` };
  if (keyword === 'const') return { member, message: `${member} must be ${JSON.stringify(params['allowedValue'])}` };
  if (keyword === 'enum') {
    const allowed = (params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ');
    return { member, message: `${member} must be one of ${allowed}` };
  }
  return { member, message: `${member} ${message}` };
}

/** `A host name, such as a.example.` as it stands within a sentence. */
function inSentence(description: string): string {
  return description.replace(/^A(n?) /, 'a$1 ').replace(/\.$/, '');
}
