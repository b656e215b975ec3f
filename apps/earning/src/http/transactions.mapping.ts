import { validationFailed } from '@fidelis/http';
import { toInstant, type Instant, type Mutable } from '@fidelis/kernel';
import {
  refused,
  DEFAULT_SOURCE,
  ticketKey,
  type Refused,
  type TicketCommand,
} from '../commands/ticket';
import { isCurrency } from '../domain/program';
import type { OfferOnTicket, TransactionLine } from '../domain/transaction';
import type { TicketFault } from './earning.problems';
import type { TicketBody, TicketLineBody, TicketOfferBody } from './transactions.requests';

export type MappedTicket = { readonly ok: true; readonly command: TicketCommand } | Refused;

/** Checked JSON → command; what is wrong with the ticket in itself is found here. */
export function toTicketCommand(body: TicketBody, actor: string): MappedTicket {
  const { transactionId, source = DEFAULT_SOURCE, currency, total, taxTotal = 0 } = body;
  const lines = (body.lines ?? NO_LINES).map(toLine);
  const fault = faultOf(body, lines);
  if (fault !== undefined) return fault;
  // Of every ticket: spreading what is there costs several times as much as assigning it.
  const command: Mutable<TicketCommand> = {
    key: ticketKey(source, transactionId),
    source,
    transactionId,
    occurredAt: normalInstant(body.occurredAt),
    currency,
    total,
    taxTotal,
    lines,
    actor,
  };
  setWhoAndWhere(command, body);
  const { redeem, offers } = body;
  if (redeem !== undefined) command.redeem = toRedeem(redeem);
  if (offers !== undefined && offers.length > 0) command.offers = offers.map(toOffer);
  return { ok: true, command };
}

function setWhoAndWhere(
  command: Mutable<TicketCommand>,
  { participant, programId, storeId, channel, attributes }: TicketBody,
): void {
  if (participant !== undefined) command.participant = participant;
  if (programId !== undefined) command.programId = programId;
  if (storeId !== undefined) command.storeId = storeId;
  if (channel !== undefined) command.channel = channel;
  if (attributes !== undefined) command.attributes = attributes;
}

/** In normal form; years beyond 9999 have none. */
export function normalInstant(text: string): Instant {
  // Most clients send the normal form already.
  const instant = text.length === 24 && text.endsWith('Z') ? text : toInstant(text);
  if (instant.length === 24) return instant;
  const detail = 'must lie in the years 0 to 9999';
  throw validationFailed([{ pointer: '/occurredAt', code: 'instant', detail }]);
}

const NO_LINES: readonly TicketLineBody[] = [];

function faultOf(body: TicketBody, lines: readonly TransactionLine[]): Refused | undefined {
  const { total, taxTotal = 0, currency } = body;
  if (!isCurrency(currency)) {
    return fault('unknown_currency', `${currency} is not an ISO 4217 currency`);
  }
  if (taxTotal > total) return fault('tax_exceeds_total', 'the tax is more than the total');
  if (body.lines === undefined) return undefined;
  let sum = 0;
  for (const line of lines) sum += line.amount;
  if (sum !== total) {
    return fault('lines_do_not_sum', `the lines sum to ${sum}, the total is ${total}`);
  }
  if (lines.length === 1 || new Set(lines.map(({ lineId }) => lineId)).size === lines.length) {
    return undefined;
  }
  return fault('duplicate_line', 'each lineId is there once');
}

function fault(code: TicketFault, detail: string): Refused {
  return refused(code, detail);
}

/** Always with its fields in this order: the fingerprint depends on it. */
function toLine(line: TicketLineBody, index: number): TransactionLine {
  const { lineId, sku, category, brand, labels, quantity, unitPrice, amount, discount } = line;
  const mapped = { lineId: lineId ?? String(index + 1) } as Mutable<TransactionLine>;
  if (sku !== undefined) mapped.sku = sku;
  if (category !== undefined) mapped.category = category;
  if (brand !== undefined) mapped.brand = brand;
  if (labels !== undefined) mapped.labels = labels;
  mapped.quantity = quantity;
  if (unitPrice !== undefined) mapped.unitPrice = unitPrice;
  mapped.amount = amount;
  if (discount !== undefined) mapped.discount = discount;
  return mapped;
}

function toOffer({ issuedOfferId, discount }: TicketOfferBody): OfferOnTicket {
  return { issuedOfferId, ...(discount !== undefined && { discount }) };
}

function toRedeem({
  points,
  purchaseId,
}: NonNullable<TicketBody['redeem']>): NonNullable<TicketCommand['redeem']> {
  return points === undefined ? { purchaseId: purchaseId ?? '' } : { points };
}
