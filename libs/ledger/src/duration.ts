import { ContractError } from '@fidelis/kernel';

/** An ISO 8601 duration in the parts that a calendar adds: months, then days, then time. */
export interface CalendarDuration {
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

const PATTERN =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Longer ones leave the calendar: 1,000 years in months. */
const MONTHS_MAX = 12_000;
const DAYS_MAX = 366_000;
const MS_MAX = DAYS_MAX * 86_400_000;

export function isDuration(text: string): boolean {
  return tryParse(text) !== undefined;
}

/** Whole numbers only, up to 1,000 years. Throws ContractError. */
export function parseDuration(text: string): CalendarDuration {
  const duration = tryParse(text);
  if (duration === undefined) throw new ContractError(`${text} is not an ISO 8601 duration`);
  return duration;
}

function tryParse(text: string): CalendarDuration | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const sum = (units: readonly number[]): number =>
    units.reduce((total, unit, index) => total + unit * (parts[index] ?? 0), 0);
  const duration = {
    months: sum([12, 1]),
    days: sum([0, 0, 7, 1]),
    ms: sum([0, 0, 0, 0, 3_600_000, 60_000, 1_000]),
  };
  const bounded =
    duration.months <= MONTHS_MAX && duration.days <= DAYS_MAX && duration.ms <= MS_MAX;
  return bounded ? duration : undefined;
}
