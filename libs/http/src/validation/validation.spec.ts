import 'reflect-metadata';
import fc from 'fast-check';
import { IsInt, Min } from 'class-validator';
import { AtLeastOneOf, AtMostOneOf, ExactlyOneOf } from '../fields/exactly-one-of';
import { fieldTypes } from '../fields/field-types';
import * as fields from '../fields/fields';
import { validatorOf } from './validate-body';
import { wordErrors } from './word-errors';

const { Optional, OptionalOrNull, Nullable, Nested, ListOf } = fields;

class Inner {
  @fields.Identifier() id!: string;
  @Optional() @fields.AmountMinor() amount?: number;
}

@ExactlyOneOf('ttl', 'until')
@AtMostOneOf('flag', 'day')
@AtLeastOneOf('points', 'inner')
class Everything {
  @Optional() @fields.Text({ min: 0, max: 5 }) text?: string;
  @Optional() @fields.Pattern({ pattern: '^\\p{L}+$', says: 'letters', max: 4 }) letters?: string;
  @Optional() @fields.SourceName() source?: string;
  @Optional() @fields.Code() code?: string;
  @Optional() @fields.CurrencyCode() currency?: string;
  @OptionalOrNull() @fields.Day() day?: string | null;
  @Optional() @fields.MonthDay() monthDay?: string;
  @Optional() @fields.InstantString() until?: string;
  @Optional() @fields.Duration() ttl?: string;
  @Optional() @fields.WholeNumber({ min: -3, max: 3 }) whole?: number;
  @Optional() @fields.Points() points?: number;
  @Optional() @fields.PositivePoints() positive?: number;
  @Optional() @fields.PointsNotZero() notZero?: number;
  @Optional() @fields.SignedAmountMinor() signed?: number;
  @Optional() @fields.AnyNumber() number?: number;
  @Optional() @fields.Flag() flag?: boolean;
  @Nullable() @fields.OneOf('a', 'b') choice!: string | null;
  @Optional() @fields.JsonObjectField() object?: object;
  @Optional() @fields.JsonValueField() json?: unknown;
  @Optional() @Nested(() => Inner) inner?: Inner;
  @OptionalOrNull() @Nested(() => Inner) maybe?: Inner | null;
  @Optional() @ListOf(() => Inner, { min: 1, max: 2 }) inners?: Inner[];
  @Optional() @ListOf(fieldTypes.code, { max: 2, unique: true }) codes?: string[];
  @Optional() @ListOf(fieldTypes.anyObject, { max: 2 }) objects?: object[];
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '',
    'EUR',
    'eur',
    'a',
    'b',
    'a\n',
    '\u{1f600}\u{1f600}x',
    'pos-7',
    'a/b',
    ' ',
    '\u007f',
  ),
  fc.constantFrom(
    '2026-02-28',
    '2026-02-30',
    '2024-02-29',
    '0000-01-01',
    '02-29',
    '12-31',
    '13-01',
  ),
  fc.constantFrom('2026-11-22T10:00:00Z', '2026-11-22T10:00:00', '2026-02-30T10:00:00Z'),
  fc.constantFrom('2026-11-22T24:00:00Z', '2026-11-22T10:00:60Z', '2026-11-22t10:00:00+05:30'),
  fc.constantFrom('P12M', 'PT15M', 'P', 'PT', 'P1.5D', 'P1Y6M', '-P1D', 'P1DT', 'P10DT1H'),
);
const numbers = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom(-0, 0.5, 1e21, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), Infinity, 1e-300),
);
const values = fc.oneof(
  texts,
  numbers,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(texts, { maxLength: 3 }),
  fc.record({ id: texts, amount: numbers }, { requiredKeys: [] }),
  fc.array(fc.record({ id: texts, amount: numbers }, { requiredKeys: [] }), { maxLength: 3 }),
);

const names = Object.keys((validatorOf(Everything).schema as { properties: object }).properties);

const good: Readonly<Record<string, unknown>> = { choice: 'a', ttl: 'P1D', points: 1 };

const agrees = (value: unknown): void => {
  const compiled = validatorOf(Everything)(value);
  const worded = wordErrors(Everything, value);
  expect({ value, good: worded.length === 0 }).toEqual({ value, good: compiled });
};

describe('the compiled schema and class-validator', () => {
  it('knows every field of the class', () => {
    expect(names).toHaveLength(24);
    agrees(good);
    expect(validatorOf(Everything)(good)).toBe(true);
  });

  it('agree on free JSON with the name of a method in it', () => {
    agrees({ ...good, json: { toString: { '': 2 ** 53 } } });
    agrees({ ...good, json: { toString: { constructor: 1 } } });
  });

  it('agree on one field at a time, whatever it holds', () => {
    const changes = fc.record({ name: fc.constantFrom(...names, 'unknown'), value: values });
    fc.assert(
      fc.property(changes, ({ name, value }) => {
        agrees({ ...good, [name]: value });
      }),
      { numRuns: 3000 },
    );
  });

  it('agree on several fields at once', () => {
    const some = fc.dictionary(fc.constantFrom(...names), values, {
      maxKeys: 5,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(some, (fields_) => {
        agrees({ ...good, ...fields_ });
        agrees(fields_);
      }),
      { numRuns: 1000 },
    );
  });

  it('agree on what is no object at all', () => {
    for (const value of [null, [], 'text', 7, true, undefined]) agrees(value);
  });
});

describe('a DTO', () => {
  it('with a stock decorator is refused when it is compiled: its schema would drift', () => {
    class Stock {
      @IsInt() @Min(1) points!: number;
    }
    expect(() => validatorOf(Stock)).toThrow(/Stock\.points: @(isInt|min) is not known/);
  });

  it('inherits the fields of its ancestors', () => {
    class Base {
      @fields.Points() points!: number;
    }
    class Derived extends Base {
      @fields.Identifier() id!: string;
    }
    expect(validatorOf(Derived)({ points: 1, id: 'a' })).toBe(true);
    expect(validatorOf(Derived)({ id: 'a' })).toBe(false);
    expect(wordErrors(Derived, { id: 'a' })).toEqual([
      { pointer: '/points', code: 'required', detail: 'points is required' },
    ]);
  });

  it('without fields takes the empty object only', () => {
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a DTO without fields
    class Nothing {}
    expect(validatorOf(Nothing)({})).toBe(true);
    expect(validatorOf(Nothing)({ a: 1 })).toBe(false);
  });

  it('says what is missing where a choice must be made', () => {
    expect(wordErrors(Everything, { choice: 'a', points: 1 })).toEqual([
      { pointer: '', code: 'choice', detail: 'exactly one of ttl, until must be given' },
    ]);
  });
});
