import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { EndpointConfig } from '../endpoint';
import { BODY_BYTES_MAX } from '../endpoint';
import { keyThatCounts } from '../idempotency/key-that-counts';
import { commonProblem } from '../problems/common-problems';
import type { EdgeReply, EdgeRequest } from './edge-request';
import { bytesOf, parseBytes } from './parse-body';

/** An endpoint of another process, as this edge must know it. */
export interface ForwardedRoute {
  /** Without DTOs: the other process checks body and query. */
  readonly endpoint: EndpointConfig;
  /** `/v1/accounts/:accountId/holds` */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Its query may hold `dryRun`. */
  readonly takesDryRun: boolean;
}

/** How requests under `/v1` that no controller of this process takes get to another one. */
export interface Forwarding {
  /** `path` without the query. `undefined`: there is nothing at this path. Throws a `Problem`. */
  find(method: string, path: string): ForwardedRoute | undefined;
  /**
   * `request.rawBody` holds the body's bytes; `request.body` the upload itself where the endpoint
   * takes streams. What it resolves with is the payload of the answer.
   */
  handle(request: EdgeRequest, reply: EdgeReply): Promise<unknown>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function installForwarding(fastify: FastifyInstance, forwarding: Forwarding): void {
  fastify.addHook('onRequest', (bare, _reply, done) => {
    try {
      if (bare.routeOptions.config.forwards === true) findRoute(bare as EdgeRequest, forwarding);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request, payload, parsed) => {
      takeBody(request as EdgeRequest, payload).then(
        (body) => parsed(null, body),
        (error: unknown) => parsed(error as Error),
      );
    });
    scope.route({
      method: METHODS,
      url: '/v1/*',
      config: { forwards: true },
      handler: async (bare, reply) => {
        const request = bare as EdgeRequest;
        if (request.forwarded !== undefined) return forwarding.handle(request, reply);
        throw commonProblem('not_found', 'there is nothing at this path');
      },
    });
    done();
  });
}

function findRoute(request: EdgeRequest, forwarding: Forwarding): void {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const mark = request.url.indexOf('?');
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  request.forwarded = forwarding.find(method, path);
  if (request.forwarded !== undefined) request.params = request.forwarded.params;
}

/**
 * Uploads go on as they come; JSON is looked at only where its content decides about a replay or
 * names what the request is about.
 */
async function takeBody(request: EdgeRequest, payload: IncomingMessage): Promise<unknown> {
  const endpoint = request.forwarded?.endpoint;
  if (endpoint === undefined) return undefined;
  const { bodyBytesMax = BODY_BYTES_MAX } = endpoint;
  if (bodyBytesMax === 'unlimited') return payload;
  request.rawBody = await bytesOf(payload, bodyBytesMax);
  const isLookedAt = endpoint.about !== undefined || keyThatCounts(request) !== undefined;
  return isLookedAt ? parseBytes(request.rawBody) : undefined;
}
