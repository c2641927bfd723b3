import type { IdSource, Logger } from '@groupcall/kernel';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { authenticate } from './access.ts';
import { ApiError, toApiError } from './api-error.ts';
import { answerBrokenRequest } from './broken-request.ts';
import type { Principals } from './principal.ts';

/** Path under which every resource stands. */
export const API_PREFIX = '/v1.0';

/** Largest body that is read, in bytes: a hundred destinations with all their options fit well. */
const MAX_BODY_BYTES = 1_048_576;

/** How long a client may take to send a request, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

export interface AppOptions {
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly principals: Principals;
  /** Tells whether the server takes new work: what `/readyz` answers. */
  readonly ready: () => boolean;
  /** Adds the resources, under {@link API_PREFIX} and behind the authentication. */
  readonly routes: (app: FastifyInstance) => void;
}

/** The HTTP side as a Fastify app, without a listener: `inject()` in tests, `listen()` in the server. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // What is sent is checked as it is: nothing is converted, filled in, or taken away in silence. What is wrong is told
    // with its schema (verbose), whose description says what would be right.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
        verbose: true,
      },
    },
    clientErrorHandler: answerBrokenRequest(options.ids),
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : options.ids.uuid();
    },
    frameworkErrors: (error, request, reply) => {
      sendError(options.logger, error, request, reply);
    },
  });
  takeJsonOnly(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    sendError(options.logger, error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    sendError(options.logger, new ApiError('ROUTE_NOT_FOUND', `there is no ${request.method} ${path}`), request, reply);
  });
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = options.ready();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
  void app.register(
    (scope, _scopeOptions, done) => {
      scope.addHook('onRequest', authenticate(options.principals));
      options.routes(scope);
      done();
    },
    { prefix: API_PREFIX },
  );
  return app;
}

/** Any other media type is refused. A body that is not there is refused too, unless none is wanted. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients name a media type also where they send nothing, as with a DELETE.
    if (body === '' && request.routeOptions.schema?.body === undefined) done(null, undefined);
    else void parse(request, body, done);
  });
}

function sendError(logger: Logger, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toApiError(thrown);
  if (error.httpStatus >= 500) {
    const path = request.url.split('?', 1)[0];
    logger.error({ err: error.cause ?? error, requestId: request.id, method: request.method, path }, error.message);
  }
  // A request that found no route has not been through the hooks.
  void reply.header('x-request-id', request.id);
  if (error.httpStatus === 401) void reply.header('www-authenticate', 'Bearer');
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
  void reply.code(error.httpStatus).type('application/json').send(error.envelope(request.id));
}
