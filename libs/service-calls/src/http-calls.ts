import { OperationalError } from '@fidelis/kernel';
import type { CallContract, ServiceName } from '@fidelis/contracts';
import { Agent, request as send } from 'undici';
import { pathOf } from './call-table';
import { CALL_DEADLINE_MS, type CallOptions, type ServiceCalls } from './service-calls';

export interface HttpCallsOptions {
  /** Where each service listens, without a trailing slash. */
  readonly urlOf: (service: ServiceName) => string;
  /** Shared by the services of one installation; the door for calls is closed without it. */
  readonly secret: string;
  /** Connections kept alive per service: 64. */
  readonly connectionsMax?: number;
}

/** The path under which every service answers calls. */
export const CALLS_PATH = '/internal/calls';

/** The other service lives in another process: HTTP with keep-alive, JSON both ways. */
export class HttpCalls implements ServiceCalls {
  private readonly agent: Agent;

  constructor(private readonly options: HttpCallsOptions) {
    this.agent = new Agent({ connections: options.connectionsMax ?? 64 });
  }

  async call<Request, Answer>(
    contract: CallContract<Request, Answer>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Answer> {
    const path = pathOf(contract);
    const deadlineMs = options.deadlineMs ?? CALL_DEADLINE_MS;
    try {
      const response = await send(`${this.options.urlOf(contract.service)}${CALLS_PATH}/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${this.options.secret}`,
        },
        body: JSON.stringify(request),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(Math.ceil(deadlineMs)),
      });
      const text = await response.body.text();
      if (response.statusCode === 200) return JSON.parse(text) as Answer;
      throw new OperationalError(`${path}: answered ${response.statusCode}`, {
        outcomeUnknown: response.statusCode >= 500,
      });
    } catch (error) {
      if (error instanceof OperationalError) throw error;
      throw new OperationalError(`${path}: no answer`, { cause: error, outcomeUnknown: true });
    }
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
