import { assertInvariant, Defect } from '@fidelis/kernel';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { DtoClass, FieldConstraint } from '../fields/decorate';
import { fieldKinds, isGiven, isGivenAndNotNull, isNotNull, nestedDtoOf } from '../fields/decorate';
import { choiceRulesOf, choiceSchemas } from '../fields/exactly-one-of';
import type { JsonSchema } from '../fields/field-type';

interface Metadata {
  readonly type: string;
  readonly propertyName: string;
  readonly constraints: readonly unknown[];
  readonly each: boolean;
}

type Converters = NonNullable<
  NonNullable<Parameters<typeof targetConstructorToSchema>[1]>['additionalConverters']
>;
type Mutable = Record<string, unknown>;

/**
 * The JSON schema of a DTO class, derived from its class-validator metadata. `refer` says how
 * another DTO inside it is shown: in place (for ajv) or by reference (for OpenAPI).
 */
export function schemaOf(dto: DtoClass, refer: (dto: DtoClass) => JsonSchema): JsonSchema {
  const derived = targetConstructorToSchema(dto, {
    additionalConverters: convertersFor(dto, refer),
  }) as Mutable;
  const properties = (derived.properties ?? {}) as Record<string, Mutable>;
  const required = new Set((derived.required ?? []) as readonly string[]);
  for (const [name, property] of Object.entries(properties)) {
    if (property['x-required'] === true) required.add(name);
    properties[name] = withNull(property);
  }
  const choices = choiceRulesOf(dto).flatMap(choiceSchemas);
  return {
    type: 'object',
    properties,
    ...(required.size > 0 ? { required: [...required].sort() } : {}),
    additionalProperties: false,
    ...(choices.length > 0 ? { allOf: choices } : {}),
  };
}

/** With every nested DTO in place. */
export function inlineSchemaOf(dto: DtoClass, above: readonly DtoClass[] = []): JsonSchema {
  assertInvariant(!above.includes(dto), `the DTO ${dto.name} contains itself`);
  return schemaOf(dto, (inner) => inlineSchemaOf(inner, [...above, dto]));
}

/** How each field of a query reads its text. */
export function queryReadersOf(dto: DtoClass): ReadonlyMap<string, (text: string) => unknown> {
  const readers = new Map<string, (text: string) => unknown>();
  const all = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  for (const { propertyName, constraints } of all) {
    // Typed as always there, but absent for nested DTOs.
    const carried = constraints as readonly FieldConstraint[] | undefined;
    const reader = readers.get(propertyName);
    readers.set(propertyName, carried?.[0]?.fromQuery ?? reader ?? ((text) => text));
  }
  return readers;
}

// Only our own field decorators and what they are made of: each of these has a schema that says
// exactly what its validator says. A stock decorator (`@IsInt`, `@IsISO8601`) would drift.
function convertersFor(dto: DtoClass, refer: (dto: DtoClass) => JsonSchema): Converters {
  const own = new Map<string, unknown>();
  for (const kind of fieldKinds) own.set(kind, (meta: Metadata) => carriedBy(meta).schema);
  const known: Record<string, unknown> = {
    ...Object.fromEntries(own),
    isObject: { type: 'object' },
    [ValidationTypes.WHITELIST]: {},
    [ValidationTypes.CONDITIONAL_VALIDATION]: (meta: Metadata) => presenceSchema(meta),
    [ValidationTypes.NESTED_VALIDATION]: (meta: Metadata) => {
      const inner = nestedDtoOf(dto, meta.propertyName);
      if (inner === undefined) throw new Defect(`${dto.name}.${meta.propertyName}: use @Nested`);
      return refer(inner);
    },
  };
  const all = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  for (const { type, name, propertyName } of all) {
    const kind = type === 'customValidation' ? (name ?? '') : type;
    const hint = 'declare it with the field decorators of @fidelis/http';
    assertInvariant(kind in known, `${dto.name}.${propertyName}: @${kind} is not known; ${hint}`);
  }
  return known as Converters;
}

function carriedBy(meta: Metadata): FieldConstraint {
  return meta.constraints[0] as FieldConstraint;
}

function presenceSchema(meta: Metadata): object {
  switch (meta.constraints[0]) {
    case isGiven:
      return {};
    case isGivenAndNotNull:
      return { 'x-null': true };
    case isNotNull:
      return { 'x-null': true, 'x-required': true };
    default:
      throw new Defect(`${meta.propertyName}: use @Optional instead of @IsOptional or @ValidateIf`);
  }
}

function withNull(property: Mutable): Mutable {
  const { 'x-null': mayBeNull, 'x-required': _, ...schema } = property;
  return mayBeNull === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}
