/**
 * An instant as RFC 3339 in UTC with milliseconds (`2026-11-22T10:00:00.000Z`), always in this
 * normal form, so that instants compare as strings.
 */
export type Instant = string;

/** A calendar day, `YYYY-MM-DD`, in a time zone that the context names. */
export type Day = string;

/** Where time comes from. The test clock implements it too; nothing else reads `Date.now()`. */
export interface Clock {
  now(): Instant;
}

let lastMs = Number.NaN;
let lastInstant: Instant = '';

/** Makes the text once per millisecond: a busy process asks many times in each. */
export const systemClock: Clock = {
  now: () => {
    const ms = Date.now();
    if (ms !== lastMs) {
      lastInstant = new Date(ms).toISOString();
      lastMs = ms;
    }
    return lastInstant;
  },
};

/** The instant that `text` (RFC 3339, any offset) names, in normal form. Throws RangeError. */
export function toInstant(text: string | number | Date): Instant {
  return new Date(text).toISOString();
}

export function addMs(instant: Instant, ms: number): Instant {
  return new Date(Date.parse(instant) + ms).toISOString();
}
