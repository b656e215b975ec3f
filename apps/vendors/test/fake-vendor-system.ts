import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSigned } from '../src/secrets/signatures';

export interface Received {
  readonly path: string;
  readonly idempotencyKey: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Answer = { readonly status: number; readonly body?: object } | 'silence';

/** A vendor's system: says what it is told to say, and notes what it hears. */
export class FakeVendorSystem {
  readonly received: Received[] = [];
  readonly unsigned: string[] = [];
  place: Answer = { status: 201, body: { status: 'accepted', vendorOrderId: 'V-1' } };
  cancel: Answer = { status: 200, body: { status: 'cancelled' } };
  private readonly server: Server;

  constructor(private readonly secret: string) {
    this.server = createServer((request, response) => {
      void readBody(request).then((bytes) => {
        const answer = this.hear(request, bytes);
        if (answer === 'silence') return request.socket.destroy();
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        return response.end(JSON.stringify(answer.body ?? {}));
      });
    });
  }

  get orders(): readonly Received[] {
    return this.received.filter(({ path }) => path === '/api/orders');
  }

  get cancellations(): readonly Received[] {
    return this.received.filter(({ path }) => path.endsWith('/cancel'));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private hear(request: IncomingMessage, bytes: Buffer): Answer {
    const path = request.url ?? '';
    if (!isSigned(this.secret, request.headers, bytes)) {
      this.unsigned.push(path);
      return { status: 401 };
    }
    this.received.push({
      path,
      idempotencyKey: String(request.headers['idempotency-key']),
      body: JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
    });
    return path.endsWith('/cancel') ? this.cancel : this.place;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
