import type { AccountTerms } from '@fidelis/ledger';
import {
  awardPoints,
  captureHold,
  creditPoints,
  entriesOf,
  evolve,
  evolveAsOf,
  balanceAt,
  holdPoints,
  initialAccount,
  openAccount,
  releaseHold,
  reverseAward,
  type Account,
  type AccountEvent,
} from './index';

const NINE = '2026-11-22T09:00:00.000Z';
const NOON = '2026-11-22T12:00:00.000Z';

const terms: AccountTerms = {
  ...{ programId: 'prog', version: 1, currency: 'EUR', timeZone: 'UTC' },
  redeem: { points: 1, worth: 1 },
  expiry: { policy: 'never' },
  ...{ clawback: 'allow-negative', restore: 'original' },
  wallets: [
    { code: 'points', spendable: true, maxBalance: 100 },
    { code: 'promo', spendable: true },
  ],
};

type Decided = { outcome: 'accepted'; events: readonly AccountEvent[] } | { outcome: 'rejected' };

class Statement {
  state: Account = initialAccount;
  readonly events: AccountEvent[] = [];

  constructor() {
    const command = { accountId: 'acc', participantId: 'p', sequence: 1, terms, now: NINE };
    this.add(openAccount(command, this.state));
  }

  add(decision: Decided): void {
    if (decision.outcome === 'rejected') throw new Error('refused');
    for (const event of decision.events) {
      this.events.push(event);
      this.state = evolve(this.state, event);
    }
  }

  award(sequence: number, grants: readonly (readonly [wallet: string, points: number])[]): void {
    const dates = { grantedAt: NINE, availableAt: NINE, pointSource: 'default' };
    const command = {
      sequence,
      grants: grants.map(([wallet, points]) => ({ wallet, points, ...dates })),
      ...{ occurredAt: NINE, tier: 'silver', purchaseAmount: 5000 },
      source: { kind: 'transaction', id: `t${sequence}` } as const,
    };
    this.add(awardPoints([command], NOON, this.state));
  }

  get shown() {
    return this.events
      .flatMap((event, revision) =>
        entriesOf({ event, accountId: 'acc', revision, recordedAt: NOON }),
      )
      .map(({ type, points, amount, wallet, balanceAfter }) => ({
        ...{ type, points, wallet, balanceAfter },
        ...(amount !== undefined && { amount }),
      }));
  }
}

describe('the statement', () => {
  it('has one entry per award and wallet, with the ticket’s tier and amount', () => {
    const statement = new Statement();
    statement.award(2, [
      ['points', 10],
      ['promo', 5],
      ['points', 1],
    ]);
    expect(statement.shown).toEqual([
      { type: 'earn', points: 11, wallet: 'points', balanceAfter: 11 },
      { type: 'earn', points: 5, wallet: 'promo', balanceAfter: 16 },
    ]);
    const event = statement.events[1];
    if (event === undefined) throw new Error('no award');
    expect(
      entriesOf({ event, accountId: 'acc', revision: 1, recordedAt: NOON, actor: 'me' })[0],
    ).toEqual({
      id: 'acc.1.0',
      type: 'earn',
      points: 11,
      wallet: 'points',
      occurredAt: NINE,
      recordedAt: NOON,
      balanceAfter: 11,
      source: { kind: 'transaction', id: 't2' },
      lots: [
        { lotId: 'acc.2.0', points: 10 },
        { lotId: 'acc.2.2', points: 1 },
      ],
      bySource: [{ pointSource: 'default', points: 11 }],
      tier: 'silver',
      purchaseAmount: 5000,
      actor: 'me',
    });
  });

  it('says what a wallet’s maximum kept out, also when that was all', () => {
    const statement = new Statement();
    statement.award(2, [['points', 130]]);
    statement.award(3, [['points', 5]]);
    const declined = statement.events.flatMap((event, revision) =>
      entriesOf({ event, accountId: 'acc', revision, recordedAt: NOON }).map(
        (entry) => entry.declined,
      ),
    );
    expect(declined).toEqual([
      { points: 30, code: 'max_balance_reached' },
      { points: 5, code: 'max_balance_reached' },
    ]);
    expect(statement.shown[1]).toEqual({
      type: 'earn',
      points: 0,
      amount: 5,
      wallet: 'points',
      balanceAfter: 100,
    });
  });

  it('shows a silent hold and its capture as one redemption, an open one as three entries', () => {
    const statement = new Statement();
    statement.award(2, [['points', 50]]);
    const source = { kind: 'hold', id: 'h' } as const;
    const hold = { points: 20, expiresAt: '2026-11-23T00:00:00.000Z', source, now: NOON };
    const capture = { source, at: NOON, now: NOON };
    statement.add(holdPoints({ ...hold, holdId: 'h1', silent: true }, statement.state));
    statement.add(captureHold({ ...capture, holdId: 'h1' }, statement.state));
    statement.add(holdPoints({ ...hold, holdId: 'h2' }, statement.state));
    statement.add(captureHold({ ...capture, holdId: 'h2', points: 15 }, statement.state));
    expect(statement.shown.slice(1)).toEqual([
      { type: 'redeem', points: -20, wallet: 'points', balanceAfter: 30 },
      { type: 'hold', points: 0, amount: 20, wallet: 'points', balanceAfter: 30 },
      { type: 'capture', points: -15, wallet: 'points', balanceAfter: 15 },
      { type: 'release', points: 0, amount: 5, wallet: 'points', balanceAfter: 15 },
    ]);
  });

  it('names an open hold by its id in all its entries, and what a hold was for by that', () => {
    const statement = new Statement();
    statement.award(2, [['points', 50]]);
    const taken = { points: 20, expiresAt: '2026-11-23T00:00:00.000Z', now: NOON };
    const byTill = { kind: 'hold', id: 'the-operation' } as const;
    const forPurchase = { kind: 'purchase', id: 'p1' } as const;
    statement.add(holdPoints({ ...taken, holdId: 'h1', source: byTill }, statement.state));
    const capture = { holdId: 'h1', points: 15, source: byTill, at: NOON, now: NOON };
    statement.add(captureHold(capture, statement.state));
    statement.add(holdPoints({ ...taken, holdId: 'h2', source: byTill }, statement.state));
    statement.add(releaseHold({ holdId: 'h2', now: NOON }, statement.state));
    statement.add(holdPoints({ ...taken, holdId: 'h3', source: forPurchase }, statement.state));
    const sources = statement.events.flatMap((event, revision) =>
      entriesOf({ event, accountId: 'acc', revision, recordedAt: NOON }).map(
        ({ type, source }) => `${type} ${source.kind} ${source.id}`,
      ),
    );
    expect(sources.slice(1)).toEqual([
      'hold hold h1',
      'capture hold h1',
      'release hold h1',
      'hold hold h2',
      'release hold h2',
      'hold purchase p1',
    ]);
  });

  it('shows a debt that another wallet pays as a transfer', () => {
    const statement = new Statement();
    statement.award(2, [['points', 10]]);
    const source = { kind: 'debit', id: 'd' } as const;
    statement.add(
      holdPoints(
        { holdId: 'h', points: 10, expiresAt: '2026-11-23', source, now: NOON },
        statement.state,
      ),
    );
    statement.add(captureHold({ holdId: 'h', source, at: NOON, now: NOON }, statement.state));
    const command = {
      sequence: 3,
      lotIds: ['acc.2.0'],
      points: 10,
      clawback: 'allow-negative',
    } as const;
    const about = { wallet: 'points', pointSource: 'default', source, at: NOON, now: NOON };
    const version = statement.events.length;
    statement.add(
      reverseAward({ ...command, ...about }, statement.state, { version, expired: 0, spends: [] }),
    );
    const credit = { lotId: 'l', points: 4, wallet: 'promo', reason: 'gift', source, now: NOON };
    statement.add(creditPoints(credit, statement.state));
    expect(statement.shown.slice(3)).toEqual([
      { type: 'reverse', points: -10, wallet: 'points', balanceAfter: -10 },
      { type: 'earn', points: 4, wallet: 'promo', balanceAfter: -6 },
      { type: 'transfer-out', points: -4, wallet: 'promo', balanceAfter: -10 },
      { type: 'transfer-in', points: 4, wallet: 'points', balanceAfter: -6 },
    ]);
  });
});

describe('an account as of an instant', () => {
  it('counts a ticket from when it happened, a spend before its points as a debt', () => {
    const statement = new Statement();
    statement.award(2, [['points', 10]]);
    const source = { kind: 'transaction', id: 't' } as const;
    const hold = { holdId: 'h', points: 10, expiresAt: '2026-11-23', source, now: NOON };
    statement.add(holdPoints(hold, statement.state));
    const at = '2026-11-22T08:00:00.000Z';
    statement.add(captureHold({ holdId: 'h', source, at, now: NOON }, statement.state));
    const totalAt = (asOf: string) => {
      const state = statement.events.reduce<Account>(
        (s, e) => evolveAsOf(asOf, s, e),
        initialAccount,
      );
      const { total, available, held, debt } = balanceAt(state, asOf);
      return { total, available, held, debt };
    };
    expect(totalAt('2026-11-22T07:00:00.000Z')).toEqual({
      total: 0,
      available: 0,
      held: 0,
      debt: 0,
    });
    expect(totalAt('2026-11-22T08:30:00.000Z')).toEqual({
      total: -10,
      available: 0,
      held: 0,
      debt: 10,
    });
    expect(totalAt(NOON)).toEqual({ total: 0, available: 0, held: 0, debt: 0 });
  });
});
