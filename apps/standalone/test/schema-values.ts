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
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const NASTY: readonly unknown[] = [
  ...[null, '', 0, -1, 1, 1.5, 1e308, 2 ** 53, true, [], {}, [[]], [null]],
  ...['x'.repeat(300), '\u0000', '\ud800', '\u{1f4a5}', '../..', '%00', 'ext:17850', '__proto__'],
  ...['2026-11-22', '2026-11-22T10:00:00Z', 'P1D', { constructor: { a: 1 } }],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
];

const IDS = ['a', 'ann', '17850', 'points', 'default', 'pos-7', 'x'.repeat(64), 'S1'];

const BY_FORMAT: Readonly<Record<string, readonly string[]>> = {
  date: ['2026-11-22', '2026-01-01', '2027-12-31'],
  'date-time': ['2026-11-22T10:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
  duration: ['P1D', 'PT15M', 'P12M', 'P999999Y'],
  'month-day': ['03-31', '12-31'],
};

/** Values that mostly fit a schema, and sometimes are the worst that a client can send. */
export class SchemaValues {
  constructor(
    private state: number,
    private readonly schemas: Readonly<Record<string, Schema>>,
    /** Of things that exist, so that requests get past 404. */
    private readonly known: readonly string[],
  ) {}

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.random() * values.length)];
  }

  id(): string {
    const id = this.chance(0.1)
      ? this.pick(['\u0000', '\u{1f4a5}', 'a/b', '..', 'ext:'])
      : undefined;
    return id ?? this.pick([...this.known, ...IDS]) ?? 'a';
  }

  of(given: Schema): unknown {
    const schema = this.resolved(given);
    if (this.chance(0.05)) return this.pick(NASTY);
    if (schema.anyOf !== undefined) return this.of(this.pick(schema.anyOf) ?? {});
    if (schema.enum !== undefined) return this.pick(schema.enum);
    return this.ofType(schema);
  }

  private ofType(schema: Schema): unknown {
    switch (schema.type) {
      case 'object':
        return this.object(schema);
      case 'array':
        return this.list(schema);
      case 'string':
        return this.text(schema);
      case 'integer':
      case 'number':
        return this.number(schema);
      case 'boolean':
        return this.chance(0.5);
      default:
        return this.pick(NASTY);
    }
  }

  private list({ minItems = 0, maxItems, items = {} }: Schema): readonly unknown[] {
    const length = Math.max(minItems, Math.floor(this.random() * 3));
    return Array.from({ length }, () => this.of(items)).slice(0, maxItems);
  }

  private object({ properties = {}, required = [] }: Schema): object {
    const fields: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (this.chance(required.includes(name) ? 0.97 : 0.35)) fields[name] = this.of(property);
    }
    return this.chance(0.02) ? { ...fields, unknown: 1 } : fields;
  }

  private text({ format, pattern }: Schema): string | undefined {
    if (format !== undefined && format in BY_FORMAT) return this.pick(BY_FORMAT[format] ?? []);
    if (pattern?.includes('[A-Z]{3}') === true) return this.pick(['INR', 'EUR', 'ZZZ']);
    return this.pick([...this.known, ...IDS, 'Asia/Kolkata']);
  }

  private number({ minimum = -1e15, maximum = 1e15 }: Schema): number | undefined {
    const all = [minimum, 1, 2, 10, 1000, 1_000_000, maximum];
    return this.pick(all.filter((value) => value >= minimum && value <= maximum));
  }

  private resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.schemas[name] ?? {});
  }

  /** A linear congruential generator: a seed gives the same run again. */
  private random(): number {
    this.state = (Math.imul(this.state, 1103515245) + 12345) & 0x7fffffff;
    return this.state / 0x7fffffff;
  }
}
