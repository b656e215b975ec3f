import { NO_ENDPOINT, NOT_BEGUN_HEADER, type ServiceName } from '@fidelis/contracts';
import { Liveness, Replicas } from '@fidelis/service-calls';
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
  /** Whether a replica has what is asked for. Absent: all have. */
  readonly mayAsk?: (url: string) => boolean;
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

type Take<Taken> = (answer: Dispatcher.ResponseData) => Promise<Taken>;

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
  private readonly liveness = new Liveness();
  private readonly replicas: ReadonlyMap<ServiceName, Replicas>;

  constructor(options: UpstreamOptions) {
    this.agent = new Agent({
      connections: options.connectionsMax ?? 128,
      connect: { timeout: CONNECT_MS },
    });
    this.replicas = new Map(
      [...options.urls].map(([name, urls]) => [name, new Replicas(urls, this.liveness)]),
    );
  }

  /**
   * Asks one replica after the other. Whom nothing could be sent to is no attempt; `take` reads
   * what it needs of the answer, and its failure is the replica's. Throws `NoAnswer`.
   */
  async send<Taken>(service: ServiceName, attempt: Attempt, take: Take<Taken>): Promise<Taken> {
    const replicas = this.replicas.get(service) ?? new Replicas([], this.liveness);
    const urls = replicas.inOrderFor(attempt.affinity, attempt.mayAsk);
    let timesSent = 0;
    let last: unknown = new Error(`no replica of ${service} is named`);
    for (const [index, url] of urls.entries()) {
      const isLast = index === urls.length - 1;
      const mayLeave = (): boolean => !isLast && mayGoOn(attempt, timesSent + 1);
      try {
        return await replicas.ask(url, { mayLeave }, async (silent) => {
          const answer = await this.ask(url, attempt, silent);
          replicas.reached(url);
          return take(answer);
        });
      } catch (error) {
        if (attempt.signal?.aborted === true) throw error;
        last = error;
        const failure = failureOf(error);
        if (failure.isAway) replicas.couldNotReach(url);
        if (failure.wasSent) timesSent += 1;
        if (failure.isEnd || !mayGoOn(attempt, timesSent)) break;
      }
    }
    throw new NoAnswer(timesSent > 0, last);
  }

  async close(): Promise<void> {
    await Promise.all([this.agent.destroy(), this.liveness.close()]);
  }

  private async ask(
    url: string,
    attempt: Attempt,
    silent: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, answerMs } = attempt;
    const answer = await this.agent.request({
      origin: url,
      path,
      method,
      headers,
      body: attempt.body() ?? null,
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
      signal: eitherOf(attempt.signal, silent),
    });
    const reason = answer.headers[NOT_BEGUN_HEADER];
    if (reason === undefined) return answer;
    void answer.body.dump();
    throw new NotBegun(reason === NO_ENDPOINT);
  }
}

function eitherOf(one: AbortSignal | undefined, other: AbortSignal | undefined) {
  return one && other ? AbortSignal.any([one, other]) : (one ?? other ?? null);
}

/** The replica says that it did not look at the request: it shuts down, or has no such endpoint. */
class NotBegun extends Error {
  constructor(readonly isWell: boolean) {
    super(isWell ? 'the replica has no such endpoint' : 'the replica is shutting down');
  }
}

function mayGoOn({ timesSentMax, canSendAgain }: Attempt, timesSent: number): boolean {
  return timesSent < timesSentMax && canSendAgain();
}

interface Failure {
  /** Others are asked first for a while. */
  readonly isAway: boolean;
  readonly wasSent: boolean;
  /** The time is used up. */
  readonly isEnd: boolean;
}

function failureOf(error: unknown): Failure {
  const { code = '' } = (error ?? {}) as { readonly code?: string };
  const isEnd = OUT_OF_TIME.has(code);
  if (error instanceof NotBegun) return { isAway: !error.isWell, wasSent: false, isEnd };
  return { isAway: !isEnd, wasSent: !NOT_CONNECTED.has(code), isEnd };
}
