import { checksOf, type Findings } from './findings';

const part = { programId: 'gold', wallet: 'points', pointSource: 'default' };

const sound: Findings = {
  census: {
    accounts: 1,
    events: 3,
    totals: [{ ...part, total: '18014398509481982', debt: '0' }],
    unsound: [],
    overdueHolds: [],
  },
  chains: { events: 3, faults: [] },
  parts: [{ ...part, total: 18_014_398_509_481_982n }],
  trialBalance: { rows: [], balanced: true },
  journal: { accounts: 1, events: 3, lines: 2, faults: [], exceptions: [], unequal: [] },
  tickets: { tickets: 2, unawarded: [] },
  awards: { memberships: 1, unanswered: [] },
  deadLetters: 0,
};

const failed = (over: Partial<Findings>): readonly (readonly [string, string])[] =>
  checksOf({ ...sound, ...over })
    .filter((check) => !check.ok)
    .map(({ name, detail }) => [name, detail] as const);

describe('integrity', () => {
  it('is sound when everybody says the same', () => {
    expect(failed({})).toEqual([]);
  });

  it('fails when one point is missing in the accounts, also beyond 2^53', () => {
    const totals = [{ ...part, total: '18014398509481981', debt: '0' }];
    expect(failed({ census: { ...sound.census, totals } })).toEqual([
      [
        'roll-forward',
        'gold/points/default: closing 18014398509481982, accounts hold 18014398509481981',
      ],
    ]);
  });

  it('fails when the journal knows a part that no account has', () => {
    const parts = [...sound.parts, { ...part, pointSource: 'partner', total: 1n }];
    expect(failed({ parts })).toEqual([
      ['roll-forward', 'gold/points/partner: closing 1, accounts hold 0'],
    ]);
  });

  it('fails when an account does not add up, wherever it is seen', () => {
    const fault = { name: 'wrong-total', stream: 'account-ann', revision: 3, detail: 'off' };
    const journal = { ...sound.journal, faults: [fault], unequal: ['bob'] };
    const unsound = [{ accountId: 'cid', reason: 'its counters give 1, its wallets hold 2' }];
    expect(failed({ journal, census: { ...sound.census, unsound } })).toEqual([
      [
        'conservation',
        'bob: entries do not sum up to its total; account-ann@3: off; ' +
          'cid: its counters give 1, its wallets hold 2',
      ],
    ]);
  });

  it('fails when a unit does not sum to zero', () => {
    const row = { ledgerAccount: 'a', unit: 'EUR', debit: 3n, credit: 1n, balance: 2n };
    const trialBalance = { rows: [row], balanced: false };
    expect(failed({ trialBalance })).toEqual([['trial-balance', 'EUR is off by 2']]);
  });

  it('fails when a chain is broken', () => {
    const faults = [{ stream: 'account-ann', revision: 2, detail: 'hash-mismatch' }];
    expect(failed({ chains: { events: 3, faults } })).toEqual([
      ['hash-chains', 'account-ann@2: hash-mismatch'],
    ]);
  });

  it('fails when somebody has not seen every event', () => {
    expect(failed({ journal: { ...sound.journal, events: 2 } })).toEqual([
      ['event-counts', 'the store has 3 account events, the journal took 2'],
    ]);
    expect(failed({ census: { ...sound.census, events: 4, accounts: 2 } })).toEqual([
      [
        'event-counts',
        'the store has 3 account events, accounts counted 4; ' +
          'there are 2 accounts, the journal knows 1',
      ],
    ]);
  });

  it('fails on each membership that has no award of a ticket', () => {
    const unawarded = [
      { ticket: 'pos-7:t-1', accountId: 'ann' },
      { ticket: 'pos-7:t-1', accountId: 'ann-gold' },
    ];
    expect(failed({ tickets: { tickets: 1, unawarded } })).toEqual([
      [
        'tickets',
        'pos-7:t-1: membership ann has no award of it; ' +
          'pos-7:t-1: membership ann-gold has no award of it',
      ],
    ]);
  });

  it('lists the first tickets without an award and counts the others', () => {
    const unawarded = Array.from({ length: 23 }, (_, n) => ({ ticket: `t${n}`, accountId: 'ann' }));
    const [[name, detail] = []] = failed({ tickets: { tickets: 23, unawarded } });
    expect([name, detail?.split('; ').length]).toEqual(['tickets', 21]);
    expect(detail).toMatch(/^t0: .*t19: membership ann has no award of it; and 3 more$/);
  });

  it('fails on an award without an answer, a dead letter, a hold past its expiry', () => {
    const hold = { accountId: 'ann', holdId: 'h', expiresAt: '2026-11-22T10:00:00.000Z' };
    const findings: Partial<Findings> = {
      awards: { memberships: 2, unanswered: ['ann'] },
      deadLetters: 2,
      census: { ...sound.census, overdueHolds: [hold] },
    };
    expect(failed(findings).map(([name]) => name)).toEqual(['awards', 'dead-letters', 'holds']);
  });

  it('lists forced captures without failing', () => {
    const detail = 'account ann, hold h: 5 points, 2 of them owed';
    const exception = {
      stream: 'account-ann',
      revision: 4,
      kind: 'forced-capture',
      detail,
    } as const;
    const findings = { ...sound, journal: { ...sound.journal, exceptions: [exception] } };
    const listed = checksOf(findings).find((check) => check.name === 'exceptions');
    expect(listed).toEqual({ name: 'exceptions', ok: true, detail: `forced-capture: ${detail}` });
  });
});
