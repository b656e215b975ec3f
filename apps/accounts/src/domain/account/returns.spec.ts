import type { AccountTerms, Clawback } from '@fidelis/ledger';
import {
  awardPoints,
  balanceAt,
  captureHold,
  creditPoints,
  debitPoints,
  evolve,
  foldLots,
  foldSpend,
  holdPoints,
  lotHistoryOf,
  NO_LOTS,
  NO_SPEND,
  releaseHold,
  restorePoints,
  reverseAward,
  type Account,
  type AccountFact,
  type PastEvent,
} from './index';

const NOON = '2026-11-22T12:00:00.000Z';
const LATER = '2026-11-22T13:00:00.000Z';
const SPEND = { kind: 'debit', id: 'd1' } as const;

const terms: AccountTerms = {
  programId: 'prog',
  version: 1,
  currency: 'EUR',
  timeZone: 'UTC',
  redeem: { points: 100, worth: 100 },
  expiry: { policy: 'never' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [
    { code: 'points', spendable: true },
    { code: 'promo', spendable: true },
  ],
};

/** An account with its stream: decisions about the past read both. */
class Story {
  state: Account = { status: 'none' };
  readonly past: PastEvent[] = [];
  private sequence = 1;

  constructor(over: Partial<AccountTerms> = {}) {
    this.record('open', [
      {
        type: 'AccountOpened',
        data: {
          accountId: 'acc',
          participantId: 'p1',
          programId: 'prog',
          sequence: 1,
          terms: { ...terms, ...over },
          at: NOON,
        },
      },
    ]);
  }

  record(operationId: string, events: readonly AccountFact[]): readonly AccountFact[] {
    for (const event of events) {
      this.past.push({ event, operationId, entryId: `acc.${this.past.length}.0` });
      this.state = evolve(this.state, event);
    }
    return events;
  }

  private accept(
    operationId: string,
    decision:
      | ReturnType<typeof debitPoints>
      | ReturnType<typeof reverseAward>
      | ReturnType<typeof restorePoints>,
  ) {
    if (decision.outcome === 'rejected') throw new Error(decision.rejection.code);
    return this.record(operationId, decision.events);
  }

  award(points: number, dates: { expiresOn?: string; expiresAt?: string } = {}): string {
    this.sequence += 1;
    const grants = [
      {
        points,
        wallet: 'points',
        pointSource: 'default',
        grantedAt: NOON,
        availableAt: NOON,
        ...dates,
      },
    ];
    const source = { kind: 'transaction', id: `t${this.sequence}` } as const;
    const command = { sequence: this.sequence, grants, occurredAt: NOON, source };
    const decision = awardPoints([command], NOON, this.state);
    if (decision.outcome === 'accepted') this.record(`t${this.sequence}`, decision.events);
    return `acc.${this.sequence}.0`;
  }

  credit(points: number, wallet = 'points', pointSource = 'default') {
    const lotId = `credit-${this.past.length}`;
    const source = { kind: 'credit', id: lotId } as const;
    const command = { lotId, points, wallet, pointSource, reason: 'gift', source, now: NOON };
    const decision = creditPoints(command, this.state);
    if (decision.outcome === 'accepted') return this.record(lotId, decision.events);
    throw new Error(decision.rejection.code);
  }

  debit(points: number, operationId = 'd1') {
    const command = { points, reason: 'shop', source: SPEND, now: NOON };
    return this.accept(operationId, debitPoints(command, this.state));
  }

  reverse(lotId: string, points: number, options: { clawback?: Clawback; now?: string } = {}) {
    const { clawback = 'allow-negative', now = NOON } = options;
    this.sequence += 1;
    const history = lotHistoryOf(
      this.past.reduce((fold, past) => foldLots([lotId], fold, past), NO_LOTS),
    );
    const source = { kind: 'return', id: `r${this.sequence}` } as const;
    const about = { wallet: 'points', pointSource: 'default', source, at: now, now };
    const command = { sequence: this.sequence, lotIds: [lotId], points, clawback, ...about };
    return this.accept(`r${this.sequence}`, reverseAward(command, this.state, history));
  }

  restore(points: number, options: { spend?: string; now?: string } = {}) {
    const { spend = 'd1', now = NOON } = options;
    const operationId = `restore-${this.past.length}`;
    const history = this.past.reduce((fold, past) => foldSpend(spend, fold, past), NO_SPEND);
    const source = { kind: 'reversal', id: operationId } as const;
    const command = { spendOperationId: spend, operationId, points, source, at: now, now };
    return this.accept(operationId, restorePoints(command, this.state, history));
  }

  balance(now = NOON) {
    const { available, held, debt, total } = balanceAt(this.state, now);
    return { available, held, debt, total };
  }
}

describe('a return takes earned points back', () => {
  it('from the ticket’s own lots first, although others expire sooner', () => {
    const story = new Story();
    story.award(10, { expiresOn: '2026-12-01', expiresAt: '2026-12-02T00:00:00.000Z' });
    const lotId = story.award(10);
    expect(story.reverse(lotId, 4)).toMatchObject([
      { type: 'AwardReversed', data: { lots: [{ lotId, points: 4 }], debt: [], forgiven: 0 } },
    ]);
  });

  it('then from other lots, and what is missing is owed', () => {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(10);
    story.credit(3);
    expect(story.reverse(lotId, 10)).toMatchObject([
      { data: { lots: [{ points: 3 }], debt: [{ points: 7 }], forgiven: 0 } },
    ]);
    expect(story.balance()).toEqual({ available: 0, held: 0, debt: 7, total: -7 });
  });

  it('never more than was ever earned, whatever is asked', () => {
    const story = new Story();
    const lotId = story.award(Number.MAX_SAFE_INTEGER);
    story.reverse(lotId, Number.MAX_SAFE_INTEGER);
    expect(story.reverse(lotId, Number.MAX_SAFE_INTEGER)).toMatchObject([
      { data: { lots: [], debt: [], forgiven: 0 } },
    ]);
    expect(story.balance()).toEqual({ available: 0, held: 0, debt: 0, total: 0 });
  });

  it('within the balance: what is missing is forgiven', () => {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(8);
    story.reverse(lotId, 10, { clawback: 'within-balance' });
    expect(story.balance()).toEqual({ available: 0, held: 0, debt: 0, total: 0 });
    expect(balanceAt(story.state, NOON).lifetime).toMatchObject({ reversed: 2, forgiven: 8 });
  });

  it('or is refused and names the spends; the number of the command is used all the same', () => {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(8);
    story.credit(100);
    expect(story.reverse(lotId, 10, { clawback: 'refuse' })).toMatchObject([
      {
        type: 'ReversalRefused',
        data: { spends: [{ points: 8, source: SPEND, entryId: 'acc.2.0' }] },
      },
    ]);
    expect(story.reverse(lotId, 2, { clawback: 'refuse' })).toMatchObject([
      { type: 'AwardReversed' },
    ]);
  });

  it('is refused for held points too, not for points that came back', () => {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(10);
    story.restore(10);
    expect(story.reverse(lotId, 1, { clawback: 'refuse' })).toMatchObject([
      { type: 'AwardReversed' },
    ]);
    const source = { kind: 'hold', id: 'h1' } as const;
    const held = holdPoints(
      { holdId: 'h1', points: 9, expiresAt: LATER, source, now: NOON },
      story.state,
    );
    if (held.outcome === 'accepted') story.record('h1', held.events);
    expect(story.reverse(lotId, 1, { clawback: 'refuse' })).toMatchObject([
      { type: 'ReversalRefused', data: { spends: [{ points: 9, source }] } },
    ]);
  });

  it('never takes what expired a second time', () => {
    const story = new Story();
    const lotId = story.award(10, {
      expiresOn: '2026-12-01',
      expiresAt: '2026-12-02T00:00:00.000Z',
    });
    story.debit(4);
    const now = '2026-12-05T00:00:00.000Z';
    expect(story.reverse(lotId, 8, { clawback: 'allow-negative', now })).toMatchObject([
      { type: 'LotsExpired', data: { lots: [{ points: 6 }] } },
      { type: 'AwardReversed', data: { forgiven: 6, forgivenExpired: 6, debt: [{ points: 2 }] } },
    ]);
    expect(story.reverse(lotId, 2, { clawback: 'allow-negative', now })).toMatchObject([
      { data: { forgivenExpired: 0, debt: [{ points: 2 }] } },
    ]);
  });

  it('from a closed account is forgiven', () => {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(10);
    story.record('close', [{ type: 'AccountClosed', data: { reason: 'left', at: NOON } }]);
    expect(story.reverse(lotId, 10)).toMatchObject([
      { data: { lots: [], debt: [], forgiven: 10 } },
    ]);
  });
});

describe('a debt', () => {
  function indebted(): Story {
    const story = new Story();
    const lotId = story.award(10);
    story.debit(10);
    story.reverse(lotId, 10);
    return story;
  }

  it('is paid first by the next award or credit', () => {
    const story = indebted();
    expect(story.credit(15)).toMatchObject([{ type: 'PointsCredited' }, { type: 'DebtSettled' }]);
    expect(story.balance()).toEqual({ available: 5, held: 0, debt: 0, total: 5 });
    expect(balanceAt(story.state, NOON).lifetime.transferredIn).toBe(0);
  });

  it('is paid by another wallet’s points, which are moved to it', () => {
    const story = indebted();
    story.credit(4, 'promo', 'partner');
    expect(balanceAt(story.state, NOON)).toMatchObject({
      debt: 6,
      total: -6,
      lifetime: { transferredIn: 4, transferredOut: 4 },
    });
  });

  it('is paid by points that a release sets free: nobody earns, refunds and keeps', () => {
    const story = new Story();
    const lotId = story.award(10);
    const source = { kind: 'hold', id: 'h1' } as const;
    const held = holdPoints(
      { holdId: 'h1', points: 10, expiresAt: LATER, source, now: NOON },
      story.state,
    );
    if (held.outcome === 'accepted') story.record('h1', held.events);
    story.reverse(lotId, 10);
    expect(story.balance()).toEqual({ available: 0, held: 10, debt: 10, total: 0 });
    expect(story.balance(LATER)).toEqual({ available: 0, held: 0, debt: 0, total: 0 });
    expect(releaseHold({ holdId: 'h1', now: NOON }, story.state)).toMatchObject({
      events: [{ type: 'HoldReleased' }, { type: 'DebtSettled' }],
    });
  });
});

describe('restored points', () => {
  it('go back to the lots that paid, the last one first', () => {
    const story = new Story();
    story.award(10, { expiresOn: '2026-12-01', expiresAt: '2026-12-02T00:00:00.000Z' });
    const second = story.award(10);
    story.debit(15);
    expect(story.restore(3)).toMatchObject([{ data: { lots: [{ lotId: second, points: 3 }] } }]);
    expect(story.restore(12)).toMatchObject([
      {
        data: {
          lots: [
            { lotId: second, points: 2 },
            { points: 10, expiresOn: '2026-12-01' },
          ],
        },
      },
    ]);
    expect(story.balance().available).toBe(20);
    expect(() => story.restore(1)).toThrow('restore_exceeds_spend');
  });

  it('expire at once when their day is over', () => {
    const story = new Story();
    story.award(10, { expiresOn: '2026-12-01', expiresAt: '2026-12-02T00:00:00.000Z' });
    story.debit(10);
    const now = '2026-12-05T00:00:00.000Z';
    expect(story.restore(10, { now })).toMatchObject([
      { type: 'PointsRestored' },
      { type: 'LotsExpired', data: { at: now } },
    ]);
  });

  it('get at least the minimum validity of the programme', () => {
    const story = new Story({ restore: 'P30D' });
    story.award(10, { expiresOn: '2026-12-01', expiresAt: '2026-12-02T00:00:00.000Z' });
    story.debit(4);
    story.restore(4);
    expect(balanceAt(story.state, '2026-12-22T23:59:00.000Z').available).toBe(4);
    expect(balanceAt(story.state, '2026-12-23T00:00:00.000Z').available).toBe(0);
  });

  it('of a capture and of a forced capture come back as well', () => {
    const story = new Story();
    story.award(10);
    const source = { kind: 'hold', id: 'h1' } as const;
    const held = holdPoints(
      { holdId: 'h1', points: 10, expiresAt: LATER, source, now: NOON },
      story.state,
    );
    if (held.outcome === 'accepted') story.record('h1', held.events);
    const captured = captureHold(
      { holdId: 'h1', points: 6, source, at: NOON, now: NOON },
      story.state,
    );
    if (captured.outcome === 'accepted') story.record('c1', captured.events);
    story.restore(6, { spend: 'c1' });
    expect(story.balance().available).toBe(10);
    expect(() => story.restore(1, { spend: 'nobody' })).toThrow('spend_not_found');
  });

  it('do not come back to a closed account', () => {
    const story = new Story();
    story.award(10);
    story.debit(10);
    story.record('close', [{ type: 'AccountClosed', data: { reason: 'left', at: NOON } }]);
    expect(story.restore(10)).toMatchObject([{ type: 'RestoreDeclined', data: { points: 10 } }]);
  });
});
