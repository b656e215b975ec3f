import { Pool } from 'undici';
import { checkAnswer } from './contract';

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Body;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Public paths that are not under `/v1`. */
const OUTSIDE_V1 = /^\/(v1\/|health|metrics|openapi|asyncapi|docs|$)/;

/** Talks to the gateway. Every answer is held against the OpenAPI document and RFC 9457. */
export class Client {
  private readonly pool: Pool;

  constructor(
    private readonly url: string,
    private readonly apiKey: string | undefined,
  ) {
    this.pool = new Pool(url, { connections: 32 });
  }

  get<Body = Record<string, unknown>>(
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer<Body>> {
    return this.send('GET', path, options);
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body: unknown = {},
    options: Omit<RequestOptions, 'body'> = {},
  ): Promise<Answer<Body>> {
    return this.send('POST', path, { ...options, body });
  }

  put<Body = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.send('PUT', path, { body });
  }

  patch<Body = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.send('PATCH', path, { body });
  }

  delete<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.send('DELETE', path, {});
  }

  /** NDJSON: one answer per line. */
  async importLines<Line = Record<string, unknown>>(
    path: string,
    lines: readonly unknown[],
  ): Promise<Line[]> {
    const answer = await this.raw('POST', path, {
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  }

  /** Sends the body as it is, for input that is no JSON. */
  async raw(
    method: string,
    path: string,
    options: {
      readonly body?: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<{ status: number; headers: Answer['headers']; text: string }> {
    const response = await this.pool.request({
      method: method,
      path: OUTSIDE_V1.test(path) ? path : `/v1${path}`,
      headers: {
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: options.body }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      text: await response.body.text(),
    };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async send<Body>(
    method: string,
    path: string,
    { body, idempotencyKey, headers }: RequestOptions,
  ): Promise<Answer<Body>> {
    const answer = await this.raw(method, path, {
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...headers,
      },
    });
    const parsed = answer.text === '' ? {} : (JSON.parse(answer.text) as unknown);
    const seen = { method, path, status: answer.status, headers: answer.headers, body: parsed };
    await checkAnswer(this.url, seen);
    return { status: answer.status, headers: answer.headers, body: parsed as Body };
  }
}
