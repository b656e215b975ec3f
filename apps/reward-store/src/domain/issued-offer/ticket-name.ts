/**
 * `<source>:<transactionId>`, or a transaction's id alone where a till that locks does not say its
 * source. A source has no colon and is never empty, an id may have colons: one alone then begins
 * with a colon, so that it is not taken for a source's.
 */
export function toTicketName(transactionId: string, source: string | undefined): string {
  if (source !== undefined) return `${source}:${transactionId}`;
  return transactionId.includes(':') ? `:${transactionId}` : transactionId;
}

/** As the till said it. */
export function fromTicketName(ticket: string): string {
  return ticket.startsWith(':') ? ticket.slice(1) : ticket;
}

/**
 * A transaction's id is unique per source, and a till may leave its source out: `536365` and
 * `pos-7:536365` are then the same ticket.
 */
export function isSameTicket(left: string, right: string): boolean {
  if (left === right) return true;
  const others = readingsOf(right);
  return readingsOf(left).some((one) => others.some((other) => isSame(one, other)));
}

interface Reading {
  readonly source?: string;
  readonly transactionId: string;
}

/** A till writes `<source>:<id>` into the id's field as well: that may be meant either way. */
function readingsOf(ticket: string): readonly Reading[] {
  const said = fromTicketName(ticket);
  const alone = { transactionId: said };
  const colon = said.indexOf(':');
  if (colon <= 0) return [alone];
  const ofSource = { source: said.slice(0, colon), transactionId: said.slice(colon + 1) };
  return said === ticket ? [ofSource] : [alone, ofSource];
}

function isSame(left: Reading, right: Reading): boolean {
  if (left.transactionId !== right.transactionId) return false;
  const { source = right.source } = left;
  return right.source === undefined || source === right.source;
}
