import type { Instant } from '@fidelis/kernel';
import { assertInvariant } from '@fidelis/kernel';
import type { Source } from '@fidelis/ledger';
import type { Channel, Line, LineKind } from './line';
import { valueOf, valueOfChange, type FinanceRate } from './valuation';

/** An entry of an account's statement, as far as finance needs it. */
export interface StatementEntry {
  readonly id: string;
  readonly type: string;
  /** Signed change of the account's total. */
  readonly points: number;
  /** Of `forgive`: the points that were not taken back. */
  readonly amount?: number;
  readonly wallet: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly balanceAfter: number;
  readonly source: Source;
  readonly bySource: readonly { readonly pointSource: string; readonly points: number }[];
}

/** What the lines of one stored event share. */
export type LineOrigin = Pick<
  Line,
  'accountId' | 'programId' | 'termsVersion' | 'stream' | 'revision' | 'eventId'
>;

/**
 * One line per entry and point source, in statement order. What moves no points out of an account
 * or into it (a hold, an activation, an award of 0) is not finance's business.
 */
export function linesOf(
  entries: readonly StatementEntry[],
  origin: LineOrigin,
  rate: FinanceRate | undefined,
): Line[] {
  const lines: Line[] = [];
  for (const entry of entries) {
    if (entry.points === 0 && entry.type !== 'forgive') continue;
    let before = entry.balanceAfter - entry.points;
    for (const [index, share] of sharesOf(entry).entries()) {
      const change = { before, after: before + share.points };
      const entryId = index === 0 ? entry.id : `${entry.id}.${index}`;
      lines.push(toLine(entry, origin, { entryId, line: lines.length, share, change, rate }));
      before = change.after;
    }
    assertInvariant(before === entry.balanceAfter, `entry ${entry.id}: its sources do not sum up`);
  }
  return lines;
}

interface Share {
  readonly entryId: string;
  readonly line: number;
  readonly share: StatementEntry['bySource'][number];
  readonly change: { readonly before: number; readonly after: number };
  readonly rate: FinanceRate | undefined;
}

// Field by field: this runs for every entry of an import, and a spread costs more than the rest.
function toLine(
  entry: StatementEntry,
  origin: LineOrigin,
  { entryId, line, share, change, rate }: Share,
): Line {
  return {
    accountId: origin.accountId,
    programId: origin.programId,
    termsVersion: origin.termsVersion,
    stream: origin.stream,
    revision: origin.revision,
    eventId: origin.eventId,
    line,
    entryId,
    kind: kindOf(entry.type),
    wallet: entry.wallet,
    pointSource: share.pointSource,
    channel: CHANNELS[entry.source.kind],
    vendorId: null,
    currency: rate?.currency ?? '',
    points: share.points,
    forgiven: entry.type === 'forgive' ? (entry.amount ?? 0) : 0,
    amount: valueOfChange(change, rate),
    commission: 0,
    occurredAt: entry.occurredAt,
    recordedAt: entry.recordedAt,
  };
}

/** New terms value the account's points otherwise: the difference is cost, or its reverse. */
export function remeasurementLines(
  total: number,
  rates: { readonly from: FinanceRate | undefined; readonly to: FinanceRate | undefined },
  origin: LineOrigin & Pick<Line, 'occurredAt' | 'recordedAt'>,
): Line[] {
  const byCurrency = new Map<string, number>();
  const add = (amount: number, rate: FinanceRate | undefined): void => {
    if (rate !== undefined) {
      byCurrency.set(rate.currency, (byCurrency.get(rate.currency) ?? 0) + amount);
    }
  };
  add(-valueOf(total, rates.from), rates.from);
  add(valueOf(total, rates.to), rates.to);
  return [...byCurrency]
    .filter(([, amount]) => amount !== 0)
    .map(([currency, amount], line) => ({
      ...origin,
      line,
      entryId: `remeasurement:${origin.accountId}:${origin.revision}.${line}`,
      kind: 'remeasurement' as const,
      ...{ wallet: '', pointSource: '', channel: 'direct' as const, vendorId: null },
      ...{ currency, amount, points: 0, forgiven: 0, commission: 0 },
    }));
}

const KINDS: Readonly<Record<string, LineKind | undefined>> = {
  earn: 'earn',
  reverse: 'reverse',
  redeem: 'redeem',
  capture: 'capture',
  restore: 'restore',
  expire: 'expire',
  adjust: 'adjust',
  'transfer-in': 'transfer-in',
  'transfer-out': 'transfer-out',
  'merge-in': 'merge-in',
  'merge-out': 'merge-out',
  forgive: 'forgive',
};

function kindOf(type: string): LineKind {
  const kind = KINDS[type];
  assertInvariant(kind !== undefined, `the journal does not know entries of type ${type}`);
  return kind;
}

function sharesOf(entry: StatementEntry): StatementEntry['bySource'] {
  if (entry.bySource.length > 0) return entry.bySource;
  return [{ pointSource: 'default', points: entry.points }];
}

/** What is spent by a hold of its own, or by a debit, is spent directly. */
const CHANNELS: Readonly<Record<Source['kind'], Channel>> = {
  transaction: 'tickets',
  return: 'tickets',
  'offer-purchase': 'offers',
  purchase: 'purchases',
  reversal: 'purchases',
  credit: 'direct',
  debit: 'direct',
  hold: 'direct',
  adjustment: 'direct',
  expiry: 'direct',
  activation: 'direct',
  transfer: 'direct',
  merge: 'direct',
};
