import type { FieldType } from './field-type';
import { textType, wholeNumberType } from './field-type';
import { isPlainJson, isPlainJsonObject, isRecord } from './plain-json';
import { isDay, isDuration, isInstant, isMonthDay } from './text-formats';

const NO_CONTROL_CHARACTERS = '^[^\\u0000-\\u001f\\u007f]*$';

/** The field types by name; `fields.ts` has a decorator for each, `ListOf` takes them too. */
export const fieldTypes = {
  text: (shape: { min?: number; max?: number } = {}) =>
    textType({
      kind: 'text',
      says: `must be a text of ${shape.min ?? 1} to ${shape.max ?? 1000} characters`,
      ...shape,
    }),
  /** One line that matches `pattern` (anchored, `u` flag). */
  pattern: (shape: { pattern: string; says: string; max?: number }) =>
    textType({ kind: 'pattern', ...shape }),
  identifier: textType({
    kind: 'identifier',
    says: 'must be an id of 1 to 128 characters without control characters',
    max: 128,
    pattern: NO_CONTROL_CHARACTERS,
  }),
  source: textType({
    kind: 'source',
    says: 'must be 1 to 64 of A-Z, a-z, 0-9, dot, underscore and hyphen',
    max: 64,
    pattern: '^[A-Za-z0-9._-]+$',
  }),
  code: textType({
    kind: 'code',
    says: 'must be a code of 1 to 64 letters, digits, dots, colons, underscores and hyphens',
    max: 64,
    pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
  }),
  currency: textType({
    kind: 'currency',
    says: 'must be a currency code of three capital letters',
    min: 3,
    max: 3,
    pattern: '^[A-Z]{3}$',
  }),
  day: textType({
    kind: 'day',
    says: 'must be a day of the calendar, YYYY-MM-DD',
    max: 10,
    format: { name: 'date', check: isDay },
  }),
  monthDay: textType({
    kind: 'month_day',
    says: 'must be a day of every year, MM-DD',
    max: 5,
    format: { name: 'month-day', check: isMonthDay },
  }),
  instant: textType({
    kind: 'instant',
    says: 'must be an instant by RFC 3339 with an offset, like 2026-11-22T10:00:00Z',
    max: 40,
    format: { name: 'date-time', check: isInstant },
  }),
  duration: textType({
    kind: 'duration',
    says: 'must be an ISO 8601 duration in whole numbers, like P12M or PT15M',
    max: 40,
    format: { name: 'duration', check: isDuration },
  }),
  wholeNumber: (shape: { min?: number; max?: number } = {}) =>
    wholeNumberType({ kind: 'whole_number', says: wholeNumberSays(shape), ...shape }),
  points: wholeNumberType({ kind: 'points', says: 'must be a whole number of points' }),
  positivePoints: wholeNumberType({
    kind: 'positive_points',
    says: 'must be a whole number of points, 1 or more',
    min: 1,
  }),
  pointsNotZero: wholeNumberType({
    kind: 'points_not_zero',
    says: 'must be a whole number of points other than 0',
    notZero: true,
  }),
  amountMinor: wholeNumberType({
    kind: 'amount',
    says: 'must be a whole number of minor units, 0 or more',
    min: 0,
  }),
  signedAmountMinor: wholeNumberType({
    kind: 'signed_amount',
    says: 'must be a whole number of minor units',
  }),
  exactSum: {
    kind: 'exact_sum',
    says: 'must be a whole number, or its digits beyond ±(2^53-1)',
    schema: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[1-9][0-9]{15,}$' }] },
    check: (value: unknown) =>
      Number.isSafeInteger(value) ||
      (typeof value === 'string' && /^-?[1-9][0-9]{15,}$/.test(value)),
  } satisfies FieldType,
  flag: {
    kind: 'flag',
    says: 'must be true or false',
    schema: { type: 'boolean' },
    check: (value: unknown) => typeof value === 'boolean',
    fromQuery: (text: string) => (text === 'true' ? true : text === 'false' ? false : text),
  } satisfies FieldType,
  number: {
    kind: 'number',
    says: 'must be a number between -(2^53-1) and 2^53-1',
    schema: { type: 'number', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    check: (value: unknown) =>
      typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER,
  } satisfies FieldType,
  oneOf: (values: readonly string[]): FieldType => ({
    kind: 'one_of',
    says: `must be one of ${values.join(', ')}`,
    schema: { type: 'string', enum: values },
    check: (value) => typeof value === 'string' && values.includes(value),
  }),
  jsonObject: {
    kind: 'json_object',
    says: 'must be a JSON object, at most 16 levels deep, with safe numbers',
    schema: { type: 'object', 'x-plain-json': true },
    check: isPlainJsonObject,
  } satisfies FieldType,
  /** Whatever is in it: for what is checked one by one, so that one does not refuse the others. */
  anyObject: {
    kind: 'any_object',
    says: 'must be a JSON object',
    schema: { type: 'object' },
    check: isRecord,
  } satisfies FieldType,
  jsonValue: {
    kind: 'json_value',
    says: 'must be a JSON value, at most 16 levels deep, with safe numbers',
    schema: { 'x-plain-json': true },
    check: isPlainJson,
  } satisfies FieldType,
} as const;

function wholeNumberSays({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return `must be a whole number, ${min} to ${max}`;
  if (min !== undefined) return `must be a whole number, ${min} or more`;
  return max === undefined ? 'must be a whole number' : `must be a whole number, ${max} or less`;
}
