const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DURATION =
  /^P(?=\d|T\d)(\d{1,6}Y)?(\d{1,6}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}S)?)?$/;
const MONTH_DAY = /^(\d{2})-(\d{2})$/;

/** A day of the calendar: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year > 0 && isDayOfMonth({ year, month, day });
}

/** RFC 3339 with an offset; no leap second, because no `Date` can hold one. */
export function isInstant(text: string): boolean {
  const match = INSTANT.exec(text);
  return match !== null && isDay(match[1] ?? '') && !Number.isNaN(Date.parse(text));
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

function isDayOfMonth(date: { year: number; month: number; day: number }): boolean {
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  return date.day <= new Date(Date.UTC(date.year, date.month, 0)).getUTCDate();
}
