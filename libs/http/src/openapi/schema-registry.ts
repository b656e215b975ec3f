import type { DtoClass } from '../fields/decorate';
import type { JsonSchema } from '../fields/field-type';
import { schemaOf } from '../validation/schema-of';
import type { NamedSchema } from './merge-openapi';

/** What a body does not know is refused; answers may gain fields, and clients must bear them. */
type Side = 'body' | 'answer';

/** Collects the DTOs that a process shows, each once a side. */
export class SchemaRegistry {
  private readonly names = { body: new Map<DtoClass, string>(), answer: new Map() };
  private readonly schemas: Record<string, NamedSchema> = {};

  refer(dto: DtoClass, side: Side): JsonSchema {
    return { $ref: `#/components/schemas/${this.nameOf(dto, side)}` };
  }

  /** By a name of their own in this process. */
  all(): Readonly<Record<string, NamedSchema>> {
    return this.schemas;
  }

  private nameOf(dto: DtoClass, side: Side): string {
    const names: Map<DtoClass, string> = this.names[side];
    const known = names.get(dto);
    if (known !== undefined) return known;
    const name = this.freeName(dto.name);
    names.set(dto, name);
    this.schemas[name] = { name: dto.name, schema: {} };
    const { additionalProperties, ...open } = schemaOf(dto, (inner) => this.refer(inner, side));
    const schema = side === 'body' ? { ...open, additionalProperties } : open;
    this.schemas[name] = { name: dto.name, schema };
    return name;
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let n = 2; name in this.schemas; n += 1) name = `${wanted}${n}`;
    return name;
  }
}
