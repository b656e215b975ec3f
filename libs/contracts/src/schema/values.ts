import type { Day, Instant, JsonObject } from '@fidelis/kernel';
import { described, type Schema } from './schema';

// The values that every message is made of. Limits as at the API's door.

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const NO_CONTROL_CHARACTERS = '^[^\\u0000-\\u001f\\u007f]*$';

function text(json: object): Schema<string> {
  return { json: { type: 'string', ...json } };
}

function whole(minimum: number, maximum = SAFE_MAX): Schema<number> {
  return { json: { type: 'integer', minimum, maximum } };
}

export const anyText: Schema<string> = text({});
export const flag: Schema<boolean> = { json: { type: 'boolean' } };
export const jsonObject: Schema<JsonObject> = { json: { type: 'object' } };

/** Of a client: at most 128 characters. */
export const identifier = text({ minLength: 1, maxLength: 128, pattern: NO_CONTROL_CHARACTERS });
/** Of Fidelis, or made of several: as long as it takes. */
export const id = text({ minLength: 1 });
export const sourceName = text({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' });
export const codeText = text({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
});
export const currency = described(
  text({ minLength: 3, maxLength: 3, pattern: '^[A-Z]{3}$' }),
  'ISO 4217',
);
/** RFC 3339, as clients may write it. */
export const clientInstant: Schema<string> = text({
  minLength: 1,
  maxLength: 40,
  format: 'date-time',
});
/** In normal form: UTC with milliseconds, so that instants compare as texts. */
export const instant: Schema<Instant> = text({
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
});
export const day: Schema<Day> = text({ format: 'date' });
export const monthDay = text({ pattern: '^\\d{2}-\\d{2}$' });
export const duration = text({ format: 'duration' });

export const wholeNumber = whole(-SAFE_MAX);
export const points = whole(0);
export const positivePoints = whole(1);
export const signedPoints = described(whole(-SAFE_MAX), 'Points; negative: taken away');
export const amountMinor = described(whole(0), 'Minor units of the currency');
export const signedAmountMinor = described(whole(-SAFE_MAX), 'Minor units of the currency');
export const count = whole(1);
export const percent = whole(1, 100);
export const revision = described(whole(0), 'Of the aggregate after this event; counts from 0');
export const sequence = described(
  whole(1),
  'Gapless per membership, from 1: the account applies n only after n - 1',
);
