import fc from 'fast-check';
import { addDuration, dayOf, endOfDay, isTimeZone, LAST_INSTANT, startOfDay } from './zone';

// Offsets of half hours, daylight saving at midnight both ways, a day that was skipped.
const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'America/Havana',
  'Europe/Berlin',
  'Pacific/Apia',
  'Australia/Lord_Howe',
];

describe('a day in a time zone', () => {
  it('begins at midnight in Kolkata, 18:30 UTC of the day before', () => {
    expect(dayOf('2026-11-22T18:29:59.999Z', 'Asia/Kolkata')).toBe('2026-11-22');
    expect(dayOf('2026-11-22T18:30:00.000Z', 'Asia/Kolkata')).toBe('2026-11-23');
    expect(startOfDay('2026-11-23', 'Asia/Kolkata')).toBe('2026-11-22T18:30:00.000Z');
    expect(endOfDay('2026-11-22', 'Asia/Kolkata')).toBe('2026-11-22T18:30:00.000Z');
  });

  it('has 23 hours when clocks go forward and 25 when they go back', () => {
    expect(endOfDay('2026-03-28', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
    expect(endOfDay('2026-03-29', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
    expect(endOfDay('2026-10-25', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z');
  });

  it('begins at 01:00 where midnight was skipped', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
  });

  it('may be missing altogether: Apia had no 30 December 2011', () => {
    expect(endOfDay('2011-12-29', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
    expect(dayOf('2011-12-30T10:00:00.000Z', 'Pacific/Apia')).toBe('2011-12-31');
  });

  it('never ends after the last instant', () => {
    expect(endOfDay('9999-12-31', 'UTC')).toBe(LAST_INSTANT);
  });

  it('ends exactly where the next one begins, in any zone', () => {
    const instants = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2040-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (date, zone) => {
        const instant = date.toISOString();
        const day = dayOf(instant, zone);
        const end = endOfDay(day, zone);
        expect(instant < end).toBe(true);
        expect(startOfDay(day, zone) <= instant).toBe(true);
        expect(dayOf(new Date(Date.parse(end) - 1).toISOString(), zone)).toBe(day);
        expect(dayOf(end, zone) > day).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is known by its IANA name only', () => {
    expect(isTimeZone('Asia/Kolkata')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });
});

describe('an instant plus a duration', () => {
  it('keeps the local time over daylight saving', () => {
    expect(addDuration('2026-03-28T10:00:00.000Z', 'P1D', 'Europe/Berlin')).toBe(
      '2026-03-29T09:00:00.000Z',
    );
    expect(addDuration('2026-03-28T10:00:00.000Z', 'PT24H', 'Europe/Berlin')).toBe(
      '2026-03-29T10:00:00.000Z',
    );
  });

  it('clamps the month end', () => {
    expect(addDuration('2026-01-31T10:00:00.000Z', 'P1M', 'UTC')).toBe('2026-02-28T10:00:00.000Z');
  });

  it('ends with the calendar', () => {
    expect(addDuration('9999-06-01T00:00:00.000Z', 'P12M', 'UTC')).toBe(LAST_INSTANT);
  });
});
