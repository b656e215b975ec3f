import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SentTicket {
  readonly transactionId: string;
  readonly total: number;
  readonly participant?: { readonly externalId?: string };
}

/** What an import meets, in memory, with the faults that a test asks for. */
export class FakeFidelis {
  readonly customers: string[] = [];
  readonly tickets = new Map<string, SentTicket>();
  /** Each is answered `unavailable` once. */
  readonly unavailableOnce = new Set<string>();
  /** So many answers get lost after their tickets were recorded. */
  lostAnswers = 0;
  /** Answers every request with this status. */
  refuseWith: number | undefined;
  readonly programs: { currency: string }[] = [{ currency: 'EUR' }];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void textOf(request).then((text) => {
        if (this.refuseWith !== undefined) {
          response.writeHead(this.refuseWith).end('{"code":"refused","detail":"by the test"}');
          return;
        }
        const answer = this.answer(request.url ?? '', text);
        if (answer === undefined) request.socket.destroy();
        else response.end(answer);
      });
    });
  }

  static async start(): Promise<FakeFidelis> {
    const fake = new FakeFidelis();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, text: string): string | undefined {
    if (path.startsWith('/v1/programs')) return JSON.stringify({ data: this.programs });
    const lines = text.trimEnd().split('\n');
    if (path === '/v1/participants/import') {
      return lines.map((line) => JSON.stringify(this.register(line))).join('\n');
    }
    const answers = lines.map((line) => JSON.stringify(this.record(line))).join('\n');
    if (this.lostAnswers === 0) return answers;
    this.lostAnswers -= 1;
    return undefined;
  }

  private register(line: string): object {
    this.customers.push((JSON.parse(line) as { externalId: string }).externalId);
    return { status: 'created' };
  }

  private record(line: string): object {
    const ticket = JSON.parse(line) as SentTicket;
    const { transactionId, participant } = ticket;
    if (this.unavailableOnce.delete(transactionId)) {
      return { status: 'rejected', code: 'unavailable' };
    }
    if (this.tickets.has(transactionId)) return { status: 'duplicate' };
    const customer = participant?.externalId;
    if (customer !== undefined && !this.customers.includes(customer)) {
      return { status: 'rejected', code: 'participant_not_found', detail: 'who is that?' };
    }
    if (ticket.total === 666) return { status: 'rejected', code: 'refused', detail: 'by the test' };
    this.tickets.set(transactionId, ticket);
    return { status: 'recorded' };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
