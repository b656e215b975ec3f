import { Code, ListOf, fieldTypes, JsonObjectField, Optional, Text } from '@fidelis/http';
import type { JsonObject } from '@fidelis/kernel';

export class PointSourceBody {
  @Code() readonly id!: string;
  @Text({ max: 200 }) readonly name!: string;
  /** Answered with 422 `not_supported`, as are `inventory` and `frequency`. */
  @Optional() @ListOf(fieldTypes.identifier, { max: 20 }) readonly wallets?: readonly string[];
  @Optional() @JsonObjectField() readonly inventory?: JsonObject;
  @Optional() @JsonObjectField() readonly frequency?: JsonObject;
}

export class PointSourceAnswer {
  @Code() readonly id!: string;
  @Text({ max: 200 }) readonly name!: string;
}
