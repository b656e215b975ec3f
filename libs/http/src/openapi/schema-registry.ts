import type { DtoClass } from '../fields/decorate';
import type { JsonSchema } from '../fields/field-type';
import { schemaOf } from '../validation/schema-of';

/** Collects the DTOs that a document shows, each once, under its class name. */
export class SchemaRegistry {
  private readonly names = new Map<DtoClass, string>();
  private readonly schemas: Record<string, JsonSchema> = {};

  refer(dto: DtoClass): JsonSchema {
    return { $ref: `#/components/schemas/${this.nameOf(dto)}` };
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(Object.entries(this.schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private nameOf(dto: DtoClass): string {
    const known = this.names.get(dto);
    if (known !== undefined) return known;
    const name = this.freeName(dto.name);
    this.names.set(dto, name);
    // Two services may use one name for two shapes; the second gets a number.
    this.schemas[name] = {};
    this.schemas[name] = schemaOf(dto, (inner) => this.refer(inner));
    return name;
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; name in this.schemas; n += 1) name = `${wanted}${n}`;
    return name;
  }
}
