import { OperationalError } from '@fidelis/kernel';
import {
  NO_ENDPOINT,
  NOT_BEGUN_HEADER,
  type CallContract,
  type ServiceName,
} from '@fidelis/contracts';
import { inSpan, traceHeaders } from '@fidelis/tracing';
import { Agent, request as send } from 'undici';
import { pathOf } from './call-table';
import { Liveness } from './liveness';
import { Replicas } from './replicas';
import { CALL_DEADLINE_MS, type CallOptions, type ServiceCalls } from './service-calls';

export interface HttpCallsOptions {
  /** Where each service's replicas listen, without a trailing slash. Read at each call. */
  readonly urlsOf: (service: ServiceName) => readonly string[];
  /** Shared by the services of one installation; the door for calls is closed without it. */
  readonly secret: string;
  /** Connections kept alive per replica: 64. */
  readonly connectionsMax?: number;
}

/** The path under which every service answers calls. */
export const CALLS_PATH = '/internal/calls';

/** A machine that has vanished refuses nothing: the deadline is for those that are there. */
const CONNECT_MS_MAX = 1000;

/** One call on its way: where it goes, what it says. */
interface Outgoing {
  readonly path: string;
  readonly body: string;
}

/**
 * The other service lives in another process: HTTP with keep-alive, JSON both ways. Every call is
 * safe to repeat (`CallContract`), so one that a replica did not answer goes to the next one.
 */
export class HttpCalls implements ServiceCalls {
  private readonly agent: Agent;
  private readonly liveness = new Liveness();
  private readonly replicas = new Map<ServiceName, { key: string; replicas: Replicas }>();

  constructor(private readonly options: HttpCallsOptions) {
    this.agent = new Agent({
      connections: options.connectionsMax ?? 64,
      connect: { timeout: CONNECT_MS_MAX },
    });
  }

  call<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Answer> {
    return inSpan({ name: `call ${pathOf(contract)}`, kind: 'client' }, () =>
      this.callReplicas(contract, request, options),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.agent.close(), this.liveness.close()]);
  }

  private async callReplicas<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options: CallOptions,
  ): Promise<Answer> {
    const path = pathOf(contract);
    const deadline = performance.now() + (options.deadlineMs ?? CALL_DEADLINE_MS);
    const outgoing = { path, body: JSON.stringify(request) };
    const replicas = this.replicasOf(contract.service);
    const urls = replicas.inOrderFor(contract.about?.(request));
    let last: NoAnswer | undefined;
    for (const [index, url] of urls.entries()) {
      const isLast = index === urls.length - 1;
      const until = {
        mayLeave: () => !isLast,
        deadline: isLast ? deadline : halfWayTo(deadline),
      };
      try {
        const answer = await replicas.ask(url, until, (signal) => this.send(url, outgoing, signal));
        replicas.reached(url);
        return answer as Answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (!(error instanceof NotKnown)) replicas.couldNotReach(url);
        last = moreTelling(last, error);
        if (performance.now() >= deadline) break;
      }
    }
    throw last ?? new OperationalError(`${path}: nobody is named who answers it`);
  }

  private async send(
    url: string,
    { path, body }: Outgoing,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let statusCode: number;
    let text: string;
    let notBegun: unknown;
    try {
      const response = await send(`${url}${CALLS_PATH}/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${this.options.secret}`,
          ...traceHeaders(),
        },
        body,
        dispatcher: this.agent,
        ...(signal && { signal }),
      });
      statusCode = response.statusCode;
      notBegun = response.headers[NOT_BEGUN_HEADER];
      text = await response.body.text();
    } catch (cause) {
      throw new NoAnswer(`${path}: no answer`, { cause, outcomeUnknown: true });
    }
    if (statusCode === 200) return JSON.parse(text);
    if (notBegun === NO_ENDPOINT) throw new NotKnown(`${path}: not known to this version`);
    if (notBegun !== undefined) throw new NoAnswer(`${path}: the replica is shutting down`);
    throw new OperationalError(`${path}: answered ${statusCode}`, {
      outcomeUnknown: statusCode >= 500,
    });
  }

  private replicasOf(service: ServiceName): Replicas {
    const urls = this.options.urlsOf(service);
    const key = urls.join();
    const known = this.replicas.get(service);
    if (known?.key === key) return known.replicas;
    const replicas = new Replicas(urls, this.liveness);
    this.replicas.set(service, { key, replicas });
    return replicas;
  }
}

/** A replica that lives but does not come to an answer must not use up the time of the others. */
function halfWayTo(deadline: number): number {
  const now = performance.now();
  return now + (deadline - now) / 2;
}

/** What one replica may have done is not undone by another one that did not begin. */
function moreTelling(before: NoAnswer | undefined, last: NoAnswer): NoAnswer {
  return before?.outcomeUnknown === true ? before : last;
}

/** The connection failed or broke, time ran out, or the replica shuts down: another may answer. */
class NoAnswer extends OperationalError {}

/** The replica is well, but of a version before this call. */
class NotKnown extends NoAnswer {}
