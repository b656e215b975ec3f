import type { DtoClass, ListShape } from './decorate';
import {
  field,
  isGiven,
  isGivenAndNotNull,
  isNotNull,
  listOfFields,
  listOfNested,
  nested,
  presence,
} from './decorate';
import type { FieldType } from './field-type';
import { fieldTypes } from './field-types';

/** May be absent. Without `Optional`, `OptionalOrNull` or `Nullable` a field is required. */
export const Optional = (): PropertyDecorator => presence(isGiven);
/** May be absent or `null`. */
export const OptionalOrNull = (): PropertyDecorator => presence(isGivenAndNotNull);
/** Must be present, but may be `null`. */
export const Nullable = (): PropertyDecorator => presence(isNotNull);

export const Text = (shape: { min?: number; max?: number } = {}): PropertyDecorator =>
  field(fieldTypes.text(shape));
/** `pattern` is anchored and runs with the `u` flag; `says` completes "<field> must …". */
export const Pattern = (shape: { pattern: string; says: string; max?: number }) =>
  field(fieldTypes.pattern(shape));
/** Any id of ours or a client's: 1-128 characters, no control characters. */
export const Identifier = (): PropertyDecorator => field(fieldTypes.identifier);
/** Where tickets come from: `[A-Za-z0-9._-]{1,64}`. */
export const SourceName = (): PropertyDecorator => field(fieldTypes.source);
/** A short technical name: tier, wallet, category of a rule. */
export const Code = (): PropertyDecorator => field(fieldTypes.code);
export const CurrencyCode = (): PropertyDecorator => field(fieldTypes.currency);
export const Day = (): PropertyDecorator => field(fieldTypes.day);
export const MonthDay = (): PropertyDecorator => field(fieldTypes.monthDay);
/** RFC 3339 with any offset; turn it into the normal form with the kernel's `toInstant`. */
export const InstantString = (): PropertyDecorator => field(fieldTypes.instant);
export const Duration = (): PropertyDecorator => field(fieldTypes.duration);
export const WholeNumber = (shape: { min?: number; max?: number } = {}): PropertyDecorator =>
  field(fieldTypes.wholeNumber(shape));
export const Points = (): PropertyDecorator => field(fieldTypes.points);
export const PositivePoints = (): PropertyDecorator => field(fieldTypes.positivePoints);
export const PointsNotZero = (): PropertyDecorator => field(fieldTypes.pointsNotZero);
/** Minor units, 0 or more. */
export const AmountMinor = (): PropertyDecorator => field(fieldTypes.amountMinor);
export const SignedAmountMinor = (): PropertyDecorator => field(fieldTypes.signedAmountMinor);
export const Flag = (): PropertyDecorator => field(fieldTypes.flag);
/** A sum over accounts: a number while that is exact, decimal digits beyond ±(2^53 − 1). */
export const ExactSum = (): PropertyDecorator => field(fieldTypes.exactSum);
/** A number that need not be whole (quantities by weight); never points or money. */
export const AnyNumber = (): PropertyDecorator => field(fieldTypes.number);
export const OneOf = (...values: readonly string[]): PropertyDecorator =>
  field(fieldTypes.oneOf(values));
/** Free-form data of the client's, kept as it is. */
export const JsonObjectField = (): PropertyDecorator => field(fieldTypes.jsonObject);
export const JsonValueField = (): PropertyDecorator => field(fieldTypes.jsonValue);
export const Nested = (dto: () => DtoClass): PropertyDecorator => nested(dto);

/** `@ListOf(fieldTypes.identifier, { max: 100 })` or `@ListOf(() => LineDto, { max: 2000 })`. */
export const ListOf = (of: FieldType | (() => DtoClass), shape: ListShape): PropertyDecorator =>
  typeof of === 'function' ? listOfNested(of, shape) : listOfFields(of, shape);
