import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@fidelis/contracts';
import type { LearntRoutes } from './learnt-routes';
import type { ServiceUrls, Upstream } from './upstream';

export interface RouteLearnerOptions {
  readonly services: ServiceUrls;
  readonly routes: LearntRoutes;
  readonly upstream: Upstream;
  readonly secret: string;
  readonly onError: (error: unknown) => void;
  /** Until a replica's first answer: 300. */
  readonly askEveryMs?: number;
  /** After it; it may have become another version. 5000. */
  readonly askAgainEveryMs?: number;
}

const ASK_EVERY_MS = 300;
const ASK_AGAIN_EVERY_MS = 5000;
const ANSWER_MS = 5000;
const LISTENERS_PER_REPLICA = 4;

/** Asks every replica for its endpoints, at the start and now and then. */
export class RouteLearner {
  private readonly closing = new AbortController();
  private readonly learning: readonly Promise<void>[];

  constructor(private readonly options: RouteLearnerOptions) {
    const replicas = [...options.services].flatMap(([service, urls]) =>
      urls.map((url) => ({ service, url })),
    );
    // For each replica a question, its connection and a pause may wait for the end at a time.
    setMaxListeners(LISTENERS_PER_REPLICA * replicas.length, this.closing.signal);
    this.learning = replicas.map(({ service, url }) => this.keepLearning(service, url));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.learning);
  }

  private async keepLearning(service: ServiceName, url: string): Promise<void> {
    const { routes, onError } = this.options;
    const { askEveryMs = ASK_EVERY_MS, askAgainEveryMs = ASK_AGAIN_EVERY_MS } = this.options;
    const { signal } = this.closing;
    let isKnown = false;
    // Told once: at the start everything waits for everything.
    let failure = '';
    while (!signal.aborted) {
      try {
        routes.learn(service, url, await this.ask(service, url));
        isKnown = true;
        failure = '';
      } catch (error) {
        const reason = reasonOf(error);
        if (reason !== failure) onError(error);
        failure = reason;
      }
      const pauseMs = isKnown ? askAgainEveryMs : askEveryMs;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private ask(service: ServiceName, url: string): Promise<string> {
    const attempt = {
      method: 'GET' as const,
      path: '/internal/routes',
      headers: { authorization: `Bearer ${this.options.secret}` },
      body: () => null,
      canSendAgain: () => true,
      answerMs: ANSWER_MS,
      timesSentMax: Number.POSITIVE_INFINITY,
      affinity: undefined,
      mayAsk: (one: string) => one === url,
      signal: this.closing.signal,
    };
    return this.options.upstream.send(service, attempt, async ({ statusCode, body }) => {
      const text = await body.text();
      if (statusCode === 200) return text;
      throw new Error(`${service} answers ${statusCode} to the question for its endpoints`);
    });
  }
}

function reasonOf(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  return String((cause as { readonly message?: unknown }).message);
}
