export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What one field of a request or answer may hold. The schema and `check` say the same: ajv runs
 * the schema on every request, class-validator runs `check` only to word the errors of a refused
 * one, and a property test holds them equal.
 */
export interface FieldType {
  /** Name of the constraint, and `code` of its error. */
  readonly kind: string;
  readonly schema: JsonSchema;
  readonly check: (value: unknown) => boolean;
  /** Completes "<field> …": `must be a whole number of points, 1 or more`. */
  readonly says: string;
  /** Reads the field from a query string; absent: the text itself. */
  readonly fromQuery?: (text: string) => unknown;
}

export interface TextShape {
  readonly kind: string;
  readonly says: string;
  /** In code points; default 1. */
  readonly min?: number;
  /** In code points; default 1000. */
  readonly max?: number;
  /** Anchored, and compiled with the `u` flag on both paths. */
  readonly pattern?: string;
  /** One of `textFormats`. */
  readonly format?: { readonly name: string; readonly check: (text: string) => boolean };
}

export function textType(shape: TextShape): FieldType {
  const { kind, says, min = 1, max = 1000, pattern, format } = shape;
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return {
    kind,
    says,
    schema: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern }),
      ...(format === undefined ? {} : { format: format.name }),
    },
    check: (value) => {
      if (typeof value !== 'string') return false;
      const length = lengthInCodePoints(value);
      if (length < min || length > max) return false;
      if (expression !== undefined && !expression.test(value)) return false;
      return format === undefined || format.check(value);
    },
  };
}

export interface WholeNumberShape {
  readonly kind: string;
  readonly says: string;
  /** Default `Number.MIN_SAFE_INTEGER`. */
  readonly min?: number;
  /** Default `Number.MAX_SAFE_INTEGER`. */
  readonly max?: number;
  readonly notZero?: boolean;
}

export function wholeNumberType(shape: WholeNumberShape): FieldType {
  const { kind, says, notZero = false } = shape;
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = shape;
  return {
    kind,
    says,
    schema: {
      type: 'integer',
      minimum: min,
      maximum: max,
      ...(notZero ? { not: { const: 0 } } : {}),
    },
    check: (value) =>
      typeof value === 'number' &&
      Number.isInteger(value) &&
      value >= min &&
      value <= max &&
      !(notZero && value === 0),
    fromQuery: (text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : text),
  };
}

function lengthInCodePoints(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i += 1) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low >= 0xdc00 && low <= 0xdfff) {
      length -= 1;
      i += 1;
    }
  }
  return length;
}
