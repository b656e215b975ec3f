import { NOT_BEGUN_HEADER, type ServiceName } from '@fidelis/contracts';
import { Replicas } from '@fidelis/service-calls';
import { Agent, type Dispatcher } from 'undici';

export type ServiceUrls = ReadonlyMap<ServiceName, readonly string[]>;

export interface UpstreamOptions {
  /** Base URLs of each service's replicas, without a trailing slash. */
  readonly urls: ServiceUrls;
  /** Connections kept alive per replica: 128. */
  readonly connectionsMax?: number;
}

export interface Attempt {
  readonly method: Dispatcher.HttpMethod;
  /** With the query, as it came. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Called for each attempt: a stream is good for one only. */
  readonly body: () => Dispatcher.DispatchOptions['body'];
  /** `false`: what was sent in vain cannot be sent again. */
  readonly canSendAgain: () => boolean;
  /** For the first byte of the answer, then for each further one; 0: as long as it takes. */
  readonly answerMs: number;
  /** How often it may be sent to somebody who then does not answer. */
  readonly timesSentMax: number;
  /** Another replica's answers count the same. */
  readonly affinity: string | undefined;
  readonly signal?: AbortSignal;
}

/** Nobody answered. `begun`: somebody may have done it all the same. */
export class NoAnswer extends Error {
  constructor(
    readonly begun: boolean,
    cause: unknown,
  ) {
    super(begun ? 'no answer' : 'nobody could be reached', { cause });
  }
}

const CONNECT_MS = 1000;

/** Errors of a connection that never came about: nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const OUT_OF_TIME = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The services' replicas over kept-alive connections. */
export class Upstream {
  private readonly agent: Agent;
  private readonly replicas: ReadonlyMap<ServiceName, Replicas>;

  constructor(options: UpstreamOptions) {
    this.agent = new Agent({
      connections: options.connectionsMax ?? 128,
      connect: { timeout: CONNECT_MS },
    });
    this.replicas = new Map([...options.urls].map(([name, urls]) => [name, new Replicas(urls)]));
  }

  /**
   * Asks one replica after the other. Whom nothing could be sent to is no attempt; `take` reads
   * what it needs of the answer, and its failure is the replica's. Throws `NoAnswer`.
   */
  async send<Taken>(
    service: ServiceName,
    attempt: Attempt,
    take: (answer: Dispatcher.ResponseData) => Promise<Taken>,
  ): Promise<Taken> {
    const replicas = this.replicas.get(service) ?? new Replicas([]);
    let timesSent = 0;
    let last: unknown = new Error(`no replica of ${service} is named`);
    for (const url of replicas.inOrderFor(attempt.affinity)) {
      try {
        return await take(await this.ask(url, replicas, attempt));
      } catch (error) {
        if (attempt.signal?.aborted === true) throw error;
        last = error;
        const failure = failureOf(error);
        if (failure !== 'out-of-time') replicas.couldNotReach(url);
        if (failure !== 'not-sent') timesSent += 1;
        if (failure === 'out-of-time' || !mayGoOn(attempt, timesSent)) break;
      }
    }
    throw new NoAnswer(timesSent > 0, last);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask(
    url: string,
    replicas: Replicas,
    attempt: Attempt,
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, answerMs, signal } = attempt;
    const answer = await this.agent.request({
      origin: url,
      path,
      method,
      headers,
      body: attempt.body() ?? null,
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
      ...(signal && { signal }),
    });
    if (answer.headers[NOT_BEGUN_HEADER] !== undefined) throw new NotBegun(answer);
    replicas.reached(url);
    return answer;
  }
}

/** The replica shuts down and says that it did not look at the request. */
class NotBegun extends Error {
  constructor(answer: Dispatcher.ResponseData) {
    super('the replica is shutting down');
    void answer.body.dump();
  }
}

function mayGoOn({ timesSentMax, canSendAgain }: Attempt, timesSent: number): boolean {
  return timesSent < timesSentMax && canSendAgain();
}

type Failure = 'not-sent' | 'no-answer' | 'out-of-time';

function failureOf(error: unknown): Failure {
  const { code = '' } = (error ?? {}) as { readonly code?: string };
  if (error instanceof NotBegun || NOT_CONNECTED.has(code)) return 'not-sent';
  return OUT_OF_TIME.has(code) ? 'out-of-time' : 'no-answer';
}
