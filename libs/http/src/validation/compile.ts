import Ajv from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { DtoClass } from '../fields/decorate';
import type { JsonSchema } from '../fields/field-type';
import { isPlainJson } from '../fields/plain-json';
import { textFormats } from '../fields/text-formats';
import { inlineSchemaOf } from './schema-of';

// `allErrors` off: the first failure sends a request to class-validator, which finds them all.
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  validateFormats: true,
});
for (const [name, check] of Object.entries(textFormats)) ajv.addFormat(name, check);
ajv.addKeyword({
  keyword: 'x-plain-json',
  schemaType: 'boolean',
  validate: (_: boolean, value: unknown) => isPlainJson(value),
  errors: false,
});

export type { ErrorObject, ValidateFunction };

const schemas = new WeakMap<DtoClass, JsonSchema>();

/** Derived once. Throws a `Defect` when the DTO is not made of our field decorators. */
export function derivedSchema(dto: DtoClass): JsonSchema {
  let schema = schemas.get(dto);
  if (schema === undefined) {
    schema = inlineSchemaOf(dto);
    schemas.set(dto, schema);
  }
  return schema;
}

export function compile(dto: DtoClass): ValidateFunction {
  return ajv.compile(derivedSchema(dto));
}
