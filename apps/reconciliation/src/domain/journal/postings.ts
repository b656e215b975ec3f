import { assertInvariant } from '@fidelis/kernel';
import type { Channel, Movement, PointsKind } from './line';

export interface Posting {
  readonly ledgerAccount: string;
  readonly side: 'debit' | 'credit';
  /** Always above 0. */
  readonly amount: bigint;
  /** `points`, or an ISO 4217 code: minor units. */
  readonly unit: string;
  readonly costCentre?: string;
}

/** Where the programme's finance department wants its cost. */
export interface CostAccount {
  readonly expenseAccount?: string;
  readonly costCentre?: string;
}

export const LIABILITY = 'liability:points';
const DEFAULT_EXPENSE_ACCOUNT = 'loyalty';

/** The other side of `points:outstanding:<wallet>`, which is the sum of the accounts' totals. */
const POINTS_COUNTER: Readonly<Record<PointsKind, string>> = {
  earn: 'points:issued',
  reverse: 'points:reversed',
  redeem: 'points:redeemed',
  capture: 'points:redeemed',
  restore: 'points:restored',
  expire: 'points:expired',
  adjust: 'points:adjusted',
  'transfer-in': 'points:transferred',
  'transfer-out': 'points:transferred',
  'merge-in': 'points:merged',
  'merge-out': 'points:merged',
};

/**
 * The postings of a movement: points and money, each balanced by itself. Points are issued at their
 * cost (expense against liability); spending moves the liability to where it was spent, and a
 * vendor's settlement is charged there. Throws Defect when a unit does not balance.
 */
export function postingsOf(movement: Movement, cost: CostAccount): readonly Posting[] {
  const postings = [...pointsPostings(movement), ...moneyPostings(movement, cost)];
  assertBalanced(postings);
  return postings;
}

/** Each unit's debits equal its credits. */
export function assertBalanced(postings: readonly Posting[]): void {
  const sums = new Map<string, bigint>();
  for (const { unit, side, amount } of postings) {
    assertInvariant(amount > 0n, `a posting of ${amount} ${unit}`);
    sums.set(unit, (sums.get(unit) ?? 0n) + (side === 'debit' ? amount : -amount));
  }
  for (const [unit, sum] of sums) assertInvariant(sum === 0n, `postings off by ${sum} ${unit}`);
}

function pointsPostings({ kind, points, wallet }: Movement): readonly Posting[] {
  if (!isPointsKind(kind)) return [];
  const counter = POINTS_COUNTER[kind];
  return transfer({ amount: points, unit: 'points', to: outstanding(wallet), from: counter });
}

function moneyPostings(movement: Movement, account: CostAccount): readonly Posting[] {
  const { kind, amount, currency: unit } = movement;
  if (kind === 'forgive') return [];
  if (kind === 'settlement') return settlement(movement);
  if (kind === 'settlement-reversal') return settlement(movement).map(reversed);
  const counter = MONEY_COUNTER[kind](movement.channel, account);
  const { costCentre } = account;
  return transfer({ amount, unit, to: LIABILITY, from: counter }).map((posting) =>
    costCentre === undefined || posting.ledgerAccount !== expenseOf(account)
      ? posting
      : { ...posting, costCentre },
  );
}

type MoneyCounter = (channel: Channel, cost: CostAccount) => string;

const cost: MoneyCounter = (_channel, account) => expenseOf(account);
const spent: MoneyCounter = (channel) => redemption(channel);

/** The other side of the liability. */
const MONEY_COUNTER: Readonly<Record<PointsKind | 'remeasurement', MoneyCounter>> = {
  earn: cost,
  reverse: cost,
  adjust: cost,
  remeasurement: cost,
  redeem: spent,
  capture: spent,
  restore: spent,
  expire: () => 'income:breakage',
  'transfer-in': () => 'clearing:transfers',
  'transfer-out': () => 'clearing:transfers',
  'merge-in': () => 'clearing:merges',
  'merge-out': () => 'clearing:merges',
};

function settlement(movement: Movement): readonly Posting[] {
  const { amount, commission, currency: unit, vendorId } = movement;
  const payable = `payable:${vendorId ?? ''}`;
  const from = redemption('purchases');
  return [
    ...transfer({ amount: amount - commission, unit, to: payable, from }),
    ...transfer({ amount: commission, unit, to: 'income:commission', from }),
  ];
}

interface Transfer {
  /** Signed; 0 gives no postings. */
  readonly amount: bigint;
  readonly unit: string;
  /** Credited where the amount is positive. */
  readonly to: string;
  /** Debited where the amount is positive. */
  readonly from: string;
}

function transfer({ amount, unit, to, from }: Transfer): readonly Posting[] {
  if (amount === 0n) return [];
  if (amount < 0n) return transfer({ amount: -amount, unit, to: from, from: to });
  return [
    { ledgerAccount: from, side: 'debit', amount, unit },
    { ledgerAccount: to, side: 'credit', amount, unit },
  ];
}

function reversed(posting: Posting): Posting {
  return { ...posting, side: posting.side === 'debit' ? 'credit' : 'debit' };
}

function isPointsKind(kind: string): kind is PointsKind {
  return kind in POINTS_COUNTER;
}

function outstanding(wallet: string): string {
  return `points:outstanding:${wallet}`;
}

function redemption(channel: Channel): string {
  return `redemption:${channel}`;
}

function expenseOf({ expenseAccount }: CostAccount): string {
  return `expense:${expenseAccount ?? DEFAULT_EXPENSE_ACCOUNT}`;
}
