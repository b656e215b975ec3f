import {
  fieldTypes,
  Identifier,
  InstantString,
  ListOf,
  Optional,
  ROLES,
  Text,
  type Role,
} from '@fidelis/http';

const role = fieldTypes.oneOf(ROLES);

export class ApiKeyRequest {
  @Text({ max: 200 }) readonly name!: string;
  @ListOf(role, { min: 1, max: ROLES.length, unique: true }) readonly roles!: readonly Role[];
  /** Required with the role `participant`: its bearer sees this participant's data only. */
  @Optional() @Identifier() readonly participantId?: string;
  @Optional() @Identifier() readonly vendorId?: string;
}

export class ApiKeyView {
  @Identifier() readonly id!: string;
  @Text({ max: 200 }) readonly name!: string;
  @ListOf(role, { max: ROLES.length }) readonly roles!: readonly Role[];
  @Optional() @Identifier() readonly participantId?: string | undefined;
  @Optional() @Identifier() readonly vendorId?: string | undefined;
  @InstantString() readonly createdAt!: string;
}

export class CreatedApiKeyView extends ApiKeyView {
  /** Shown this once. */
  @Text() readonly key!: string;
}

export class ApiKeyListView {
  @ListOf(() => ApiKeyView, { max: 10_000 }) readonly data!: readonly ApiKeyView[];
}

export class TokenView {
  @Text() readonly token!: string;
  @InstantString() readonly expiresAt!: string;
}
