import type { Day, Instant } from '@fidelis/kernel';
import { addToDay, dayOf, LAST_DAY, parseDuration, POINTS_MAX } from '@fidelis/ledger';

/** What a member spent, in minor units, in the grains that tier windows need. */
export interface Spend {
  readonly lifetime: number;
  /** By the first day of the year: objects with numbers for keys are slow arrays full of holes. */
  readonly years: Readonly<Record<Day, number>>;
  /** Filled while the programme's window is rolling. */
  readonly days: Readonly<Record<Day, number>>;
}

export const NO_SPEND: Spend = { lifetime: 0, years: {}, days: {} };

export interface Spending {
  readonly amount: number;
  readonly day: Day;
  /** Present: days are kept, from this one on. */
  readonly keepsDaysFrom?: Day | undefined;
}

/** `spend` with `amount` (negative: a return) added on its day. Never below 0, never unsafe. */
export function addSpend(spend: Spend, { amount, day, keepsDaysFrom }: Spending): Spend {
  const year = yearOf(day);
  return {
    lifetime: bounded(spend.lifetime + amount),
    years: withEntry(spend.years, year, bounded((spend.years[year] ?? 0) + amount)),
    days: addDay(spend.days, { amount, day, keepsDaysFrom }),
  };
}

/** The spend that counts for the tier at `instant`. */
export function spendInWindow(
  spend: Spend,
  window: string,
  { instant, timeZone }: { readonly instant: Instant; readonly timeZone: string },
): number {
  if (window === 'lifetime') return spend.lifetime;
  const day = dayOf(instant, timeZone);
  if (window === 'calendar-year') return spend.years[yearOf(day)] ?? 0;
  let sum = 0;
  for (const [spentOn, amount] of Object.entries(spend.days)) {
    if (spentOn <= day && windowEnd(spentOn, window) > day) sum = bounded(sum + amount);
  }
  return sum;
}

/** The first day that a window which begins on `day` does not reach any more. */
export function windowEnd(day: Day, window: string): Day {
  if (window === 'lifetime') return LAST_DAY;
  if (window === 'calendar-year') return `${String(Number(day.slice(0, 4)) + 1)}-01-01`;
  return addToDay(day, parseDuration(window));
}

function yearOf(day: Day): Day {
  return `${day.slice(0, 4)}-01-01`;
}

export function isRolling(window: string): boolean {
  return window !== 'lifetime' && window !== 'calendar-year';
}

function addDay(days: Spend['days'], { amount, day, keepsDaysFrom }: Spending): Spend['days'] {
  const known = days[day];
  if (keepsDaysFrom === undefined) {
    return known === undefined ? days : withEntry(days, day, bounded(known + amount));
  }
  const kept = Object.entries(days).filter(([spentOn]) => spentOn >= keepsDaysFrom);
  return { ...Object.fromEntries(kept), [day]: bounded((known ?? 0) + amount) };
}

/** A copy, then the entry: both in one literal is slow, and this runs twice per ticket. */
function withEntry(
  record: Readonly<Record<string, number>>,
  key: string,
  value: number,
): Readonly<Record<string, number>> {
  const copy: Record<string, number> = { ...record };
  copy[key] = value;
  return copy;
}

function bounded(amount: number): number {
  return Math.min(Math.max(amount, 0), POINTS_MAX);
}
