import { resolveGrantDates } from './grant-dates';

const KOLKATA = { timeZone: 'Asia/Kolkata' };

describe('the dates of a grant', () => {
  it('never expire without a policy, and are active at once without a pending time', () => {
    const terms = { ...KOLKATA, expiry: { policy: 'never' } as const };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z')).toEqual({
      availableAt: '2026-11-22T10:00:00.000Z',
    });
  });

  it('roll: ten days after the day of the activation, inclusive', () => {
    const terms = { ...KOLKATA, expiry: { policy: 'rolling', after: 'P10D' } as const };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z')).toEqual({
      availableAt: '2026-11-22T10:00:00.000Z',
      expiresOn: '2026-12-02',
      expiresAt: '2026-12-02T18:30:00.000Z',
    });
  });

  it('count the day in the zone of the programme', () => {
    const terms = { ...KOLKATA, expiry: { policy: 'rolling', after: 'P10D' } as const };
    expect(resolveGrantDates(terms, '2026-11-22T18:30:00.000Z').expiresOn).toBe('2026-12-03');
  });

  it('roll from the activation, not from the grant', () => {
    const terms = {
      ...KOLKATA,
      pending: 'P14D',
      expiry: { policy: 'rolling', after: 'P12M', roundTo: 'quarter' } as const,
    };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z')).toEqual({
      availableAt: '2026-12-06T10:00:00.000Z',
      expiresOn: '2027-12-31',
      expiresAt: '2027-12-31T18:30:00.000Z',
    });
  });

  it('fall on the next fixed date, into the escrow wallet when there is one', () => {
    const terms = {
      timeZone: 'UTC',
      expiry: { policy: 'fixed', dates: ['03-31', '12-31'], toWallet: 'escrow' } as const,
    };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z')).toEqual({
      availableAt: '2026-11-22T10:00:00.000Z',
      expiresOn: '2026-12-31',
      expiresAt: '2027-01-01T00:00:00.000Z',
      toWallet: 'escrow',
    });
  });

  it('count hours from the instant', () => {
    const terms = { timeZone: 'UTC', expiry: { policy: 'rolling', after: 'PT36H' } as const };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z').expiresOn).toBe('2026-11-23');
    expect(resolveGrantDates(terms, '2026-11-22T13:00:00.000Z').expiresOn).toBe('2026-11-24');
  });

  it('carry no expiry under inactivity: that clock is the account’s', () => {
    const terms = {
      timeZone: 'UTC',
      expiry: { policy: 'inactivity', after: 'P6M', percent: 100 } as const,
    };
    expect(resolveGrantDates(terms, '2026-11-22T10:00:00.000Z').expiresOn).toBeUndefined();
  });
});
