import { assertInvariant, ownEntry, withOwnEntry, type Aggregate } from '@fidelis/kernel';
import type {
  ReturnAccepted,
  ReturnRequested,
  TransactionEvent,
  TransactionRecorded,
} from './transaction.events';

export type Ticket = TransactionRecorded['data'];
export type PendingReturn = ReturnRequested['data'];
export type AcceptedReturn = ReturnAccepted['data'];

export interface RecordedTransaction {
  readonly status: 'recorded' | 'partially-returned' | 'returned' | 'cancelled';
  readonly ticket: Ticket;
  /** Minor units, of all accepted returns together. */
  readonly returned: number;
  readonly returnedQuantities: Readonly<Record<string, number>>;
  readonly returns: readonly AcceptedReturn[];
  readonly pending?: PendingReturn | undefined;
  /** Refusals per return. */
  readonly refusals: Readonly<Record<string, number>>;
}

export type Transaction = { readonly status: 'unrecorded' } | RecordedTransaction;

export const transactionAggregate: Aggregate<Transaction, TransactionEvent> = {
  category: 'transaction',
  initial: { status: 'unrecorded' },
  evolve: evolveTransaction,
};

const NONE = {};

export function evolveTransaction(state: Transaction, event: TransactionEvent): Transaction {
  if (event.type === 'TransactionRecorded') {
    return {
      status: 'recorded',
      ticket: event.data,
      returned: 0,
      returnedQuantities: NONE,
      returns: [],
      refusals: NONE,
    };
  }
  assertInvariant(state.status !== 'unrecorded', `${event.type} before TransactionRecorded`);
  switch (event.type) {
    case 'ReturnRequested':
      return { ...state, pending: event.data };
    case 'ReturnAccepted':
      return afterReturn(state, event.data);
    case 'ReturnRefused': {
      const key = returnKey(event.data);
      const refusals = { ...state.refusals, [key]: event.data.attempt + 1 };
      return { ...state, refusals, pending: undefined };
    }
  }
}

/** Returns and the cancellation share one list; a return may be called `cancel` too. */
export function returnKey({ kind, returnId }: Pick<PendingReturn, 'kind' | 'returnId'>): string {
  return kind === 'cancel' ? 'cancel' : `return/${encodeURIComponent(returnId)}`;
}

export function findReturn(
  { returns }: RecordedTransaction,
  key: string,
): AcceptedReturn | undefined {
  return returns.find((accepted) => returnKey(accepted) === key);
}

function afterReturn(state: RecordedTransaction, accepted: AcceptedReturn): RecordedTransaction {
  const returned = state.returned + accepted.amount;
  let { returnedQuantities } = state;
  for (const { lineId, quantity } of state.pending?.lines ?? []) {
    const before = ownEntry(returnedQuantities, lineId) ?? 0;
    returnedQuantities = withOwnEntry(returnedQuantities, lineId, before + quantity);
  }
  return {
    ...state,
    status: statusAfter(state, accepted, returned),
    returned,
    returnedQuantities,
    returns: [...state.returns, accepted],
    pending: undefined,
  };
}

function statusAfter(
  { ticket }: RecordedTransaction,
  { kind }: AcceptedReturn,
  returned: number,
): RecordedTransaction['status'] {
  if (kind === 'cancel') return 'cancelled';
  return kind === 'full' || returned >= ticket.total ? 'returned' : 'partially-returned';
}
