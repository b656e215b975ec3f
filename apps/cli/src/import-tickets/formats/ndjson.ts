import { unreadable, type FormatOptions, type Read, type TicketFormat } from './ticket-format';

interface LooseTicket {
  readonly transactionId?: unknown;
  readonly source?: unknown;
  readonly currency?: unknown;
  readonly participant?: { readonly id?: unknown; readonly externalId?: unknown } | null;
}

/**
 * One ticket of the API a line. Source and currency are added where they are absent; everything
 * else goes to the server as it is, which says what is wrong with it.
 */
export class NdjsonFormat implements TicketFormat {
  readonly keepsText = true;

  constructor(private readonly options: FormatOptions) {}

  push(text: string, number: number, out: Read[]): void {
    const origin = { lines: [number], text };
    const ticket = parseObject(text);
    if (ticket === undefined) {
      out.push(unreadable('malformed_line', 'it is no JSON object', { origin }));
      return;
    }
    const { participant } = ticket;
    const transactionId = typeof ticket.transactionId === 'string' ? ticket.transactionId : '';
    const customer = textOf(participant?.externalId);
    const orderKey = customer ?? textOf(participant?.id) ?? transactionId;
    const json = this.isWhole(ticket) ? text : this.completed(ticket);
    out.push({ kind: 'ticket', transactionId, customer, orderKey, json, origin });
  }

  end(): void {
    // Every line was a whole ticket.
  }

  private isWhole({ source, currency }: LooseTicket): boolean {
    return source !== undefined && (currency ?? this.options.currency) === currency;
  }

  private completed(ticket: LooseTicket): string {
    const { source, currency } = this.options;
    return JSON.stringify({ source, ...(currency !== undefined && { currency }), ...ticket });
  }
}

function parseObject(text: string): LooseTicket | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
