import { ContractError, type Day } from '@fidelis/kernel';
import type { CalendarDuration } from './duration';

/** Days and instants keep four-digit years, so that they compare as text; what is later ends here. */
export const LAST_DAY: Day = '9999-12-31';

const DAY_MS = 86_400_000;
const PATTERN = /^\d{4}-\d{2}-\d{2}$/;

/** Is `text` a day that exists, as `YYYY-MM-DD`? */
export function isDay(text: string): boolean {
  return PATTERN.test(text) && dayAt(parse(text)) === text;
}

/** `day` plus whole days. */
export function addDays(day: Day, days: number): Day {
  return dayAt(parseDay(day) + days * DAY_MS);
}

/**
 * `day` plus the duration's months, then its days. A day that its month does not have becomes the
 * month's last: 31 January plus one month is 28 or 29 February.
 */
export function addToDay(day: Day, duration: Pick<CalendarDuration, 'months' | 'days'>): Day {
  const inMonth = duration.months === 0 ? day : addMonths(day, duration.months);
  return duration.days === 0 ? inMonth : addDays(inMonth, duration.days);
}

/** The last day of the month, quarter or year that `day` is in. */
export function endOfPeriod(day: Day, period: 'month' | 'quarter' | 'year'): Day {
  const { year, month } = partsOf(day);
  const lastMonth =
    period === 'year' ? 12 : period === 'quarter' ? Math.ceil(month / 3) * 3 : month;
  return toDay(year, lastMonth, 31);
}

/** The first of the calendar dates (`MM-DD`) after `day`; 02-29 is 02-28 in a common year. */
export function nextFixedDate(day: Day, dates: readonly string[]): Day {
  const { year } = partsOf(day);
  const candidates = [year, year + 1].flatMap((inYear) =>
    dates.map((date) => toDay(inYear, Number(date.slice(0, 2)), Number(date.slice(3, 5)))),
  );
  const next = candidates.filter((candidate) => candidate > day).sort()[0];
  if (next !== undefined) return next;
  if (year >= 9999) return LAST_DAY;
  throw new ContractError('fixed expiry without dates');
}

function addMonths(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = partsOf(day);
  const monthIndex = year * 12 + (month - 1) + months;
  return toDay(Math.floor(monthIndex / 12), (monthIndex % 12) + 1, dayOfMonth);
}

function partsOf(day: Day): { year: number; month: number; dayOfMonth: number } {
  parseDay(day);
  return {
    year: Number(day.slice(0, 4)),
    month: Number(day.slice(5, 7)),
    dayOfMonth: Number(day.slice(8, 10)),
  };
}

/** Clamped to the month's last day, and to the calendar's last. */
function toDay(year: number, month: number, dayOfMonth: number): Day {
  if (year > 9999) return LAST_DAY;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(Math.min(dayOfMonth, days), 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function parse(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

function parseDay(day: Day): number {
  const ms = parse(day);
  if (Number.isNaN(ms)) throw new ContractError(`${day} is not a day`);
  return ms;
}

function dayAt(ms: number): Day {
  if (Number.isNaN(ms)) return '';
  const text = new Date(ms).toISOString();
  return text.startsWith('+') ? LAST_DAY : text.slice(0, 10);
}
