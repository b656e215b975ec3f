import { OperationalError } from '@fidelis/kernel';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleType,
  retry,
  wrap,
  type IPolicy,
} from 'cockatiel';
import { request, type Agent } from 'undici';
import { sign } from '../secrets/signatures';
import { toCancellationAnswer, toPlacementAnswer, type VendorResponse } from './http-answers';
import type {
  CancellationAnswer,
  OrderForVendor,
  PlacementAnswer,
  VendorAdapter,
} from './vendor-adapter';

export interface HttpVendorOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly secret: string;
  readonly agent: Agent;
}

/** One request. Two of them and the pause between fit into an attempt's 30 seconds. */
const REQUEST_MS_MAX = 10_000;
/** A vendor that failed this often in a row is left alone for `PAUSE_MS`. */
const FAILURES_IN_A_ROW_MAX = 5;
const PAUSE_MS = 10_000;
/** An answer is a few lines; more is not an answer. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * A vendor's system over HTTP. Requests are signed by Standard Webhooks; the `webhook-id` and
 * `idempotency-key` are the order's, the same at every repetition.
 */
export class HttpVendor implements VendorAdapter {
  private readonly policy: IPolicy;

  constructor(private readonly options: HttpVendorOptions) {
    const failures = handleType(OperationalError);
    this.policy = wrap(
      retry(failures, {
        maxAttempts: 1,
        backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 1000 }),
      }),
      circuitBreaker(failures, {
        halfOpenAfter: PAUSE_MS,
        breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW_MAX),
      }),
    );
  }

  async place(order: OrderForVendor): Promise<PlacementAnswer> {
    return toPlacementAnswer(await this.post('/orders', order.orderId, order));
  }

  async cancel({ orderId }: { readonly orderId: string }): Promise<CancellationAnswer> {
    const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
    return toCancellationAnswer(await this.post(path, `${orderId}:cancel`, { orderId }));
  }

  private post(path: string, messageId: string, content: object): Promise<VendorResponse> {
    const body = JSON.stringify(content);
    return this.policy.execute(() => this.send(path, messageId, body)).catch(asOperational);
  }

  private async send(path: string, messageId: string, body: string): Promise<VendorResponse> {
    const { baseUrl, secret, agent } = this.options;
    try {
      const response = await request(`${baseUrl}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': messageId,
          ...sign(secret, messageId, body),
        },
        body,
        dispatcher: agent,
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
      const text = await textOf(response.body);
      const { statusCode } = response;
      if (statusCode === 429 || statusCode >= 500) {
        throw new OperationalError(`the vendor answered ${statusCode}`);
      }
      return { statusCode, text };
    } catch (error) {
      if (error instanceof OperationalError) throw error;
      const cause = error instanceof Error ? error.message : 'no answer';
      throw new OperationalError(`the vendor gave no answer: ${cause}`, { cause: error });
    }
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new OperationalError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An open circuit is the policy's own error; for the caller it is one more answer not known. */
function asOperational(error: unknown): never {
  if (error instanceof OperationalError) throw error;
  throw new OperationalError('the vendor failed too often and is left alone for a moment', {
    cause: error,
  });
}
