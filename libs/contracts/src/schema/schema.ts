/** A JSON Schema (draft 2020-12 and 07 alike: only what both know is used). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A JSON Schema that knows the TypeScript type of what it describes, exactly: a schema of another
 * type does not compile in its place, so that neither can change without the other.
 */
export interface Schema<T> {
  readonly json: JsonSchema;
  /** Type carrier only; never set. A function, so that wider and narrower types are others. */
  readonly carries?: (value: T) => T;
}

export interface OptionalField<T> {
  readonly optional: Schema<T>;
}

/** What `object` demands of its fields: each of `T`'s, optional where it is optional there. */
type FieldsOf<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? OptionalField<Exclude<T[K], undefined>>
    : Schema<T[K]>;
};

type Field = { readonly json: JsonSchema } | { readonly optional: { readonly json: JsonSchema } };
type AnyFields = Readonly<Record<string, Field>>;

/** The type that fields describe, for those that are written down nowhere else. */
type Described<F extends AnyFields> = Flat<
  {
    readonly [K in keyof F as F[K] extends { readonly optional: unknown } ? never : K]: TypeOf<
      F[K]
    >;
  } & {
    readonly [K in keyof F as F[K] extends { readonly optional: unknown } ? K : never]?: TypeOf<
      F[K]
    >;
  }
>;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type TypeOf<F> = F extends { readonly optional: { readonly carries?: (value: infer T) => unknown } }
  ? T
  : F extends { readonly carries?: (value: infer T) => unknown }
    ? T
    : never;

/** The schema of a type that has a name: all its fields and no other, or it does not compile. */
export function object<T extends object>(fields: FieldsOf<T>): Schema<T> {
  return objectSchema(fields as AnyFields);
}

/** The schema of a type that is written here only; the contract's data type follows from it. */
export function shape<F extends AnyFields>(fields: F): Schema<Described<F>> {
  return objectSchema(fields);
}

export function optional<T>(schema: Schema<T>): OptionalField<T> {
  return { optional: schema };
}

export function list<T>(
  item: Schema<T>,
  limits: { readonly max?: number } = {},
): Schema<readonly T[]> {
  const { max } = limits;
  return { json: { type: 'array', ...(max !== undefined && { maxItems: max }), items: item.json } };
}

/** One of these texts. */
export function words<const W extends readonly string[]>(...texts: W): Schema<W[number]> {
  return texts.length === 1
    ? { json: { const: texts[0] } }
    : { json: { type: 'string', enum: texts } };
}

export function union<const T extends readonly unknown[]>(
  ...schemas: { readonly [K in keyof T]: Schema<T[K]> }
): Schema<T[number]> {
  return { json: { anyOf: schemas.map(({ json }) => json) } };
}

/** The same schema with words for the reader. */
export function described<T>(schema: Schema<T>, description: string): Schema<T> {
  return { json: { ...schema.json, description } };
}

/** The same with a rule that the type cannot say. */
export function withRule<T>(schema: Schema<T>, rule: JsonSchema): Schema<T> {
  return { json: { ...schema.json, ...rule } };
}

/**
 * As a publisher must keep it: nothing that the schema does not name. Readers get the open one, for
 * a field may be added to a version that is out.
 */
export function closed(json: JsonSchema): JsonSchema {
  const inner = Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, closedValue(value)]),
  );
  return 'properties' in json ? { ...inner, additionalProperties: false } : inner;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === 'object' && value !== null ? closed(value as JsonSchema) : value;
}

function objectSchema<T>(fields: AnyFields): Schema<T> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => 'json' in field).map(([name]) => name);
  const properties = Object.fromEntries(
    entries.map(([name, field]) => [name, 'json' in field ? field.json : field.optional.json]),
  );
  return {
    json: { type: 'object', properties, ...(required.length > 0 && { required }) },
  };
}
