import { toMinor, type Decimal } from './decimal';
import { isHeader } from './fields';
import { parseRetailLine, RETAIL_COLUMNS, type RetailLine } from './retail-line';
import { toUtc } from './retail-time';
import {
  unreadable,
  WrongFormat,
  type FormatOptions,
  type Origin,
  type Read,
  type TicketFormat,
  type Unreadable,
} from './ticket-format';

interface TicketLine {
  readonly lineId: string;
  readonly sku?: string;
  readonly quantity: number;
  readonly unitPrice?: number;
  readonly amount: number;
}

/** A ticket whose lines are still being read. */
interface OpenTicket {
  readonly first: RetailLine;
  readonly lines: TicketLine[];
  readonly numbers: number[];
  readonly texts: string[];
  total: number;
  /** The first thing that is wrong: the ticket is refused as a whole, with all its lines. */
  fault: Pick<Unreadable, 'reason' | 'detail'> | undefined;
}

/**
 * `InvoiceNo;StockCode;…`: consecutive lines with one InvoiceNo are one ticket, at the time of the
 * first. A product may stand on it twice, so a line's id is its place. Times are taken as UTC.
 */
export class OnlineRetailFormat implements TicketFormat {
  private headerSeen = false;
  private open: OpenTicket | undefined;

  constructor(private readonly options: FormatOptions) {}

  push(text: string, number: number, out: Read[]): void {
    if (!this.headerSeen) {
      if (!isHeader(text, RETAIL_COLUMNS, ';')) {
        throw new WrongFormat(`line ${number} is not the header ${RETAIL_COLUMNS.join(';')}`);
      }
      this.headerSeen = true;
      return;
    }
    const line = parseRetailLine(text);
    if (this.open?.first.invoice !== line.invoice) this.end(out);
    if (line.invoice === '') {
      const origin = { lines: [number], text };
      out.push(unreadable('malformed_line', 'it has no InvoiceNo', { origin }));
      return;
    }
    this.open ??= begin(line);
    this.open.numbers.push(number);
    this.open.texts.push(text);
    this.addLine(this.open, line);
  }

  end(out: Read[]): void {
    if (this.open !== undefined) out.push(this.toTicket(this.open));
    this.open = undefined;
  }

  private addLine(ticket: OpenTicket, { sku, quantity, price, customer }: RetailLine): void {
    const number = ticket.numbers.at(-1) ?? 0;
    if (quantity === undefined || price === undefined) {
      ticket.fault ??= { reason: 'malformed_line', detail: `line ${number}` };
      return;
    }
    if (customer !== ticket.first.customer) {
      const detail = `line ${number} names another customer`;
      ticket.fault ??= { reason: 'customer_differs', detail };
    }
    const lineId = String(ticket.lines.length + 1);
    const amounts = this.amountsOf(price, quantity);
    ticket.lines.push({ lineId, ...(sku !== '' && { sku }), quantity, ...amounts });
    ticket.total += amounts.amount;
  }

  private amountsOf(price: Decimal, quantity: number): Pick<TicketLine, 'unitPrice' | 'amount'> {
    const { exponent } = this.options;
    // One that is too large makes the total no number, which is refused at the end.
    const amount = toMinor(price, quantity, exponent) ?? Number.NaN;
    const unitPrice = price.scale <= exponent ? toMinor(price, 1, exponent) : undefined;
    return { ...(unitPrice !== undefined && { unitPrice }), amount };
  }

  private toTicket(ticket: OpenTicket): Read {
    const { first, total, lines, numbers, texts } = ticket;
    const transactionId = first.invoice;
    const origin: Origin = { lines: numbers, text: texts.join('\n') };
    const occurredAt = toUtc(first.date);
    const fault = ticket.fault ?? faultOf(occurredAt, total);
    if (fault !== undefined) {
      return unreadable(fault.reason, fault.detail, { transactionId, origin });
    }
    const { source, currency } = this.options;
    const customer = first.customer === '' ? undefined : first.customer;
    const json = JSON.stringify({
      transactionId,
      source,
      ...(customer !== undefined && { participant: { externalId: customer } }),
      occurredAt,
      currency,
      total,
      lines,
      ...(first.country !== '' && { attributes: { country: first.country } }),
    });
    const orderKey = customer ?? transactionId;
    return { kind: 'ticket', transactionId, customer, orderKey, json, origin };
  }
}

function begin(first: RetailLine): OpenTicket {
  return { first, lines: [], numbers: [], texts: [], total: 0, fault: undefined };
}

function faultOf(occurredAt: string | undefined, total: number): OpenTicket['fault'] {
  if (occurredAt === undefined) {
    return { reason: 'malformed_line', detail: 'InvoiceDate is no date' };
  }
  if (!Number.isSafeInteger(total)) {
    return { reason: 'amount_out_of_range', detail: 'the total is too large' };
  }
  if (total >= 0) return undefined;
  return { reason: 'return_without_original', detail: `the total is ${total}` };
}
