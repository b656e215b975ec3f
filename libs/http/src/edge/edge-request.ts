import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../caller';
import type { EndpointConfig } from '../endpoint';
import type { ForwardedRoute } from './forwarding';

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: EndpointConfig;
    /** The route behind which requests for other processes arrive. */
    forwards?: true;
  }
}

/** What the edge adds to Fastify's request; take it with `@Req()`. */
export interface EdgeRequest extends FastifyRequest {
  /** Absent on public paths. */
  caller: Caller | undefined;
  /** The body as it came, where the endpoint asks for it (`rawBody`). */
  rawBody: Buffer | undefined;
  /** The `Idempotency-Key` that counts for this request. */
  idempotencyKey: string | undefined;
  /** Content hash of method, query and body; computed when first asked for. */
  contentFingerprint: string | undefined;
  /** Set when this request's answer is to be kept. */
  idempotencyRecord: string | undefined;
  /** At a gateway: whose request this is. */
  forwarded: ForwardedRoute | undefined;
}

export type EdgeReply = FastifyReply;

export function endpointOf(request: FastifyRequest): EndpointConfig | undefined {
  const { endpoint } = request.routeOptions.config;
  return endpoint ?? (request as EdgeRequest).forwarded?.endpoint;
}
