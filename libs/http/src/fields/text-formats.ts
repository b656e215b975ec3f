const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DURATION =
  /^P(?=\d|T\d)(\d{1,6}Y)?(\d{1,6}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$/;
const MONTH_DAY = /^(\d{2})-(\d{2})$/;

/** A day of the calendar: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  return DAY.test(text) && beginsWithDay(text);
}

/** RFC 3339 with an offset; no leap second, because no `Date` can hold one. */
export function isInstant(text: string): boolean {
  return INSTANT.test(text) && beginsWithDay(text);
}

/** ISO 8601 with whole numbers: `P12M`, `P10D`, `PT15M`, `P1Y6M`. */
export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/** `MM-DD`, a day of every year: 02-29 is none. */
export function isMonthDay(text: string): boolean {
  const match = MONTH_DAY.exec(text);
  if (match === null) return false;
  return isDayOfMonth({ year: 2001, month: Number(match[1]), day: Number(match[2]) });
}

/** ajv is given the same functions under the same names. */
export const textFormats = {
  date: isDay,
  'date-time': isInstant,
  duration: isDuration,
  'month-day': isMonthDay,
} as const;

/** Its first ten characters are known to be `dddd-dd-dd`. Without a `Date`: it is of every ticket. */
function beginsWithDay(text: string): boolean {
  const year = numberAt(text, 0, 4);
  return (
    year > 0 && isDayOfMonth({ year, month: numberAt(text, 5, 7), day: numberAt(text, 8, 10) })
  );
}

function numberAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i += 1) number = number * 10 + text.charCodeAt(i) - ZERO;
  return number;
}

const ZERO = '0'.charCodeAt(0);
const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDayOfMonth(date: { year: number; month: number; day: number }): boolean {
  const { year, month, day } = date;
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeapYear ? 29 : (DAYS_OF_MONTHS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
