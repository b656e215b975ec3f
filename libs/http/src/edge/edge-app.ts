import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NOT_BEGUN_HEADER } from '@fidelis/contracts';
import { assertInvariant, newId, type Clock, type Defect } from '@fidelis/kernel';
import { Answered } from '../answer';
import { BATCH_BYTES_MAX, BODY_BYTES_MAX } from '../endpoint';
import { NO_ANSWERS_KEPT, type IdempotencyStore } from '../idempotency/idempotency-store';
import { installIdempotency, installKeysOnly } from '../idempotency/idempotency-hooks';
import { commonProblem } from '../problems/common-problems';
import type { Problem } from '../problems/problem';
import { ProblemFilter, type EdgeLog } from '../problems/problem-filter';
import { derivedSchema } from '../validation/compile';
import { admit, type Authenticator } from './authenticate';
import { checkContentHook, checkHead } from './check-request';
import type { EdgeRequest } from './edge-request';
import { installForwarding, type Forwarding } from './forwarding';
import { rateLimit } from './limit-rate';
import { answerUnreadable, refuseUnserved, seeAllHeaders } from './answer-unserved';
import { installParsers } from './parse-body';
import type { RouteTable } from './route-table';
import { installTracing } from './trace-requests';

export interface FinishedRequest {
  readonly method: string;
  /** The route's pattern; `unknown` when nothing matched. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface EdgeOptions {
  readonly authenticator: Authenticator;
  /** `NO_ANSWERS_KEPT` in a service behind a gateway. */
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly log: EdgeLog;
  /** Nest's own logger, for start-up failures. */
  readonly nestLogger: LoggerService;
  /** A broken invariant: log and end the process. */
  readonly onDefect: (error: Defect) => void;
  readonly onFinished?: (request: FinishedRequest) => void;
  /** Requests per second and caller; absent: no limit. */
  readonly requestsPerSecond?: number | undefined;
  /** Filled while the modules' routes are registered; OpenAPI reads it. */
  readonly routes: RouteTable;
  /** A gateway's: takes what none of this process's own controllers does. */
  readonly forwarding?: Forwarding | undefined;
}

/** The longest path parameter: `{source}:{transactionId}`, percent-encoded. */
const PARAM_LENGTH_MAX = 1024;

const REQUEST_FIELDS = [
  'caller',
  'rawBody',
  'idempotencyKey',
  'contentFingerprint',
  'idempotencyRecord',
  'forwarded',
] as const;

/**
 * One Nest application behind the edge: auth, checks and idempotency are Fastify hooks, so a
 * handler has no guards, pipes or interceptors to go through.
 */
export async function createEdgeApp(
  module: Type | DynamicModule,
  options: EdgeOptions,
): Promise<NestFastifyApplication> {
  const { log, onDefect, idempotency } = options;
  const tellsMissingEndpoints = idempotency === NO_ANSWERS_KEPT;
  const filter = new ProblemFilter({ log, onDefect, tellsMissingEndpoints });
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    // Its own 503 is no problem document; `refusalOnceClosing` gives ours.
    return503OnClosing: false,
    genReqId: (raw: { headers: Readonly<Record<string, unknown>> }) =>
      requestIdOf(raw.headers['x-request-id']),
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
    clientErrorHandler: answerUnreadable,
    skipMiddie: true,
  });
  installEdge(adapter.getInstance<FastifyInstance>(), options);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: options.nestLogger,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  return app;
}

function installEdge(fastify: FastifyInstance, options: EdgeOptions): void {
  installTracing(fastify);
  refuseUnserved(fastify.server);
  seeAllHeaders(fastify.server);
  installParsers(fastify);
  for (const name of REQUEST_FIELDS) {
    fastify.decorateRequest(name, undefined);
  }
  fastify.addHook('onRoute', (route) => {
    const endpoint = route.config?.endpoint;
    const { forwards } = route.config ?? {};
    const covered = endpoint !== undefined || forwards || !route.url.startsWith('/v1');
    assertInvariant(covered, `${String(route.method)} ${route.url} has no @Endpoint`);
    // Other services' calls carry whole batches.
    if (route.url.startsWith('/internal/')) route.bodyLimit = BATCH_BYTES_MAX;
    if (endpoint === undefined) return;
    if (endpoint.body !== undefined) derivedSchema(endpoint.body);
    if (endpoint.query !== undefined) derivedSchema(endpoint.query);
    if (typeof endpoint.bodyBytesMax === 'number') route.bodyLimit = endpoint.bodyBytesMax;
    options.routes.add(route.method, route.url, endpoint);
  });
  if (options.forwarding !== undefined) installForwarding(fastify, options.forwarding);
  installAdmission(fastify, options);
  fastify.addHook('preHandler', checkContentHook);
  const { idempotency: store, clock } = options;
  if (store === NO_ANSWERS_KEPT) installKeysOnly(fastify);
  else installIdempotency(fastify, { store, clock });
  installAnswers(fastify);
  installFinished(fastify, options.onFinished);
}

/** One hook for all of it: each costs every request a turn through Fastify's runner. */
function installAdmission(fastify: FastifyInstance, options: EdgeOptions): void {
  const { authenticator } = options;
  const refusedAtTheEnd = refusalOnceClosing(fastify);
  const limited = rateLimit(options.requestsPerSecond);
  fastify.addHook('onRequest', (bare, reply, done) => {
    const request = bare as EdgeRequest;
    void reply.header('x-request-id', request.id);
    const refused = refusedAtTheEnd() ?? admit(request, authenticator);
    if (refused instanceof Promise) {
      refused.then((late) => done(late ?? limited(request) ?? checkHead(request)), done);
      return;
    }
    done(refused ?? limited(request) ?? checkHead(request));
  });
}

/** A request that comes on an open connection after the server was asked to end is not begun. */
function refusalOnceClosing(fastify: FastifyInstance): () => Problem | undefined {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  return () => (closing ? notBegun('the server is shutting down') : undefined);
}

function notBegun(detail: string): Problem {
  return commonProblem('unavailable', detail, {
    headers: { 'retry-after': '1', [NOT_BEGUN_HEADER]: '1' },
  });
}

function installAnswers(fastify: FastifyInstance): void {
  // eslint-disable-next-line max-params -- Fastify's signature; async would cost a promise each
  fastify.addHook('preSerialization', (_request, reply, payload, done) => {
    done(null, payload instanceof Answered ? unwrap(reply, payload) : payload);
  });
}

function unwrap(reply: FastifyReply, answer: Answered<unknown>): unknown {
  void reply.code(answer.status).headers(answer.headers);
  if (typeof answer.body === 'string') void reply.serializer((text: string) => text);
  return answer.body;
}

function installFinished(fastify: FastifyInstance, onFinished: EdgeOptions['onFinished']): void {
  if (onFinished === undefined) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    onFinished({
      method: request.method,
      route: patternOf(request as EdgeRequest),
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
}

function patternOf({ forwarded, routeOptions }: EdgeRequest): string {
  if (forwarded !== undefined) return forwarded.path;
  return routeOptions.config.forwards === true ? 'unknown' : (routeOptions.url ?? 'unknown');
}

// The client's own id is kept when it is harmless in logs and headers.
function requestIdOf(header: unknown): string {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : newId();
}
