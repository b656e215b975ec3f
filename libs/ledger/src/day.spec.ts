import { ContractError } from '@fidelis/kernel';
import { addDays, addToDay, endOfPeriod, isDay, nextFixedDate } from './day';
import { isDuration, parseDuration } from './duration';

describe('a calendar day', () => {
  it('exists or not', () => {
    expect(isDay('2024-02-29')).toBe(true);
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2026-2-1')).toBe(false);
  });

  it('moves by days over months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addToDay('2026-11-22', { months: 0, days: 10 })).toBe('2026-12-02');
  });

  it('is clamped to the end of a shorter month', () => {
    expect(addToDay('2026-01-31', { months: 1, days: 0 })).toBe('2026-02-28');
    expect(addToDay('2024-01-31', { months: 1, days: 0 })).toBe('2024-02-29');
    expect(addToDay('2024-02-29', { months: 12, days: 0 })).toBe('2025-02-28');
  });

  it('is rounded up to the end of its month, quarter or year', () => {
    expect(endOfPeriod('2026-02-03', 'month')).toBe('2026-02-28');
    expect(endOfPeriod('2026-05-03', 'quarter')).toBe('2026-06-30');
    expect(endOfPeriod('2026-06-30', 'quarter')).toBe('2026-06-30');
    expect(endOfPeriod('2026-05-03', 'year')).toBe('2026-12-31');
  });

  it('is followed by the next fixed date, never by itself', () => {
    expect(nextFixedDate('2026-03-30', ['12-31', '03-31'])).toBe('2026-03-31');
    expect(nextFixedDate('2026-03-31', ['12-31', '03-31'])).toBe('2026-12-31');
    expect(nextFixedDate('2026-12-31', ['12-31', '03-31'])).toBe('2027-03-31');
    expect(nextFixedDate('2026-01-01', ['02-29'])).toBe('2026-02-28');
  });

  it('never leaves the four-digit years', () => {
    expect(addToDay('9990-01-01', { months: 1200, days: 0 })).toBe('9999-12-31');
    expect(addDays('9999-12-31', 1)).toBe('9999-12-31');
  });

  it('refuses what is no day', () => {
    expect(() => addDays('soon', 1)).toThrow(ContractError);
  });
});

describe('an ISO 8601 duration', () => {
  it('is read in months, days and milliseconds', () => {
    expect(parseDuration('P1Y2M10D')).toEqual({ months: 14, days: 10, ms: 0 });
    expect(parseDuration('P2WT1H30M')).toEqual({ months: 0, days: 14, ms: 5_400_000 });
    expect(parseDuration('PT15M')).toEqual({ months: 0, days: 0, ms: 900_000 });
  });

  it('has at least one part, none of them fractional or beyond 1,000 years', () => {
    for (const text of ['P', 'PT', 'P1DT', 'P0.5D', '12M', 'P1001Y', 'p1d']) {
      expect(isDuration(text)).toBe(false);
    }
  });
});
