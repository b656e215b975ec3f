import { ContractError, type Day, type Instant } from '@fidelis/kernel';
import { DateTime, IANAZone } from 'luxon';
import { addDays, LAST_DAY } from './day';
import { parseDuration } from './duration';

/** The last instant with a four-digit year; later ones would not compare as text. */
export const LAST_INSTANT: Instant = '9999-12-31T23:59:59.999Z';

/** About 55 years of days in one zone; a cache that is full is emptied. */
const CACHED_DAYS_MAX = 20_000;

interface Stretch {
  readonly from: Instant;
  readonly day: Day;
}

const endsOfDays = new Map<string, Instant>();
const stretchesOfUtcDays = new Map<string, readonly Stretch[]>();

/** Is `timeZone` an IANA name that this runtime knows? */
export function isTimeZone(timeZone: string): boolean {
  return IANAZone.isValidZone(timeZone);
}

/** The calendar day that `instant` falls on in `timeZone`. */
export function dayOf(instant: Instant, timeZone: string): Day {
  const utcDay = instant.slice(0, 10);
  const key = `${utcDay} ${timeZone}`;
  let stretches = stretchesOfUtcDays.get(key);
  if (stretches === undefined) {
    stretches = stretchesOf(utcDay, timeZone);
    remember(stretchesOfUtcDays, key, stretches);
  }
  let day = utcDay;
  for (const stretch of stretches) if (stretch.from <= instant) day = stretch.day;
  return day;
}

/**
 * The first instant after the end of `day` in `timeZone`: what expires on `day` can be spent before
 * it and not at it.
 */
export function endOfDay(day: Day, timeZone: string): Instant {
  const key = `${day} ${timeZone}`;
  let end = endsOfDays.get(key);
  if (end === undefined) {
    end = day >= LAST_DAY ? LAST_INSTANT : startOfDay(addDays(day, 1), timeZone);
    remember(endsOfDays, key, end);
  }
  return end;
}

/** The first instant of `day` in `timeZone` (01:00 where daylight saving skips midnight). */
export function startOfDay(day: Day, timeZone: string): Instant {
  const midnight = DateTime.fromISO(day, { zone: timeZone });
  // Where clocks go back over midnight luxon may answer the first of two midnights' neighbours:
  // walk to the one instant at which the local day begins.
  let start = toNormalForm(midnight);
  while (localDay(start, timeZone) < day) start = shiftMs(start, 1_800_000);
  while (localDay(shiftMs(start, -1), timeZone) >= day) start = shiftMs(start, -1_800_000);
  return start;
}

/**
 * `instant` plus an ISO 8601 duration: months (clamped) and days by the calendar of `timeZone`, the
 * local time kept over daylight saving, then hours, minutes and seconds exactly.
 */
export function addDuration(instant: Instant, duration: string, timeZone: string): Instant {
  const { months, days, ms } = parseDuration(duration);
  const from = DateTime.fromISO(instant, { zone: timeZone });
  const moved = months === 0 && days === 0 ? from : from.plus({ months }).plus({ days });
  return toNormalForm(moved.plus({ milliseconds: ms }));
}

function stretchesOf(utcDay: Day, timeZone: string): readonly Stretch[] {
  const from = `${utcDay}T00:00:00.000Z`;
  const stretches = [{ from, day: localDay(from, timeZone) }];
  for (let last = stretches[0]; last !== undefined; last = stretches.at(-1)) {
    const end = endOfDay(last.day, timeZone);
    if (end.slice(0, 10) > utcDay || end === LAST_INSTANT || end <= last.from) break;
    stretches.push({ from: end, day: localDay(end, timeZone) });
  }
  return stretches;
}

function localDay(instant: Instant, timeZone: string): Day {
  const day = DateTime.fromISO(instant, { zone: timeZone }).toISODate();
  if (day === null) throw new ContractError(`${instant} in ${timeZone} names no day`);
  return day.startsWith('+') ? LAST_DAY : day;
}

function toNormalForm(time: DateTime): Instant {
  if (!time.isValid) throw new ContractError(`no such time: ${time.invalidExplanation ?? ''}`);
  return time.year > 9998 ? clamp(time) : time.toJSDate().toISOString();
}

function clamp(time: DateTime): Instant {
  const text = time.toJSDate().toISOString();
  return text.startsWith('+') ? LAST_INSTANT : text;
}

function shiftMs(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) + ms).toISOString();
}

function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  if (cache.size >= CACHED_DAYS_MAX) cache.clear();
  cache.set(key, value);
}
