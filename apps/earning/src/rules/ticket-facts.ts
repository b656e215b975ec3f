import type { JsonObject, JsonValue } from '@fidelis/kernel';
import type { Ticket } from '../domain/transaction';

/** What conditions see. Whole numbers are CEL ints, so that they reckon exactly. */
export interface TicketFacts {
  readonly ticket: Readonly<Record<string, unknown>>;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly participant: Readonly<Record<string, unknown>>;
  readonly store: string;
  readonly channel: string;
  readonly time: Date;
}

export interface Person {
  readonly participantId: string;
  readonly groups: readonly string[];
  readonly territory?: string;
}

/** Every field is there, empty where the ticket says nothing, so that no condition stumbles. */
export function factsOf(ticket: Ticket, person: Person): TicketFacts {
  const { source, transactionId, currency, total, taxTotal, storeId, channel } = ticket;
  return {
    ticket: {
      source,
      transactionId,
      currency,
      total: BigInt(total),
      taxTotal: BigInt(taxTotal),
      paidWithPoints: BigInt(ticket.redemption?.amount ?? 0),
      attributes: toCel(ticket.attributes ?? NOTHING),
    },
    lines: ticket.lines.map((line) => ({
      lineId: line.lineId,
      sku: line.sku ?? '',
      category: line.category ?? '',
      brand: line.brand ?? '',
      labels: line.labels ?? [],
      quantity: BigInt(line.quantity),
      unitPrice: BigInt(line.unitPrice ?? 0),
      amount: BigInt(line.amount),
      discount: BigInt(line.discount ?? 0),
    })),
    participant: {
      id: person.participantId,
      groups: person.groups,
      territory: person.territory ?? '',
    },
    store: storeId ?? '',
    channel: channel ?? '',
    time: new Date(ticket.occurredAt),
  };
}

const NOTHING: JsonObject = {};

/** A `Map` for an object: CEL looks at an object's `constructor`, which a till may have as a key. */
function toCel(value: JsonValue | undefined): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => toCel(item));
  if (typeof value !== 'object' || value === null) return value ?? null;
  return new Map(Object.entries(value).map(([key, member]) => [key, toCel(member)]));
}
