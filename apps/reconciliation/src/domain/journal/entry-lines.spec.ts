import { linesOf, remeasurementLines, type LineOrigin, type StatementEntry } from './entry-lines';
import { settlementReversalLine, type SettlementOrigin } from './settlement-lines';
import { rollForwardOf } from './roll-forward';

const origin: LineOrigin = {
  accountId: 'ann',
  programId: 'gold',
  termsVersion: 1,
  stream: 'account-ann',
  revision: 4,
  eventId: 'e4',
};
const at = '2026-11-22T10:00:00.000Z';

const entry = (over: Partial<StatementEntry>): StatementEntry => ({
  id: 'ann.4.0',
  type: 'earn',
  points: 0,
  wallet: 'points',
  occurredAt: at,
  recordedAt: at,
  balanceAfter: 0,
  source: { kind: 'transaction', id: 't' },
  bySource: [],
  ...over,
});

const bySource = (points: number) => [{ pointSource: 'default', points }];

describe('lines of an account', () => {
  it('are valued so that the liability is always the value of the total', () => {
    // A point costs a third of a minor unit: 10 points are 3, 5 are 1, none are 0.
    const rate = { currency: 'EUR', amount: 1, points: 3 };
    const lines = linesOf(
      [
        entry({ points: 10, balanceAfter: 10, bySource: bySource(10) }),
        entry({ type: 'redeem', points: -5, balanceAfter: 5, bySource: bySource(-5) }),
        entry({ type: 'redeem', points: -5, balanceAfter: 0, bySource: bySource(-5) }),
      ],
      origin,
      rate,
    );
    expect(lines.map((line) => line.amount)).toEqual([3, -2, -1]);
  });

  it('are one per point source, and their order is that of the statement', () => {
    const lines = linesOf(
      [
        entry({
          points: 7,
          balanceAfter: 7,
          bySource: [
            { pointSource: 'default', points: 4 },
            { pointSource: 'partner', points: 3 },
          ],
        }),
      ],
      origin,
      undefined,
    );
    expect(
      lines.map(({ entryId, line, pointSource, points }) => [entryId, line, pointSource, points]),
    ).toEqual([
      ['ann.4.0', 0, 'default', 4],
      ['ann.4.0.1', 1, 'partner', 3],
    ]);
  });

  it('do not exist for holds, activations and awards of nothing, but for forgiven points', () => {
    const lines = linesOf(
      [
        entry({ type: 'hold', amount: 5 }),
        entry({ type: 'activate', amount: 5 }),
        entry({ type: 'earn' }),
        entry({ type: 'forgive', amount: 2 }),
      ],
      origin,
      undefined,
    );
    expect(lines.map(({ kind, points, forgiven }) => [kind, points, forgiven])).toEqual([
      ['forgive', 0, 2],
    ]);
  });

  it('whose sources do not sum up are a defect', () => {
    const wrong = entry({ points: 5, balanceAfter: 5, bySource: bySource(4) });
    expect(() => linesOf([wrong], origin, undefined)).toThrow('its sources do not sum up');
  });

  it('value the same points anew under new terms', () => {
    const rates = {
      from: { currency: 'EUR', amount: 1, points: 2 },
      to: { currency: 'EUR', amount: 1, points: 1 },
    };
    // 9 points were worth 4 and are worth 9 now.
    const lines = remeasurementLines(9, rates, { ...origin, occurredAt: at, recordedAt: at });
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([['remeasurement', 5]]);
  });

  it('count no further than money can be counted, and come back from there', () => {
    // 1,000,000 points at 10^13 each would be 10^19; half of 2^53 - 1 is 4,503,599,627,370,495.
    const rate = (amount: number) => ({ currency: 'EUR', amount, points: 1 });
    const about = { ...origin, occurredAt: at, recordedAt: at };
    const dearer = { from: rate(1), to: rate(10_000_000_000_000) };
    const [up] = remeasurementLines(1_000_000, dearer, about);
    expect(up?.amount).toBe(4_503_599_627_370_495 - 1_000_000);
    const cheaper = { from: dearer.to, to: dearer.from };
    const [down] = remeasurementLines(1_000_000, cheaper, about);
    expect(down?.amount).toBe(1_000_000 - 4_503_599_627_370_495);
  });
});

describe('settlements', () => {
  const order = {
    ...{ orderId: 'o', vendorId: 'acme', currency: 'EUR', amount: 1000, commission: 33 },
  };
  const place: SettlementOrigin = { ...origin, line: 0, occurredAt: at, recordedAt: at };

  it('reversed in parts give the whole commission back', () => {
    const reversal = (reversedAmount: number, amount: number): number =>
      settlementReversalLine(
        { ...order, reversedAmount },
        { reversalId: `r${reversedAmount}`, amount },
        place,
      ).commission;
    // 33 × 333/1000 = 10.989; 33 × 666/1000 = 21.978; 33 × 1000/1000 = 33
    expect([reversal(0, 333), reversal(333, 333), reversal(666, 334)]).toEqual([10, 11, 12]);
  });
});

describe('the roll-forward', () => {
  it('leads from the opening to the closing balance', () => {
    const sum = (kind: string, before: bigint, within: bigint) => ({
      ...{ kind, before, within, forgiven: kind === 'forgive' ? 6n : 0n },
    });
    const rolled = rollForwardOf([
      sum('earn', 100n, 50n),
      sum('redeem', -30n, -10n),
      sum('capture', 0n, -5n),
      sum('reverse', 0n, -8n),
      sum('restore', 0n, 4n),
      sum('expire', 0n, -7n),
      sum('adjust', 0n, -1n),
      sum('transfer-in', 0n, 3n),
      sum('transfer-out', 0n, -2n),
      sum('forgive', 0n, 0n),
    ]);
    // 70 + 50 − 8 − 15 + 4 − 7 − 1 + 3 − 2 = 94
    expect(rolled).toEqual({
      ...{ opening: 70n, earned: 50n, reversed: 8n, redeemed: 15n, restored: 4n, expired: 7n },
      ...{ adjusted: -1n, transferredIn: 3n, transferredOut: 2n, mergedIn: 0n, mergedOut: 0n },
      ...{ closing: 94n, forgiven: 6n },
    });
  });
});
