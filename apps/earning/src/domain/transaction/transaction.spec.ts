import {
  acceptReturn,
  recordTransaction,
  refuseReturn,
  requestReturn,
  type RequestReturn,
} from './transaction.decide';
import type { ReturnRequested, TransactionEvent } from './transaction.events';
import { transactionAggregate, type Ticket, type Transaction } from './transaction.state';

const NOW = '2026-11-22T10:00:00.000Z';

const ticket: Ticket = {
  ticket: 'pos-7:536365',
  source: 'pos-7',
  transactionId: '536365',
  participantId: 'ana',
  occurredAt: NOW,
  currency: 'INR',
  total: 1_000,
  taxTotal: 0,
  lines: [
    { lineId: '1', quantity: 3, amount: 1_000 },
    { lineId: '2', quantity: 1, amount: 200 },
    { lineId: '3', quantity: -1, amount: -200 },
  ],
  memberships: [],
};
const recorded: TransactionEvent = { type: 'TransactionRecorded', data: ticket };
const given = (...events: TransactionEvent[]): Transaction =>
  events.reduce(transactionAggregate.evolve, transactionAggregate.initial);

const ask = (change: Partial<RequestReturn>): RequestReturn => ({
  returnId: 'r1',
  kind: 'full',
  contentHash: 'h1',
  occurredAt: NOW,
  ...change,
});
const requested = (change: Partial<RequestReturn>, state: Transaction): ReturnRequested => {
  const decision = requestReturn(ask(change), state);
  if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
  const [event] = decision.events;
  if (event === undefined) throw new Error('nothing to do');
  return event;
};
const accept = (state: Transaction, returnId: string): Transaction => {
  const decision = acceptReturn({ returnId, reversals: [], restoredPoints: 0 }, state);
  if (decision.outcome === 'rejected') throw new Error('never');
  return decision.events.reduce(transactionAggregate.evolve, state);
};
/** The ticket after these returns, each accepted. */
const afterReturns = (...changes: Partial<RequestReturn>[]): Transaction =>
  changes.reduce<Transaction>((state, change) => {
    const event = requested(change, state);
    return accept(transactionAggregate.evolve(state, event), event.data.returnId);
  }, given(recorded));

describe('a ticket', () => {
  it('is recorded once; its id with another content is refused', () => {
    expect(recordTransaction(ticket, given())).toEqual({ outcome: 'accepted', events: [recorded] });
    expect(recordTransaction({ ...ticket, total: 1 }, given(recorded))).toMatchObject({
      rejection: { code: 'transaction_conflict' },
    });
  });
});

describe('a return', () => {
  it('in full is all that is left, and there is one', () => {
    expect(requested({}, given(recorded)).data).toMatchObject({ kind: 'full', amount: 1_000 });
    const partly = afterReturns({ kind: 'amount', amount: 400 });
    expect(requested({ returnId: 'r2' }, partly).data.amount).toBe(600);
    const wholly = afterReturns({ kind: 'amount', amount: 400 }, { returnId: 'r2' });
    expect(wholly.status).toBe('returned');
    expect(requestReturn(ask({ returnId: 'r3' }), wholly)).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
  });

  it('by line takes the share of the quantity, and the parts of a line sum to its amount', () => {
    // 1,000 over three pieces: 333, then 333, then 334.
    const one = { kind: 'lines', lines: [{ lineId: '1', quantity: 1 }] } as const;
    const amounts: number[] = [];
    let state = given(recorded);
    for (const returnId of ['r1', 'r2', 'r3']) {
      const event = requested({ ...one, returnId }, state);
      amounts.push(event.data.amount);
      state = accept(transactionAggregate.evolve(state, event), returnId);
    }
    expect(amounts).toEqual([333, 333, 334]);
    expect(requestReturn(ask({ ...one, returnId: 'r4' }), state)).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
  });

  it.each(['constructor', '__proto__'])('counts what came back of a line called %s', (lineId) => {
    const odd = { ...recorded, data: { ...ticket, lines: [{ lineId, quantity: 2, amount: 500 }] } };
    const change = { kind: 'lines', lines: [{ lineId, quantity: 1 }] } as const;
    let state = given(odd);
    for (const returnId of ['r1', 'r2']) {
      const event = requested({ ...change, returnId }, state);
      expect(event.data.amount).toBe(250);
      state = accept(transactionAggregate.evolve(state, event), returnId);
    }
    expect(requestReturn(ask({ ...change, returnId: 'r3' }), state)).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
  });

  it('of more than was bought, of no line there is, or of less than nothing is refused', () => {
    const refusal = (change: Partial<RequestReturn>) => requestReturn(ask(change), given(recorded));
    expect(refusal({ kind: 'amount', amount: 1_001 })).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
    expect(refusal({ kind: 'lines', lines: [{ lineId: '1', quantity: 4 }] })).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
    expect(refusal({ kind: 'lines', lines: [{ lineId: '9', quantity: 1 }] })).toMatchObject({
      rejection: { code: 'unknown_line' },
    });
    expect(refusal({ kind: 'lines', lines: [{ lineId: '3', quantity: -1 }] })).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
    expect(requestReturn(ask({}), given())).toMatchObject({ rejection: { code: 'not_found' } });
  });

  it('sent again changes nothing; its id with another content is refused', () => {
    const state = afterReturns({ kind: 'amount', amount: 400 });
    const again = ask({ kind: 'amount', amount: 400 });
    expect(requestReturn(again, state)).toMatchObject({ events: [] });
    expect(requestReturn({ ...again, contentHash: 'h2' }, state)).toMatchObject({
      rejection: { code: 'return_conflict' },
    });
  });

  it('waits for the one that is under way', () => {
    const event = requested({ kind: 'amount', amount: 400 }, given(recorded));
    const state = given(recorded, event);
    expect(requestReturn(ask({ returnId: 'r2' }), state)).toMatchObject({
      rejection: { code: 'return_in_progress' },
    });
    expect(requestReturn(ask({ kind: 'amount', amount: 400 }), state)).toMatchObject({
      events: [],
    });
  });

  it('that was refused may be sent again, as another attempt', () => {
    const event = requested({}, given(recorded));
    const state = given(recorded, event);
    const refusal = { returnId: 'r1', code: 'points_already_redeemed', detail: 'spent' };
    const decision = refuseReturn(refusal, state);
    expect(decision).toMatchObject({ events: [{ type: 'ReturnRefused', data: { attempt: 0 } }] });
    if (decision.outcome === 'rejected') throw new Error('never');
    const after = decision.events.reduce(transactionAggregate.evolve, state);
    expect(after).toMatchObject({ status: 'recorded', returned: 0 });
    expect(requested({}, after).data.attempt).toBe(1);
  });
});

describe('a cancellation', () => {
  const cancel = { kind: 'cancel', returnId: 'cancel', contentHash: 'c' } as const;

  it('takes what returns left, whatever its reason, and the second one changes nothing', () => {
    const state = afterReturns({ kind: 'amount', amount: 400 }, cancel);
    expect(state).toMatchObject({ status: 'cancelled', returned: 1_000 });
    expect(requestReturn(ask({ ...cancel, contentHash: 'other' }), state)).toMatchObject({
      events: [],
    });
    expect(requestReturn(ask({ returnId: 'r9' }), state)).toMatchObject({
      rejection: { code: 'return_exceeds_transaction' },
    });
  });

  it('is told apart from a return that is called the same', () => {
    const state = afterReturns({ kind: 'amount', amount: 400, returnId: 'cancel' });
    expect(requested(cancel, state).data.amount).toBe(600);
  });
});
