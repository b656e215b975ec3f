import { canonicalJson, fingerprintOf } from '@fidelis/kernel';
import type { JsonSchema } from '../fields/field-type';
import { problemSchema } from './problem-schema';

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** What one process adds to the document. References go to the part's own schemas. */
export interface OpenApiPart {
  readonly operations: readonly {
    readonly method: string;
    readonly path: string;
    readonly operation: Readonly<Record<string, unknown>>;
  }[];
  readonly schemas: Readonly<Record<string, NamedSchema>>;
}

export interface NamedSchema {
  /** The DTO's; other parts may have another shape, or the same one, under it. */
  readonly name: string;
  readonly schema: JsonSchema;
}

const REFERENCE = '#/components/schemas/';

/**
 * One document of all parts. It does not matter which operation came from which process: schemas
 * of one name and one shape are one, of one name and two shapes get a number, in the order of the
 * paths. Of an operation that several parts have the first one's description counts.
 */
export function mergeOpenApi(parts: readonly OpenApiPart[], info: DocumentInfo): object {
  const names = new SchemaNames();
  const paths: Record<string, Record<string, unknown>> = {};
  const tags = new Set<string>();
  const operations = parts.flatMap((part) => part.operations.map((one) => ({ ...one, part })));
  for (const { path, method, operation, part } of operations.sort(byPath)) {
    const methods = (paths[path] ??= {});
    if (methods[method] !== undefined) continue;
    methods[method] = names.rewritten(operation, part);
    for (const tag of (operation.tags ?? []) as readonly string[]) tags.add(tag);
  }
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...tags].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key' } },
      schemas: { ...names.all(), Problem: problemSchema },
    },
  };
}

interface Placed {
  readonly path: string;
  readonly method: string;
}

function byPath(a: Placed, b: Placed): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.method < b.method ? -1 : 1;
}

class SchemaNames {
  private readonly schemas: Record<string, unknown> = { Problem: undefined };
  private readonly byShape = new Map<string, string>();

  /** A copy whose references go to the document's schemas. */
  rewritten(value: unknown, part: OpenApiPart): unknown {
    return withReferences(value, (local) => {
      const named = part.schemas[local];
      return named === undefined ? local : this.nameOf(named, part);
    });
  }

  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(this.schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private nameOf(named: NamedSchema, part: OpenApiPart): string {
    const shape = `${named.name}:${shapeOf(named, part, [])}`;
    const known = this.byShape.get(shape);
    if (known !== undefined) return known;
    const name = this.freeName(named.name);
    this.byShape.set(shape, name);
    this.schemas[name] = undefined;
    this.schemas[name] = this.rewritten(named.schema, part);
    return name;
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; name in this.schemas; n += 1) name = `${wanted}${n}`;
    return name;
  }
}

/** Equal for schemas that say the same, those that they refer to included. */
function shapeOf(named: NamedSchema, part: OpenApiPart, above: readonly NamedSchema[]): string {
  const inside = [...above, named];
  const expanded = withReferences(named.schema, (local) => {
    const inner = part.schemas[local];
    if (inner === undefined) return local;
    return inside.includes(inner) ? inner.name : `${inner.name}:${shapeOf(inner, part, inside)}`;
  });
  return fingerprintOf(canonicalJson(expanded));
}

function withReferences(value: unknown, rename: (local: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === '$ref' && typeof member === 'string' && member.startsWith(REFERENCE)
        ? [key, REFERENCE + rename(member.slice(REFERENCE.length))]
        : [key, withReferences(member, rename)],
    ),
  );
}
