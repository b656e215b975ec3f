import type { Movement } from './line';
import { assertBalanced, postingsOf, type Posting } from './postings';
import { trialBalanceOf } from './trial-balance';

const cost = { expenseAccount: '6100', costCentre: 'MKT' };

const movement = (over: Partial<Movement>): Movement => ({
  kind: 'earn',
  wallet: 'points',
  channel: 'tickets',
  vendorId: null,
  currency: 'EUR',
  points: 0n,
  amount: 0n,
  commission: 0n,
  ...over,
});

const told = (postings: readonly Posting[]): string[] =>
  postings.map(({ side, ledgerAccount, amount, unit, costCentre }) =>
    [side, ledgerAccount, amount, unit, costCentre].filter((word) => word !== undefined).join(' '),
  );

describe('postings', () => {
  it('issue points at their cost', () => {
    const postings = postingsOf(movement({ points: 9n, amount: 4n }), cost);
    expect(told(postings)).toEqual([
      'debit points:issued 9 points',
      'credit points:outstanding:points 9 points',
      'debit expense:6100 4 EUR MKT',
      'credit liability:points 4 EUR',
    ]);
  });

  it('move the liability to where the points were spent', () => {
    const spent = movement({ kind: 'redeem', channel: 'offers', points: -10n, amount: -5n });
    expect(told(postingsOf(spent, cost))).toEqual([
      'debit points:outstanding:points 10 points',
      'credit points:redeemed 10 points',
      'debit liability:points 5 EUR',
      'credit redemption:offers 5 EUR',
    ]);
  });

  it('take expired points as breakage', () => {
    const expired = movement({ kind: 'expire', points: -3n, amount: -1n });
    expect(told(postingsOf(expired, cost)).slice(2)).toEqual([
      'debit liability:points 1 EUR',
      'credit income:breakage 1 EUR',
    ]);
  });

  it('have no money where the points are worth less than a minor unit', () => {
    expect(told(postingsOf(movement({ points: 1n }), cost))).toEqual([
      'debit points:issued 1 points',
      'credit points:outstanding:points 1 points',
    ]);
  });

  it('owe the vendor its order less the commission', () => {
    const order = {
      channel: 'purchases',
      vendorId: 'acme',
      amount: 1000n,
      commission: 50n,
    } as const;
    expect(told(postingsOf(movement({ kind: 'settlement', ...order }), {}))).toEqual([
      'debit redemption:purchases 950 EUR',
      'credit payable:acme 950 EUR',
      'debit redemption:purchases 50 EUR',
      'credit income:commission 50 EUR',
    ]);
    expect(told(postingsOf(movement({ kind: 'settlement-reversal', ...order }), {}))).toEqual([
      'credit redemption:purchases 950 EUR',
      'debit payable:acme 950 EUR',
      'credit redemption:purchases 50 EUR',
      'debit income:commission 50 EUR',
    ]);
  });

  it('do not exist for forgiven points, which never left', () => {
    expect(postingsOf(movement({ kind: 'forgive' }), cost)).toEqual([]);
  });

  it('that do not balance are a defect', () => {
    const half: Posting = { ledgerAccount: 'a', side: 'debit', amount: 1n, unit: 'points' };
    expect(() => assertBalanced([half])).toThrow('postings off by 1 points');
  });
});

describe('the trial balance', () => {
  it('sums each ledger account and unit, exact beyond 2^53', () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    const earned = postingsOf(movement({ points: most }), {});
    const spent = postingsOf(movement({ kind: 'redeem', points: -4n, amount: -2n }), {});
    const { rows, balanced } = trialBalanceOf([...earned, ...earned, ...spent]);
    expect(balanced).toBe(true);
    const outstanding = rows.find((row) => row.ledgerAccount === 'points:outstanding:points');
    // 2 × 9,007,199,254,740,991 = 18,014,398,509,481,982
    expect(outstanding).toEqual({
      ledgerAccount: 'points:outstanding:points',
      unit: 'points',
      debit: 4n,
      credit: 18_014_398_509_481_982n,
      balance: -18_014_398_509_481_978n,
    });
    expect(rows.map(({ unit, ledgerAccount }) => `${unit} ${ledgerAccount}`)).toEqual([
      'EUR liability:points',
      'EUR redemption:tickets',
      'points points:issued',
      'points points:outstanding:points',
      'points points:redeemed',
    ]);
  });
});
