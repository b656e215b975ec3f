import { parseDecimal, parseWhole, toMinor } from './decimal';
import { fieldsOf, isHeader } from './fields';
import {
  unreadable,
  WrongFormat,
  type FormatOptions,
  type Read,
  type TicketFormat,
  type Unreadable,
} from './ticket-format';

const COLUMNS = ['customer', 'date', 'quantity', 'amount'] as const;
/** Ten years of days: to look one up is ten times faster than to compute it. */
const DAYS_MAX = 3_660;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface Purchase {
  readonly customer: string | undefined;
  readonly occurredAt: string;
  readonly quantity: number;
  readonly total: number;
}

type Fault = Pick<Unreadable, 'reason' | 'detail'>;

/**
 * `customer,date,quantity,amount`: one purchase a line, amounts in major units. A purchase has no
 * id of its own and two lines may be the same, so its id is made of the line's number.
 */
export class CdnowFormat implements TicketFormat {
  private headerSeen = false;
  private readonly noons = new Map<string, string>();

  private readonly sameForAll: string;

  constructor(private readonly options: FormatOptions) {
    const { source, currency } = options;
    this.sameForAll = `"source":${JSON.stringify(source)},"currency":${JSON.stringify(currency)}`;
  }

  push(text: string, number: number, out: Read[]): void {
    if (this.headerSeen) {
      out.push(this.toTicket(text, number));
      return;
    }
    if (!isHeader(text, COLUMNS, ',')) {
      throw new WrongFormat(`line ${number} is not the header ${COLUMNS.join(',')}`);
    }
    this.headerSeen = true;
  }

  end(): void {
    // Every line was a whole ticket.
  }

  private toTicket(text: string, number: number): Read {
    const transactionId = `cdnow-${number}`;
    const origin = { lines: [number], text };
    const purchase = this.purchaseOf(text);
    if ('reason' in purchase) {
      return unreadable(purchase.reason, purchase.detail, { transactionId, origin });
    }
    const { customer, occurredAt, quantity, total } = purchase;
    const participant =
      customer === undefined ? '' : `"participant":{"externalId":${JSON.stringify(customer)}},`;
    // Put together by hand: this is done for every line of files with millions of them.
    const json =
      `{"transactionId":"${transactionId}",${this.sameForAll},${participant}` +
      `"occurredAt":"${occurredAt}","total":${total},` +
      `"lines":[{"lineId":"1","quantity":${quantity},"amount":${total}}]}`;
    const orderKey = customer ?? transactionId;
    return { kind: 'ticket', transactionId, customer, orderKey, json, origin };
  }

  private purchaseOf(text: string): Purchase | Fault {
    const fields = fieldsOf(text, ',') ?? [];
    const [customer, date, quantityText, amountText] = fields;
    if (fields.length !== COLUMNS.length || date === undefined) {
      return { reason: 'malformed_line', detail: `a line has ${COLUMNS.length} fields` };
    }
    const occurredAt = this.occurredAt(date);
    if (occurredAt === '') return { reason: 'malformed_line', detail: 'its date is no day' };
    const numbers = this.numbersOf(quantityText, amountText);
    if ('reason' in numbers) return numbers;
    return { customer: customer === '' ? undefined : customer, occurredAt, ...numbers };
  }

  private numbersOf(
    quantityText = '',
    amountText = '',
  ): Pick<Purchase, 'quantity' | 'total'> | Fault {
    const quantity = parseWhole(quantityText);
    const amount = parseDecimal(amountText, '.');
    if (quantity === undefined || amount === undefined) {
      return { reason: 'malformed_line', detail: 'quantity and amount are numbers' };
    }
    const total = toMinor(amount, 1, this.options.exponent);
    if (total === undefined) return { reason: 'amount_out_of_range', detail: amountText };
    if (total < 0) return { reason: 'return_without_original', detail: `the total is ${total}` };
    return { quantity, total };
  }

  /** The file knows days only; noon UTC lies on that day in nearly every time zone. */
  private occurredAt(day: string): string {
    const known = this.noons.get(day);
    if (known !== undefined) return known;
    const noon = noonOf(day);
    if (this.noons.size >= DAYS_MAX) this.noons.clear();
    this.noons.set(day, noon);
    return noon;
  }
}

/** Empty when there is no such day. */
function noonOf(day: string): string {
  const noon = new Date(DAY.test(day) ? `${day}T12:00:00.000Z` : Number.NaN);
  if (Number.isNaN(noon.getTime())) return '';
  // 30 February would roll over to March.
  return noon.toISOString().startsWith(day) ? noon.toISOString() : '';
}
