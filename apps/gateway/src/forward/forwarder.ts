import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { unavailable, type EdgeReply, type EdgeRequest, type Forwarding } from '@fidelis/http';
import { inSpan } from '@fidelis/tracing';
import { affinityOf } from './affinity';
import type { LearntRoute, LearntRoutes } from './learnt-routes';
import { headersForClient, headersForService } from './passed-headers';
import { NoAnswer, type Attempt, type Upstream } from './upstream';

export interface ForwarderOptions {
  readonly routes: LearntRoutes;
  readonly upstream: Upstream;
  /** The installation's: services take requests from nobody else. */
  readonly secret: string;
  /** How long a service may think. Longer than the longest that it waits itself (integrity, 30 s). */
  readonly answerMs?: number;
  readonly onError: (error: unknown) => void;
}

const ANSWER_MS = 60_000;
/** Larger answers go through as they come. */
const HELD_BYTES_MAX = 1024 * 1024;
/** In its text, a key's answer can be kept for the next time. */
const KEPT_BYTES_MAX = 256 * 1024;
const SAFE = new Set(['GET', 'HEAD']);

type Body = string | Buffer | Readable;

interface ServiceAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Body;
}

/** Passes requests on to the services' processes and their answers back, byte for byte. */
export class Forwarder implements Forwarding {
  constructor(private readonly options: ForwarderOptions) {}

  find(method: string, path: string): LearntRoute | undefined {
    return this.options.routes.find(method, path);
  }

  async handle(request: EdgeRequest, reply: EdgeReply): Promise<unknown> {
    const route = request.forwarded as LearntRoute;
    const span = { name: `forward ${route.service} ${route.path}`, kind: 'client' } as const;
    const answer = await inSpan(span, () => this.ask(route, request));
    if (answer.status === 401 && route.endpoint.roles !== 'public') throw this.distrusted(route);
    void reply.code(answer.status).headers(headersForClient(answer.headers));
    if (request.method === 'HEAD') void reply.headers(lengthOf(answer));
    return reply.send(isEmpty(answer.body) ? undefined : answer.body);
  }

  private async ask(route: LearntRoute, request: EdgeRequest): Promise<ServiceAnswer> {
    const upload = new Upload(request);
    const streams = upload.isStream || route.endpoint.bodyBytesMax === 'unlimited';
    const attempt: Attempt = {
      method: request.method,
      path: request.raw.url ?? request.url,
      headers: this.headersOf(request, upload),
      body: () => upload.body(),
      canSendAgain: () => !upload.hasBegun,
      answerMs: streams ? 0 : (this.options.answerMs ?? ANSWER_MS),
      timesSentMax: timesSentMax(route, request),
      affinity: affinityOf(route, request),
      mayAsk: (url) => !route.lackedBy.has(url),
    };
    const take = streams ? takeStream : (data: Dispatcher.ResponseData) => takeHeld(data, request);
    try {
      return await this.options.upstream.send(route.service, attempt, take);
    } catch (error) {
      if (error instanceof NoAnswer) throw this.unanswered(route, request, error);
      throw error;
    }
  }

  private headersOf(request: EdgeRequest, upload: Upload): Attempt['headers'] {
    const headers = headersForService(request, this.options.secret);
    const length = request.headers['content-length'];
    // Of bytes it is counted anew.
    return upload.isStream && length !== undefined
      ? { ...headers, 'content-length': length }
      : headers;
  }

  private unanswered({ service }: LearntRoute, request: EdgeRequest, error: NoAnswer) {
    this.options.onError(error);
    if (!error.begun || SAFE.has(request.method)) {
      return unavailable(`the service ${service} is away; nothing was done`);
    }
    return unavailable(
      'the outcome is not known; the same request, with the same Idempotency-Key, later gives it',
    );
  }

  // Not the client's fault: our secrets differ.
  private distrusted({ service }: LearntRoute) {
    this.options.onError(new Error(`${service} does not know FIDELIS_INTERNAL_SECRET`));
    return unavailable(`the service ${service} cannot take requests now`);
  }
}

/**
 * Reads may be asked of every replica. What carries the id of its operation is recognised when it
 * comes twice, so it may be sent once more; of anything else the outcome stays unknown.
 */
function timesSentMax(route: LearntRoute, request: EdgeRequest): number {
  if (SAFE.has(request.method)) return Number.POSITIVE_INFINITY;
  const recognised =
    request.idempotencyKey !== undefined || route.endpoint.idempotency === 'business-id';
  return recognised ? 2 : 1;
}

async function takeHeld(
  data: Dispatcher.ResponseData,
  { idempotencyKey }: EdgeRequest,
): Promise<ServiceAnswer> {
  const bytes = Number(data.headers['content-length'] ?? Number.NaN);
  if (idempotencyKey !== undefined && bytes <= KEPT_BYTES_MAX) {
    return answerOf(data, await data.body.text());
  }
  if (bytes <= HELD_BYTES_MAX) return answerOf(data, Buffer.from(await data.body.arrayBuffer()));
  return answerOf(data, data.body);
}

const takeStream = (data: Dispatcher.ResponseData): Promise<ServiceAnswer> =>
  Promise.resolve(answerOf(data, data.body));

/** Fastify would name a type for a text without one, also for an empty one. */
const isEmpty = (body: Body): boolean => !(body instanceof Readable) && body.length === 0;

const answerOf = (data: Dispatcher.ResponseData, body: Body): ServiceAnswer => ({
  status: data.statusCode,
  headers: data.headers,
  body,
});

/** The answer to a HEAD tells how long the one to a GET would be. */
function lengthOf({ headers }: ServiceAnswer): Record<string, string> {
  const length = headers['content-length'];
  return typeof length === 'string' ? { 'content-length': length } : {};
}

/** The body of a request: bytes that may be sent again, or a stream that flows once. */
class Upload {
  hasBegun = false;
  private readonly stream: Readable | undefined;

  constructor(private readonly request: EdgeRequest) {
    this.stream = request.body instanceof Readable ? request.body : undefined;
  }

  get isStream(): boolean {
    return this.stream !== undefined;
  }

  body(): Buffer | Readable | null {
    if (this.stream === undefined) return this.request.rawBody ?? null;
    // A connection that fails destroys what it was given: not the client's stream itself, which
    // the next replica may still get from its beginning.
    return Readable.from(this.chunksOf(this.stream), { objectMode: false });
  }

  private async *chunksOf(stream: Readable): AsyncGenerator<Buffer> {
    this.hasBegun = true;
    try {
      for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
    } finally {
      // An answer may come before the end of the upload; the client still has to get it.
      stream.resume();
    }
  }
}
