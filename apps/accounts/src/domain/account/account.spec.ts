import { decider } from '@fidelis/testing';
import type { AccountTerms, Grant } from '@fidelis/ledger';
import {
  awardPoints,
  balanceAt,
  captureHold,
  creditPoints,
  debitPoints,
  dueEvents,
  evolve,
  expirationsAt,
  holdPoints,
  initialAccount,
  lotsAt,
  nextDueAt,
  openAccount,
  releaseHold,
  type Account,
  type AccountFact,
  type AccountOpened,
  type AwardPoints,
  type CreditPoints,
  type HoldPoints,
} from './index';

const given = decider<Account, AccountFact>({ initial: initialAccount, evolve });
const NOON = '2026-11-22T12:00:00.000Z';
const LATER = '2026-11-22T13:00:00.000Z';

const terms: AccountTerms = {
  programId: 'prog',
  version: 1,
  currency: 'EUR',
  timeZone: 'UTC',
  redeem: { points: 100, worth: 100 },
  expiry: { policy: 'never' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [{ code: 'points', spendable: true }],
};

function opened(over: Partial<AccountTerms> = {}): AccountOpened {
  return {
    type: 'AccountOpened',
    data: {
      accountId: 'acc',
      participantId: 'p1',
      programId: 'prog',
      sequence: 1,
      terms: { ...terms, ...over },
      at: '2026-01-01T00:00:00.000Z',
    },
  };
}

function credit(points: number, over: Partial<CreditPoints> = {}) {
  const lotId = over.lotId ?? `lot-${points}`;
  const command = { points, reason: 'gift', now: NOON, ...over, lotId };
  return (state: Account) =>
    creditPoints({ source: { kind: 'credit', id: lotId }, ...command }, state);
}

function debit(points: number, now = NOON) {
  return (state: Account) =>
    debitPoints({ points, reason: 'gift shop', source: { kind: 'debit', id: 'd' }, now }, state);
}

function hold(points: number, over: Partial<HoldPoints> = {}) {
  const source = { kind: 'hold', id: 'h1' } as const;
  const command = { holdId: 'h1', points, expiresAt: LATER, source, now: NOON, ...over };
  return (state: Account) => holdPoints(command, state);
}

function capture(over: { points?: number; force?: boolean; now?: string } = {}) {
  const { now = NOON, ...rest } = over;
  const source = { kind: 'hold', id: 'h1' } as const;
  return (state: Account) => captureHold({ holdId: 'h1', source, at: now, now, ...rest }, state);
}

function grant(points: number, over: Partial<Grant> = {}): Grant {
  const dates = { grantedAt: NOON, availableAt: NOON };
  return { points, wallet: 'points', pointSource: 'default', ...dates, ...over };
}

function award(sequence: number, ...grants: Grant[]): AwardPoints {
  const source = { kind: 'transaction', id: `t${sequence}` } as const;
  return { sequence, grants, occurredAt: NOON, source };
}

function awarding(awards: AwardPoints[], now = NOON) {
  return (state: Account) => awardPoints(awards, now, state);
}

function balance(state: Account, now = NOON) {
  const { available, pending, held, debt, total } = balanceAt(state, now);
  return { available, pending, held, debt, total };
}

function settle(state: Account, now: string): Account {
  return dueEvents(state, now).reduce(evolve, state);
}

describe('opening an account', () => {
  const open = (version: number) => (state: Account) =>
    openAccount(
      {
        accountId: 'acc',
        participantId: 'p1',
        sequence: 1,
        terms: { ...terms, version },
        now: NOON,
      },
      state,
    );

  it('happens once', () => {
    given().when(open(1)).thenTypes('AccountOpened').thenAgainNothing();
  });

  it('again with later terms takes these, with earlier ones changes nothing', () => {
    given().when(open(2)).when(open(3)).thenTypes('TermsReplaced').when(open(1)).then();
  });
});

describe('a credit', () => {
  it('is available at once and never expires where the programme says so', () => {
    const { state } = given(opened()).when(credit(100)).thenTypes('PointsCredited');
    expect(balance(state)).toEqual({ available: 100, pending: 0, held: 0, debt: 0, total: 100 });
  });

  it('expires by the programme’s policy, or on the day that it names', () => {
    const rolling = opened({ expiry: { policy: 'rolling', after: 'P10D' } });
    const { state } = given(rolling)
      .when(credit(100))
      .when(credit(50, { expiresOn: '2026-11-22' }));
    expect(expirationsAt(state, NOON)).toEqual([
      { on: '2026-11-22', points: 50, wallet: 'points' },
      { on: '2026-12-02', points: 100, wallet: 'points' },
    ]);
  });

  it('that could never be spent is refused', () => {
    given(opened())
      .when(credit(100, { expiresOn: '2026-11-21' }))
      .thenRejected({ code: 'expires_before_available' });
  });

  it('into a wallet that the programme does not have is refused', () => {
    given(opened())
      .when(credit(1, { wallet: 'promo' }))
      .thenRejected({ code: 'unknown_wallet' });
  });

  it('fills a wallet up to its maximum and declines the rest', () => {
    const max = opened({ wallets: [{ code: 'points', spendable: true, maxBalance: 120 }] });
    const outcome = given(max).when(credit(100)).when(credit(50));
    expect(balance(outcome.state).available).toBe(120);
    expect(outcome.events[0]?.data).toMatchObject({
      lot: { points: 20 },
      declined: { points: 30, code: 'max_balance_reached' },
    });
  });

  it('goes to a frozen account, and not to a closed one', () => {
    const reason = { reason: 'fraud', at: NOON };
    given(opened(), { type: 'AccountFrozen', data: reason })
      .when(credit(1))
      .thenTypes('PointsCredited');
    given(opened(), { type: 'AccountClosed', data: reason })
      .when(credit(1))
      .thenRejected({ code: 'account_closed' });
  });

  it('never lets the account leave the bound of points', () => {
    given(opened())
      .when(credit(9_007_199_254_740_991))
      .when(credit(1))
      .thenRejected({ code: 'points_limit_exceeded' });
  });
});

describe('pending points', () => {
  const inTwoWeeks = '2026-12-06T12:00:00.000Z';

  it('are counted apart, and become available by time alone', () => {
    const { state } = given(opened()).when(credit(100, { availableAt: inTwoWeeks }));
    expect(balance(state)).toMatchObject({ available: 0, pending: 100, total: 100 });
    expect(balance(state, inTwoWeeks)).toMatchObject({ available: 100, pending: 0, total: 100 });
    expect(state.status !== 'none' && nextDueAt(state)).toBe(inTwoWeeks);
    expect(dueEvents(state, inTwoWeeks)).toMatchObject([
      { type: 'LotsActivated', data: { at: inTwoWeeks, lots: [{ points: 100 }] } },
    ]);
  });

  it('cannot be spent before', () => {
    given(opened())
      .when(credit(100, { availableAt: inTwoWeeks }))
      .when(debit(1))
      .thenRejected({ code: 'insufficient_points', available: 0, requested: 1 });
  });

  it('are activated before a command of that time decides', () => {
    given(opened())
      .when(credit(100, { availableAt: inTwoWeeks }))
      .when(debit(1, inTwoWeeks))
      .thenTypes('LotsActivated', 'PointsDebited');
  });
});

describe('expiry', () => {
  const lastMoment = '2026-12-02T23:59:59.999Z';
  const midnight = '2026-12-03T00:00:00.000Z';
  const { state } = given(opened()).when(credit(100, { expiresOn: '2026-12-02' }));

  it('is inclusive: points can be spent until the end of their last day', () => {
    expect(balance(state, lastMoment).available).toBe(100);
    expect(balance(state, midnight)).toMatchObject({ available: 0, total: 0 });
    expect(balanceAt(state, midnight).lifetime.expired).toBe(100);
  });

  it('is recorded as of the moment it happened, whenever that is noticed', () => {
    expect(dueEvents(state, '2027-05-01T00:00:00.000Z')).toMatchObject([
      { type: 'LotsExpired', data: { at: midnight, lots: [{ points: 100 }] } },
    ]);
    expect(dueEvents(settle(state, midnight), '2027-05-01T00:00:00.000Z')).toEqual([]);
  });

  it('waits for a hold, and follows at once when the hold is released', () => {
    const held = given(opened())
      .when(credit(100, { expiresOn: '2026-12-02' }))
      .when(hold(30, { expiresAt: '2026-12-10T00:00:00.000Z' })).state;
    expect(balance(held, midnight)).toMatchObject({ available: 0, held: 30, total: 30 });
    const releasedAt = '2026-12-05T00:00:00.000Z';
    const released = releaseHold({ holdId: 'h1', now: releasedAt }, settle(held, midnight));
    expect(released).toMatchObject({
      events: [
        { type: 'HoldReleased' },
        { type: 'LotsExpired', data: { at: releasedAt, lots: [{ points: 30 }] } },
      ],
    });
  });

  it('goes into the escrow wallet where the policy names one', () => {
    const policy = { policy: 'rolling', after: 'P10D', toWallet: 'escrow' } as const;
    const outcome = given(opened({ expiry: policy })).when(credit(100));
    const view = balanceAt(outcome.state, midnight);
    expect(view.wallets).toMatchObject([
      { wallet: 'points', total: 0 },
      { wallet: 'escrow', available: 100, total: 100 },
    ]);
    expect(view.lifetime).toMatchObject({ expired: 0, transferredIn: 100, transferredOut: 100 });
  });
});

describe('spending', () => {
  it('takes the soonest expiry first, then the oldest grant, and what never expires last', () => {
    const { state, events } = given(opened())
      .when(credit(10, { lotId: 'never' }))
      .when(credit(10, { lotId: 'late', expiresOn: '2027-12-31' }))
      .when(credit(10, { lotId: 'soon-2', expiresOn: '2026-12-31', now: LATER }))
      .when(credit(10, { lotId: 'soon-1', expiresOn: '2026-12-31' }))
      .when(debit(35, LATER));
    expect(events[0]?.data).toMatchObject({
      lots: [
        { lotId: 'soon-1', points: 10 },
        { lotId: 'soon-2', points: 10 },
        { lotId: 'late', points: 10 },
        { lotId: 'never', points: 5 },
      ],
    });
    expect(lotsAt(state, LATER)).toMatchObject([{ lotId: 'never', granted: 10, remaining: 5 }]);
  });

  it('never takes more than what is available', () => {
    given(opened())
      .when(credit(100))
      .when(debit(101))
      .thenRejected({ code: 'insufficient_points', available: 100, requested: 101 });
  });

  it('leaves wallets alone that are not spent by default', () => {
    const wallets = [
      { code: 'points', spendable: true },
      { code: 'promo', spendable: false },
    ];
    given(opened({ wallets }))
      .when(credit(100, { wallet: 'promo' }))
      .when(debit(1))
      .thenRejected({ code: 'insufficient_points', available: 0 });
  });

  it('is not possible while the account is frozen', () => {
    given(opened(), { type: 'AccountFrozen', data: { reason: 'fraud', at: NOON } })
      .when(debit(1))
      .thenRejected({ code: 'account_frozen' });
  });

  it('needs an account', () => {
    given().when(debit(1)).thenRejected({ code: 'account_not_found' });
  });
});

describe('a hold', () => {
  it('promises a lot only once', () => {
    const { state } = given(opened()).when(credit(100)).when(hold(60)).thenTypes('PointsHeld');
    expect(balance(state)).toMatchObject({ available: 40, held: 60, total: 100 });
    expect(lotsAt(state, NOON)).toMatchObject([{ granted: 100, remaining: 100, held: 60 }]);
    expect(debit(41)(state)).toMatchObject({ rejection: { code: 'insufficient_points' } });
  });

  it('is captured in part: the rest is free again', () => {
    const { state, events } = given(opened())
      .when(credit(100))
      .when(hold(60))
      .when(capture({ points: 25 }))
      .thenTypes('HoldCaptured');
    expect(events[0]?.data).toMatchObject({ lots: [{ points: 25 }], released: [{ points: 35 }] });
    expect(balance(state)).toEqual({ available: 75, pending: 0, held: 0, debt: 0, total: 75 });
  });

  it('cannot be captured beyond what it holds, nor twice', () => {
    const held = given(opened()).when(credit(100)).when(hold(60));
    held.when(capture({ points: 61 })).thenRejected({ code: 'capture_exceeds_hold' });
    held.when(capture()).when(capture()).thenRejected({ code: 'hold_not_active' });
  });

  it('counts as released from its expiry on, recorded or not', () => {
    const held = given(opened()).when(credit(100)).when(hold(60));
    expect(balance(held.state, LATER)).toMatchObject({ available: 100, held: 0 });
    held.when(capture({ now: LATER })).thenRejected({ code: 'hold_not_active' });
    held.when(debit(100, LATER)).thenTypes('HoldLapsed', 'PointsDebited');
  });

  it('outlives a freeze: what was promised may be captured', () => {
    const freeze: AccountFact = { type: 'AccountFrozen', data: { reason: 'fraud', at: NOON } };
    const { state } = given(opened()).when(credit(100)).when(hold(60));
    expect(capture()(evolve(state, freeze))).toMatchObject({ outcome: 'accepted' });
  });

  it('that lapsed can be forced: other lots pay, and what they lack is owed', () => {
    const { state } = given(opened())
      .when(credit(100))
      .when(hold(60))
      .when(debit(70, LATER))
      .when((account) =>
        captureHold(
          {
            holdId: 'h1',
            force: true,
            source: { kind: 'transaction', id: 't' },
            at: NOON,
            now: LATER,
          },
          account,
          {
            version: account.status === 'none' ? 0 : account.version,
            captured: false,
            hold: {
              holdId: 'h1',
              lots: [partOfHold(60)],
              expiresAt: LATER,
              source: { kind: 'hold', id: 'h1' },
            },
          },
        ),
      )
      .thenTypes('CaptureForced');
    expect(balance(state, LATER)).toEqual({
      available: 0,
      pending: 0,
      held: 0,
      debt: 30,
      total: -30,
    });
  });

  it('that would be over already is refused', () => {
    given(opened())
      .when(credit(100))
      .when(hold(1, { expiresAt: NOON }))
      .thenRejected({ code: 'hold_expiry_past' });
  });
});

function partOfHold(points: number) {
  return {
    lotId: 'lot-100',
    points,
    granted: 100,
    wallet: 'points',
    pointSource: 'default',
    grantedAt: NOON,
    availableAt: NOON,
    source: { kind: 'credit', id: 'lot-100' } as const,
  };
}

describe('awards of a membership', () => {
  it('are applied in the order of their numbers, each once', () => {
    given(opened())
      .when(awarding([award(2, grant(10))]))
      .thenTypes('PointsAwarded')
      .thenAgainNothing()
      .when(awarding([award(4, grant(5))]))
      .thenRejected({ code: 'not_yet' });
    given()
      .when(awarding([award(1, grant(1))]))
      .thenRejected({ code: 'not_yet' });
  });

  it('of one batch share an event; what was applied before is left out', () => {
    const { events, state } = given(opened())
      .when(awarding([award(2, grant(10))]))
      .when(awarding([award(2, grant(10)), award(3, grant(5)), award(4)]))
      .thenTypes('PointsAwarded');
    expect(events[0]?.data).toMatchObject({
      awards: [
        { sequence: 3, lots: [{ lotId: 'acc.3.0', points: 5 }] },
        { sequence: 4, lots: [] },
      ],
    });
    expect(balance(state).available).toBe(15);
  });

  it('to a closed account are declined, and the next one follows', () => {
    given(opened(), { type: 'AccountClosed', data: { reason: 'left', at: NOON } })
      .when(awarding([award(2, grant(10)), award(3)]))
      .thenTypes('AwardDeclined', 'PointsAwarded')
      .thenAgainNothing();
  });

  it('of an old ticket that expired before they were recorded expire at once', () => {
    const old = grant(10, {
      grantedAt: '2024-01-01T00:00:00.000Z',
      availableAt: '2024-01-01T00:00:00.000Z',
      expiresOn: '2024-12-31',
      expiresAt: '2025-01-01T00:00:00.000Z',
    });
    const { events } = given(opened())
      .when(awarding([award(2, old)]))
      .thenTypes('PointsAwarded', 'LotsExpired');
    expect(events[1]?.data).toMatchObject({ at: '2025-01-01T00:00:00.000Z' });
  });
});
