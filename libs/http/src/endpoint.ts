import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Role } from './caller';
import type { DtoClass } from './fields/decorate';

/**
 * - `required`: without `Idempotency-Key` → 400; its answer is kept for 30 days.
 * - `optional`: idempotent by its state; a key that is sent counts all the same.
 * - `business-id`: the body's own id does it for ever; a key that is sent is ignored.
 * - `none`: reads, and what must run every time.
 */
export type IdempotencyRule = 'required' | 'optional' | 'business-id' | 'none';

export interface EndpointConfig {
  /** One line for the reference: imperative verb + noun. */
  readonly summary: string;
  readonly description?: string;
  /** `admin` may do everything. `'public'`: no key needed. */
  readonly roles: readonly Role[] | 'public';
  readonly idempotency: IdempotencyRule;
  /** Of a good answer. Default 200; `answered()` may give another (list it in `otherStatuses`). */
  readonly status?: number;
  readonly otherStatuses?: readonly number[];
  readonly body?: DtoClass;
  /** What the query string may hold; its texts arrive as the fields' types. */
  readonly query?: DtoClass;
  /** For OpenAPI; answers are not checked at run time. `[Dto]` is a list. */
  readonly answer?: DtoClass | readonly [DtoClass];
  /** Codes beyond the common ones, with their statuses: `{ insufficient_points: 409 }`. */
  readonly problems?: Readonly<Record<string, number>>;
  /** Default 1 MiB (`BODY_BYTES_MAX`). `unlimited` is for streams only. */
  readonly bodyBytesMax?: number | 'unlimited';
  /** Default `application/json`; `application/x-ndjson` arrives as a stream in `request.body`. */
  readonly bodyType?: 'application/json' | 'application/x-ndjson' | 'text/csv';
  /** Keeps the body's bytes as `request.rawBody`: a signature is over them, not over the JSON. */
  readonly rawBody?: boolean;
  /** Media types of the good answer. Default `application/json`. */
  readonly answerTypes?: readonly string[];
  /** Headers that it looks at beyond the common ones, for OpenAPI: name → what for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Path parameter that must be the participant's own id for bearers of participant tokens. */
  readonly ownParam?: string;
  /**
   * Field of the body that names what the request is about, a text or a participant's `{id}` or
   * `{externalId}`: a gateway sends requests about one to one replica. Absent: the first path
   * parameter names it.
   */
  readonly about?: string;
}

export const BODY_BYTES_MAX = 1024 * 1024;
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;
export const TICKET_BYTES_MAX = 256 * 1024;

/** Everything the edge knows of a handler; OpenAPI is generated from the same object. */
export function Endpoint(config: EndpointConfig): MethodDecorator {
  return applyDecorators(RouteConfig({ endpoint: config }), HttpCode(config.status ?? 200));
}
