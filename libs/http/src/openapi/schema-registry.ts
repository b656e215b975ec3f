import type { DtoClass } from '../fields/decorate';
import type { JsonSchema } from '../fields/field-type';
import { schemaOf } from '../validation/schema-of';

/** What a body does not know is refused; answers may gain fields, and clients must bear them. */
type Side = 'body' | 'answer';

/** Collects the DTOs that a document shows, each once a side, under its class name. */
export class SchemaRegistry {
  private readonly names = { body: new Map<DtoClass, string>(), answer: new Map() };
  private readonly schemas: Record<string, JsonSchema> = {};

  refer(dto: DtoClass, side: Side): JsonSchema {
    return { $ref: `#/components/schemas/${this.nameOf(dto, side)}` };
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(Object.entries(this.schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private nameOf(dto: DtoClass, side: Side): string {
    const names: Map<DtoClass, string> = this.names[side];
    const known = names.get(dto);
    if (known !== undefined) return known;
    const name = this.freeName(dto.name);
    names.set(dto, name);
    // Two services may use one name for two shapes; the second gets a number.
    this.schemas[name] = {};
    const { additionalProperties, ...open } = schemaOf(dto, (inner) => this.refer(inner, side));
    this.schemas[name] = side === 'body' ? { ...open, additionalProperties } : open;
    return name;
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; name in this.schemas; n += 1) name = `${wanted}${n}`;
    return name;
  }
}
