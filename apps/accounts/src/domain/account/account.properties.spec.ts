import fc from 'fast-check';
import type { AccountTerms } from '@fidelis/ledger';
import {
  accountTotal,
  awardPoints,
  balanceAt,
  captureHold,
  creditPoints,
  debitPoints,
  dueEvents,
  entriesOf,
  evolve,
  evolveAsOf,
  foldLots,
  foldSpend,
  holdPoints,
  initialAccount,
  lotHistoryOf,
  lotsAt,
  NO_LOTS,
  NO_SPEND,
  openAccount,
  releaseHold,
  restorePoints,
  reverseAward,
  type Account,
  type AccountEvent,
  type PastEvent,
} from './index';
import { assertConserved } from './progress';

const terms: AccountTerms = {
  programId: 'prog',
  version: 1,
  currency: 'EUR',
  timeZone: 'Asia/Kolkata',
  redeem: { points: 1, worth: 1 },
  expiry: { policy: 'rolling', after: 'P5D' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [
    { code: 'points', spendable: true, maxBalance: 500 },
    { code: 'promo', spendable: true },
    { code: 'saved', spendable: false },
  ],
};

const START = Date.parse('2026-11-22T00:00:00.000Z');
const HOUR = 3_600_000;

interface Step {
  readonly kind:
    'award' | 'credit' | 'debit' | 'hold' | 'capture' | 'release' | 'reverse' | 'restore';
  readonly points: number;
  readonly hours: number;
  readonly pick: number;
  readonly clawback: 'allow-negative' | 'within-balance' | 'refuse';
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(
      ...([
        'award',
        'credit',
        'debit',
        'hold',
        'capture',
        'release',
        'reverse',
        'restore',
      ] as const),
    ),
    points: fc.integer({ min: 1, max: 120 }),
    hours: fc.integer({ min: 0, max: 30 }),
    pick: fc.nat(7),
    clawback: fc.constantFrom(...(['allow-negative', 'within-balance', 'refuse'] as const)),
  }),
  { maxLength: 40 },
);

/** Plays steps as a client would, remembering only ids. */
class Player {
  state: Account = initialAccount;
  now = new Date(START).toISOString();
  readonly past: (PastEvent & { readonly event: AccountEvent; readonly recordedAt: string })[] = [];
  private readonly awards: { readonly lotId: string; readonly points: number }[] = [];
  private readonly spends: string[] = [];
  private readonly holds: string[] = [];
  private sequence = 1;
  private hoursPassed = 0;

  constructor() {
    const command = { accountId: 'acc', participantId: 'p', sequence: 1, terms, now: this.now };
    const decision = openAccount(command, this.state);
    if (decision.outcome === 'accepted') this.record('open', decision.events);
  }

  play(step: Step): void {
    this.hoursPassed += step.hours;
    this.now = new Date(START + this.hoursPassed * HOUR).toISOString();
    const operation = `op-${this.past.length}`;
    const decision = this.decide(step, operation);
    if (decision?.outcome !== 'accepted') return;
    this.record(operation, decision.events);
    const types = decision.events.map((event) => event.type);
    if (types.includes('PointsDebited') || types.includes('HoldCaptured'))
      this.spends.push(operation);
  }

  // One case per kind of step.
  // eslint-disable-next-line complexity
  private decide(step: Step, operation: string) {
    const { points, pick } = step;
    const now = this.now;
    const source = { kind: 'transaction', id: operation } as const;
    const wallet = ['points', 'promo', 'saved'][pick % 3] ?? 'points';
    const pointSource = pick % 2 === 0 ? 'default' : 'partner';
    switch (step.kind) {
      case 'award':
        return this.award(step);
      case 'credit': {
        const command = {
          lotId: operation,
          points,
          wallet,
          pointSource,
          reason: 'gift',
          source,
          now,
        };
        return creditPoints(command, this.state);
      }
      case 'debit':
        return debitPoints({ points, reason: 'shop', source, now }, this.state);
      case 'hold': {
        this.holds.push(operation);
        const expiresAt = new Date(Date.parse(now) + 20 * HOUR).toISOString();
        return holdPoints({ holdId: operation, points, expiresAt, source, now }, this.state);
      }
      case 'capture': {
        const holdId = this.holds[pick] ?? '';
        return captureHold({ holdId, points, source, at: now, now }, this.state);
      }
      case 'release':
        return releaseHold({ holdId: this.holds[pick] ?? '', now }, this.state);
      case 'reverse':
        return this.reverse(step);
      case 'restore':
        return this.restore(step, operation);
    }
  }

  private award({ points, pick }: Step) {
    const now = this.now;
    const availableAt = new Date(Date.parse(now) + (pick % 3) * 10 * HOUR).toISOString();
    const expiresAt = new Date(Date.parse(availableAt) + 48 * HOUR).toISOString();
    const dates = pick > 3 ? { expiresOn: expiresAt.slice(0, 10), expiresAt } : {};
    const wallet = pick === 5 ? 'promo' : 'points';
    this.sequence = this.mark() + 1;
    this.awards.push({ lotId: `acc.${this.sequence}.0`, points });
    const grants = [
      { points, wallet, pointSource: 'default', grantedAt: now, availableAt, ...dates },
    ];
    const source = { kind: 'transaction', id: `t${this.sequence}` } as const;
    return awardPoints(
      [{ sequence: this.sequence, grants, occurredAt: now, source }],
      now,
      this.state,
    );
  }

  private reverse({ pick, points, clawback }: Step) {
    const award = this.awards[pick];
    if (award === undefined) return undefined;
    const { now } = this;
    const lotIds = [award.lotId];
    const history = lotHistoryOf(
      this.past.reduce((fold, past) => foldLots(lotIds, fold, past), NO_LOTS),
    );
    const source = { kind: 'return', id: 'r' } as const;
    const about = { wallet: 'points', pointSource: 'default', source, at: now, now };
    const command = {
      sequence: this.mark() + 1,
      lotIds,
      points: Math.min(points, award.points),
      clawback,
    };
    return reverseAward({ ...command, ...about }, this.state, history);
  }

  private restore({ pick, points }: Step, operationId: string) {
    const spendOperationId = this.spends[pick] ?? '';
    const history = this.past.reduce(
      (fold, past) => foldSpend(spendOperationId, fold, past),
      NO_SPEND,
    );
    const source = { kind: 'reversal', id: 'r' } as const;
    const about = { source, at: this.now, now: this.now };
    return restorePoints({ spendOperationId, operationId, points, ...about }, this.state, history);
  }

  private mark(): number {
    return this.state.status === 'none' ? 0 : this.state.membershipMark;
  }

  private record(operationId: string, events: readonly AccountEvent[]): void {
    for (const event of events) {
      const entryId = `acc.${this.past.length}.0`;
      this.past.push({ event, operationId, entryId, recordedAt: this.now });
      this.state = evolve(this.state, event);
    }
  }
}

function played(list: readonly Step[]): Player {
  const player = new Player();
  for (const step of list) player.play(step);
  return player;
}

function opened(state: Account) {
  if (state.status === 'none') throw new Error('not open');
  return state;
}

describe('whatever happens to an account', () => {
  it('its points are conserved, by wallet, by source and by lot', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state, now } = played(list);
        assertConserved(opened(state));
        const view = balanceAt(state, now);
        const inLots = lotsAt(state, now).reduce((sum, lot) => sum + lot.remaining, 0);
        const held = lotsAt(state, now).reduce((sum, lot) => sum + lot.held, 0);
        expect(inLots - view.debt).toBe(view.total);
        expect(held).toBe(view.held);
        expect(view.available).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  it('its next expiry is that of its lots, in all and in each wallet', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state, now } = played(list);
        for (const wallet of [undefined, 'points', 'saved']) {
          const free = lotsAt(state, now)
            .filter((lot) => wallet === undefined || lot.wallet === wallet)
            .flatMap(({ expiresOn: on, remaining, held }) =>
              on === undefined || remaining === held ? [] : [{ on, points: remaining - held }],
            );
          const on = free.map((lot) => lot.on).sort()[0];
          const points = free.reduce((sum, lot) => (lot.on === on ? sum + lot.points : sum), 0);
          const expected = on === undefined ? undefined : { points, on };
          expect(balanceAt(state, now, wallet).nextExpiry).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('it never owes points while it has some to spend', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state, now } = played(list);
        const { debt, wallets } = balanceAt(state, now);
        const spendable = wallets.filter(({ wallet }) => wallet !== 'saved');
        expect(debt === 0 || spendable.every(({ available }) => available === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('its statement sums to its balance, entry by entry and source by source', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const player = played(list);
        let before: Account = initialAccount;
        player.past.forEach(({ event, recordedAt }, revision) => {
          const total = before.status === 'none' ? 0 : accountTotal(before);
          const entries = entriesOf({ event, accountId: 'acc', revision, recordedAt });
          before = evolve(before, event);
          const after = accountTotal(opened(before));
          expect(entries.reduce((sum, entry) => sum + entry.points, total)).toBe(after);
          if (entries.length > 0) expect(entries.at(-1)?.balanceAfter).toBe(after);
          for (const entry of entries) {
            const bySource = entry.bySource.reduce((sum, part) => sum + part.points, 0);
            expect(bySource).toBe(entry.points);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('a snapshot of it is as good as its events', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state } = played(list);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 50 },
    );
  });

  it('as of now it is what it is; due things count before they are recorded', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 400 }), (list, hours) => {
        const player = played(list);
        const { state, now } = player;
        const asOf = player.past.reduce<Account>(
          (s, { event }) => evolveAsOf(now, s, event),
          initialAccount,
        );
        expect(balanceAt(asOf, now)).toEqual(balanceAt(state, now));
        const later = new Date(Date.parse(now) + hours * HOUR).toISOString();
        const settled = dueEvents(state, later).reduce(evolve, state);
        expect(balanceAt(settled, later)).toEqual(balanceAt(state, later));
        expect(dueEvents(settled, later)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('a debit takes no lot while a sooner one is left', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 300 }), (list, points) => {
        const { state, now } = played(list);
        const source = { kind: 'debit', id: 'd' } as const;
        const decision = debitPoints({ points, reason: 'x', source, now }, state);
        if (decision.outcome === 'rejected') return;
        const debited = decision.events.at(-1);
        if (debited?.type !== 'PointsDebited') throw new Error('no debit');
        const last = debited.data.lots.at(-1)?.expiresAt ?? '~';
        const after = decision.events.reduce(evolve, state);
        const left = lotsAt(after, now).filter(
          (lot) => lot.wallet !== 'saved' && lot.availableAt <= now && lot.remaining > lot.held,
        );
        expect(left.every((lot) => (lot.expiresAt ?? '~') >= last)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
