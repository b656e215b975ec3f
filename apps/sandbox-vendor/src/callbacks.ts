import { request } from 'undici';
import { Webhook } from 'standardwebhooks';
import type { BookedOrder } from './order-book';
import type { SandboxConfig } from './sandbox.config';

/** Tried again after 1, 2, 4 … seconds; then Fidelis asks by itself at its limit. */
const TRIES_MAX = 5;

export type Send = (url: string, headers: Record<string, string>, body: string) => Promise<number>;

/** Tells Fidelis what has become of an order, signed by Standard Webhooks. */
export class Callbacks {
  private readonly pending = new Set<NodeJS.Timeout>();

  constructor(
    private readonly config: SandboxConfig,
    private readonly send: Send = post,
  ) {}

  later(ms: number, order: () => BookedOrder | undefined): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      const decided = order();
      if (decided !== undefined) this.tell(decided, 1);
    }, ms);
    this.pending.add(timer);
  }

  stop(): void {
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }

  private tell(order: BookedOrder, attempt: number): void {
    const { orderId, status, vendorOrderId } = order;
    const { fidelisUrl, vendorId, secret } = this.config;
    const body = JSON.stringify({ orderId, status, vendorOrderId });
    const id = `${orderId}:${status}`;
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    };
    const url = `${fidelisUrl}/v1/vendors/${encodeURIComponent(vendorId)}/callbacks`;
    this.send(url, headers, body).then(
      (answered) => {
        if (answered >= 500) this.again(order, attempt);
      },
      () => this.again(order, attempt),
    );
  }

  private again(order: BookedOrder, attempt: number): void {
    if (attempt >= TRIES_MAX) return;
    const timer = setTimeout(
      () => {
        this.pending.delete(timer);
        this.tell(order, attempt + 1);
      },
      1000 * 2 ** (attempt - 1),
    );
    this.pending.add(timer);
  }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const response = await request(url, { method: 'POST', headers, body });
  await response.body.dump();
  return response.statusCode;
}
