import 'reflect-metadata';
import { IsObject, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { Transform, Type } from 'class-transformer';
import type { FieldType } from './field-type';
import { isRecord } from './plain-json';

const NESTED = 'fidelis:nested-dto';

export type DtoClass = new () => object;

/** Every kind that a field was declared with: the schema's converters are made from it. */
export const fieldKinds = new Set<string>();

export interface ListShape {
  readonly min?: number;
  readonly max: number;
  readonly unique?: boolean;
  /** A longer list is no mistake in the content: 413 `payload_too_large`. */
  readonly longerIsTooLarge?: boolean;
}

/** Constraint of class-validator-jsonschema's converter: the schema that it gives. */
export interface FieldConstraint {
  readonly schema: object;
  readonly fromQuery?: (text: string) => unknown;
}

export function field(type: FieldType): PropertyDecorator {
  return combine(
    asItCame,
    constraint(type, {
      schema: type.schema,
      ...(type.fromQuery === undefined ? {} : { fromQuery: type.fromQuery }),
    }),
  );
}

/** class-transformer would leave out what is named like a method (`toString`) in free JSON. */
const asItCame = Transform(({ obj, key }) => (obj as Readonly<Record<string, unknown>>)[key]);

export function listOfFields(type: FieldType, shape: ListShape): PropertyDecorator {
  const says = `must be a list of ${sizeOf(shape)}; each ${type.says}`;
  const check = (value: unknown) => isListOf(value, shape) && value.every(type.check);
  return constraint(
    { kind: `list_of_${type.kind}`, schema: {}, says, check },
    { schema: { ...listSchema(shape), items: type.schema } },
  );
}

/** The field is another DTO. */
export function nested(dto: () => DtoClass): PropertyDecorator {
  return combine(
    IsObject({ message: '$property must be an object' }),
    ValidateNested(),
    Type(dto),
    remember(dto),
  );
}

/** The DTO of a field that `nested` or `listOfNested` declared. */
export function nestedDtoOf(dto: DtoClass, property: string): DtoClass | undefined {
  const of: unknown = Reflect.getMetadata(NESTED, dto.prototype as object, property);
  return typeof of === 'function' ? (of as () => DtoClass)() : undefined;
}

export function listOfNested(dto: () => DtoClass, shape: ListShape): PropertyDecorator {
  const says = `must be a list of ${sizeOf(shape)} objects`;
  const counted = shape.longerIsTooLarge === true ? { ...shape, max: Infinity } : shape;
  const check = (value: unknown) => isListOf(value, counted) && value.every(isRecord);
  return combine(
    constraint({ kind: 'list', schema: {}, says, check }, { schema: listSchema(shape) }),
    ...(counted === shape ? [] : [atMost(shape.max)]),
    ValidateNested({ each: true }),
    Type(dto),
    remember(dto),
  );
}

/** By the code of this error the whole request is answered, see `validationFailed`. */
function atMost(max: number): PropertyDecorator {
  const says = `must be a list of up to ${max}`;
  const check = (value: unknown) => !Array.isArray(value) || value.length <= max;
  return constraint(
    { kind: 'payload_too_large', schema: {}, says, check },
    { schema: { maxItems: max } },
  );
}

/** May be absent; `null` is a value and refused. */
export const isGiven = (_: object, value: unknown): boolean => value !== undefined;
/** May be absent or `null`. */
export const isGivenAndNotNull = (_: object, value: unknown): boolean => value != null;
/** Required, but may be `null`. */
export const isNotNull = (_: object, value: unknown): boolean => value !== null;

export const presence = (condition: (dto: object, value: unknown) => boolean): PropertyDecorator =>
  ValidateIf(condition);

function constraint(type: FieldType, carried: FieldConstraint): PropertyDecorator {
  fieldKinds.add(type.kind);
  return ValidateBy({
    name: type.kind,
    constraints: [carried],
    validator: { validate: type.check, defaultMessage: () => `$property ${type.says}` },
  });
}

function remember(dto: () => DtoClass): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(NESTED, dto, target, property);
}

function combine(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

function isListOf(value: unknown, shape: ListShape): value is unknown[] {
  if (!Array.isArray(value)) return false;
  if (value.length < (shape.min ?? 0) || value.length > shape.max) return false;
  return shape.unique !== true || new Set(value).size === value.length;
}

function listSchema(shape: ListShape): object {
  return {
    type: 'array',
    maxItems: shape.max,
    ...(shape.min === undefined ? {} : { minItems: shape.min }),
    ...(shape.unique === true ? { uniqueItems: true } : {}),
  };
}

function sizeOf(shape: ListShape): string {
  return shape.min === undefined ? `up to ${shape.max}` : `${shape.min} to ${shape.max}`;
}
