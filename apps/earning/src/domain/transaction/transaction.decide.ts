import {
  accepted,
  assertInvariant,
  ownEntry,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { floorRatio } from '@fidelis/ledger';
import type {
  ReturnAccepted,
  ReturnedLine,
  ReturnRefused,
  ReturnRequested,
  TransactionLine,
  TransactionRecorded,
} from './transaction.events';
import {
  findReturn,
  returnKey,
  type RecordedTransaction,
  type Ticket,
  type Transaction,
} from './transaction.state';

export interface TransactionConflict extends Rejection {
  readonly code: 'transaction_conflict';
}

/** The first append of a ticket; one that is recorded already is the repository's to recognise. */
export function recordTransaction(
  ticket: Ticket,
  transaction: Transaction,
): Decision<TransactionRecorded, TransactionConflict> {
  if (transaction.status === 'unrecorded') {
    return { outcome: 'accepted', events: [{ type: 'TransactionRecorded', data: ticket }] };
  }
  const detail = `ticket ${ticket.ticket} was recorded with another content`;
  return rejected({ code: 'transaction_conflict', detail });
}

export interface RequestReturn {
  readonly returnId: string;
  readonly kind: 'full' | 'lines' | 'amount' | 'cancel';
  readonly contentHash: string;
  readonly lines?: readonly { readonly lineId: string; readonly quantity: number }[] | undefined;
  readonly amount?: number | undefined;
  readonly occurredAt: Instant;
  readonly reason?: string | undefined;
  readonly reinstateOffers?: boolean | undefined;
}

export interface ReturnRejection extends Rejection {
  readonly code:
    | 'not_found'
    | 'return_exceeds_transaction'
    | 'unknown_line'
    | 'return_conflict'
    | 'return_in_progress';
}

/** Begins a return; the same one again, accepted or under way: nothing to do. */
export function requestReturn(
  command: RequestReturn,
  transaction: Transaction,
): Decision<ReturnRequested, ReturnRejection> {
  if (transaction.status === 'unrecorded') {
    return rejected({ code: 'not_found', detail: 'there is no such ticket' });
  }
  const key = returnKey(command);
  const known = findReturn(transaction, key) ?? pendingAs(transaction, key);
  if (known !== undefined) return repeated(command, known);
  if (transaction.pending !== undefined) {
    const detail = `return ${transaction.pending.returnId} is under way`;
    return rejected({ code: 'return_in_progress', detail });
  }
  const extent = extentOf(command, transaction);
  if ('code' in extent) return rejected(extent);
  const { returnId, kind, contentHash, occurredAt, reason, reinstateOffers } = command;
  return accepted({
    type: 'ReturnRequested',
    data: {
      ticket: transaction.ticket.ticket,
      returnId,
      kind,
      contentHash,
      attempt: transaction.refusals[key] ?? 0,
      ...extent,
      occurredAt,
      ...(reason !== undefined && { reason }),
      ...(reinstateOffers === true && { reinstateOffers }),
    },
  });
}

/** A cancellation says the same whatever its reason. */
function repeated(
  { kind, returnId, contentHash }: RequestReturn,
  known: { readonly contentHash: string },
): Decision<ReturnRequested, ReturnRejection> {
  if (kind === 'cancel' || known.contentHash === contentHash) return accepted();
  const detail = `return ${returnId} was sent with another content`;
  return rejected({ code: 'return_conflict', detail });
}

type AcceptReturn = Omit<ReturnAccepted['data'], 'kind' | 'contentHash' | 'amount' | 'occurredAt'>;

/** Ends the return that is under way; accepted already: nothing to do. */
export function acceptReturn(
  { returnId, reversals, restoredPoints, reinstatedOffers }: AcceptReturn,
  transaction: Transaction,
): Decision<ReturnAccepted> {
  assertInvariant(transaction.status !== 'unrecorded', 'a return of an unrecorded ticket');
  const { pending } = transaction;
  if (pending?.returnId !== returnId) return accepted();
  const { kind, contentHash, amount, occurredAt } = pending;
  return accepted({
    type: 'ReturnAccepted',
    data: {
      returnId,
      kind,
      contentHash,
      amount,
      occurredAt,
      reversals,
      restoredPoints,
      ...(reinstatedOffers !== undefined && { reinstatedOffers }),
    },
  });
}

/** The account refused; the return may be sent again. */
export function refuseReturn(
  { returnId, code, detail }: Pick<ReturnRefused['data'], 'returnId' | 'code' | 'detail'>,
  transaction: Transaction,
): Decision<ReturnRefused> {
  assertInvariant(transaction.status !== 'unrecorded', 'a return of an unrecorded ticket');
  const { pending } = transaction;
  if (pending?.returnId !== returnId) return accepted();
  const { kind, attempt } = pending;
  return accepted({ type: 'ReturnRefused', data: { returnId, kind, attempt, code, detail } });
}

interface Extent {
  readonly amount: number;
  readonly lines?: readonly ReturnedLine[];
}

function extentOf(command: RequestReturn, state: RecordedTransaction): Extent | ReturnRejection {
  const left = state.ticket.total - state.returned;
  if (command.kind === 'cancel') return { amount: left };
  if (state.status === 'returned' || state.status === 'cancelled') {
    return exceeds('nothing of the ticket is left');
  }
  if (command.kind === 'full') return { amount: left };
  const extent = askedExtent(command, state);
  if ('code' in extent || (extent.amount >= 0 && extent.amount <= left)) return extent;
  return exceeds(`${left} of the ticket are left, ${extent.amount} are returned`);
}

function askedExtent(
  { kind, lines = [], amount = 0 }: RequestReturn,
  state: RecordedTransaction,
): Extent | ReturnRejection {
  return kind === 'lines' ? linesOf(lines, state) : { amount };
}

function linesOf(
  asked: NonNullable<RequestReturn['lines']>,
  state: RecordedTransaction,
): Extent | ReturnRejection {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of asked) {
    quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  }
  const lines: ReturnedLine[] = [];
  for (const [lineId, quantity] of quantities) {
    const line = state.ticket.lines.find((candidate) => candidate.lineId === lineId);
    if (line === undefined) {
      return { code: 'unknown_line', detail: `the ticket has no line ${lineId}` };
    }
    const before = ownEntry(state.returnedQuantities, lineId) ?? 0;
    if (!isWithin(line.quantity, before, quantity)) {
      return exceeds(`of line ${lineId} ${line.quantity - before} are left`);
    }
    const amount = amountOf(line, before + quantity) - amountOf(line, before);
    lines.push({ lineId, quantity, amount });
  }
  return { amount: lines.reduce((sum, line) => sum + line.amount, 0), lines };
}

/** A quantity returned has its line's sign and, with those before, stays within the line's. */
function isWithin(ofLine: number, before: number, quantity: number): boolean {
  return (
    quantity !== 0 &&
    Math.sign(quantity) === Math.sign(ofLine) &&
    Math.abs(before + quantity) <= Math.abs(ofLine)
  );
}

/** What `quantity` of a line came to; the parts of a line sum to its amount. */
function amountOf(line: TransactionLine, quantity: number): number {
  return floorRatio(line.amount, Math.abs(quantity), Math.abs(line.quantity));
}

function pendingAs(
  { pending }: RecordedTransaction,
  key: string,
): { contentHash: string } | undefined {
  return pending !== undefined && returnKey(pending) === key ? pending : undefined;
}

function exceeds(detail: string): ReturnRejection {
  return { code: 'return_exceeds_transaction', detail };
}
