import * as fc from 'fast-check';

/** What of OpenAPI the fuzz run reads. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

export interface Sources {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Values of things that exist, for a field of this name. */
  readonly known: (field: string) => readonly unknown[];
}

const ITEMS_MAX = 3;
const TEXT_MAX = 40;

/** Values that fit a schema, and often name what exists. */
export function arbitraryOf(schema: Schema, sources: Sources, field = ''): fc.Arbitrary<unknown> {
  const known = sources.known(field);
  const fresh = fitting(resolved(schema, sources), sources, field);
  if (known.length === 0) return fresh;
  return fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 9 },
    { arbitrary: fresh, weight: 1 },
  );
}

function resolved(schema: Schema, { schemas }: Sources): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function fitting(schema: Schema, sources: Sources, field: string): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((one) => arbitraryOf(one, sources, field)));
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, sources);
    case 'array':
      return listOf(schema, sources, field);
    case 'string':
      return textOf(schema);
    case 'integer':
      return wholeNumberOf(schema);
    case 'number':
      return fc.oneof(wholeNumberOf(schema), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
    case 'boolean':
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf({ properties = {}, required = [] }: Schema, sources: Sources) {
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      arbitraryOf(property, sources, name),
    ]),
  );
  const needed = required.filter((name) => name in model);
  // Mostly only what is needed: every further field may be one that rules forbid here.
  const wanted = (name: string): fc.Arbitrary<boolean> =>
    needed.includes(name) ? fc.constant(true) : fc.nat(9).map((n) => n < 2);
  const names = Object.keys(model);
  const choice = fc.tuple(...names.map(wanted));
  return fc.tuple(fc.record(model), choice).map(([values, chosen]) => {
    const all = values as Record<string, unknown>;
    return Object.fromEntries(names.filter((_, i) => chosen[i]).map((name) => [name, all[name]]));
  });
}

function listOf({ items = {}, minItems = 0, maxItems }: Schema, sources: Sources, field: string) {
  const maxLength = Math.max(minItems, Math.min(maxItems ?? ITEMS_MAX, ITEMS_MAX));
  return fc.array(arbitraryOf(items, sources, field), { minLength: minItems, maxLength });
}

const BY_FORMAT: Readonly<Record<string, readonly string[]>> = {
  date: ['2026-11-22', '2020-01-01', '2027-12-31', '0001-01-01', '9999-12-31'],
  'date-time': ['2026-11-22T10:00:00Z', '2020-02-29T23:59:59.999+05:30', '9999-12-31T23:59:59Z'],
  duration: ['P1D', 'PT15M', 'P12M', 'PT0S', 'P9999Y', 'P999999999D'],
  'month-day': ['03-31', '12-31', '02-29'],
};

/** Names that every object answers to. */
const INHERITED = ['constructor', '__proto__', 'toString', 'valueOf'];

function textOf({ format, pattern, minLength = 0, maxLength = TEXT_MAX }: Schema) {
  const examples = BY_FORMAT[format ?? ''];
  if (examples !== undefined) return fc.constantFrom(...examples);
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, TEXT_MAX)) };
  const any = fc.string({ ...bounds, unit: 'grapheme' });
  const inherited = { arbitrary: fc.constantFrom(...INHERITED), weight: 1 };
  const words = maxLength < TEXT_MAX ? any : fc.oneof({ arbitrary: any, weight: 15 }, inherited);
  if (pattern === undefined || pattern.startsWith('^[^')) return words;
  return fc.oneof(fc.stringMatching(new RegExp(pattern)), words);
}

function wholeNumberOf({ minimum, maximum }: Schema): fc.Arbitrary<number> {
  const min = Math.max(minimum ?? Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
  const max = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const small = fc.integer({ min: Math.max(min, Math.min(1, max)), max: Math.min(max, 1000) });
  return fc.oneof(
    { arbitrary: small, weight: 8 },
    { arbitrary: fc.constantFrom(min, max), weight: 1 },
    { arbitrary: fc.bigInt({ min: BigInt(min), max: BigInt(max) }).map(Number), weight: 1 },
  );
}

const NASTY: readonly unknown[] = [
  ...[null, '', 0, -1, 1.5, -0, 1e308, 2 ** 53, true, [], {}, [[]], [null]],
  ...['x'.repeat(5000), '\u0000', '\ud800', '\u202e\u{1f4a5}', '../..', '%00', '__proto__'],
  ...['ext:', 'ext:ext:', 'a/b', "' or 1=1 --", '${7*7}', '9999-99-99', 'P', '-P1D'],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, { constructor: { prototype: 1 } }],
];

/** The same value with one place broken: another type, an extreme, a field too many or too few. */
export function broken(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const damage = fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 3 }));
  return fc
    .tuple(value, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), damage)
    .map(([whole, place, how, nasty]) => breakAt(whole, { place, how, nasty }));
}

interface Damage {
  readonly place: number;
  readonly how: string;
  readonly nasty: unknown;
}

function breakAt(value: unknown, damage: Damage): unknown {
  const { place, how, nasty } = damage;
  if (Array.isArray(value)) {
    return value.map((item, i) => (i === place % value.length ? breakAt(item, damage) : item));
  }
  if (!isObject(value)) return nasty;
  if (how === 'add') return { ...value, [`field${place % 7}`]: nasty };
  const fields = Object.entries(value);
  const broken = fields.map(([name, inside], i) => {
    if (i !== place % fields.length) return [[name, inside]];
    if (isObject(inside) || Array.isArray(inside)) return [[name, breakInside(inside, damage)]];
    return how === 'remove' ? [] : [[name, nasty]];
  });
  return Object.fromEntries(broken.flat());
}

/** The whole of it, or a place further in. */
function breakInside(inside: unknown, damage: Damage): unknown {
  const { place, nasty } = damage;
  return place % 3 === 0 ? nasty : breakAt(inside, { ...damage, place: Math.floor(place / 3) });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
