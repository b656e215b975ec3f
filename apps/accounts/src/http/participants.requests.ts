import {
  Day,
  fieldTypes,
  Identifier,
  InstantString,
  JsonObjectField,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  PageQuery,
  Pattern,
  Text,
  WholeNumber,
} from '@fidelis/http';
import type { JsonObject } from '@fidelis/kernel';
import { AccountSummary } from './accounts.requests';

const PATH = {
  pattern: '^[^\\u0000-\\u001f|/]+(?:/[^\\u0000-\\u001f|/]+)*$',
  says: 'must be a path like BR/SP/Campinas, without empty parts and "|"',
  max: 200,
};

export const PARTICIPANT_TYPES = ['person', 'company'] as const;

export class RegisterParticipantBody {
  @Optional() @Identifier() readonly id?: string;
  @Optional() @Identifier() readonly externalId?: string;
  @Text({ max: 200 }) readonly name!: string;
  @Optional() @OneOf(...PARTICIPANT_TYPES) readonly type?: (typeof PARTICIPANT_TYPES)[number];
  @OptionalOrNull() @Text({ max: 320 }) readonly email?: string | null;
  @OptionalOrNull() @Text({ max: 50 }) readonly phone?: string | null;
  @OptionalOrNull() @Day() readonly birthDate?: string | null;
  @Optional() @ListOf(fieldTypes.pattern(PATH), { max: 100 }) readonly groups?: string[];
  @OptionalOrNull() @Pattern(PATH) readonly territory?: string | null;
  @OptionalOrNull() @JsonObjectField() readonly attributes?: JsonObject | null;
}

/** Fields that are absent stay as they are; `null` takes one away. */
export class ReviseParticipantBody {
  @Optional() @Text({ max: 200 }) readonly name?: string;
  @Optional() @OneOf(...PARTICIPANT_TYPES) readonly type?: (typeof PARTICIPANT_TYPES)[number];
  @OptionalOrNull() @Text({ max: 320 }) readonly email?: string | null;
  @OptionalOrNull() @Text({ max: 50 }) readonly phone?: string | null;
  @OptionalOrNull() @Day() readonly birthDate?: string | null;
  @Optional() @ListOf(fieldTypes.pattern(PATH), { max: 100 }) readonly groups?: string[];
  @OptionalOrNull() @Pattern(PATH) readonly territory?: string | null;
  @OptionalOrNull() @JsonObjectField() readonly attributes?: JsonObject | null;
}

export class EnrolBody {
  @Identifier() readonly programId!: string;
}

export class ParticipantsQuery extends PageQuery {
  /** Part of the name, the e-mail address or the external id. */
  @Optional() @Text({ max: 200 }) readonly q?: string;
  @Optional() @Identifier() readonly externalId?: string;
  /** A group with everything below it. */
  @Optional() @Pattern(PATH) readonly group?: string;
}

export class EnrolmentAnswer {
  @OneOf('enrolled', 'none', 'conflict') readonly result!: string;
  @ListOf(fieldTypes.identifier, { max: 1000 }) readonly programIds!: string[];
}

export class ParticipantAnswer extends RegisterParticipantBody {
  declare readonly id: string;
  @OneOf('active', 'merged', 'erased') readonly status!: string;
  @InstantString() readonly registeredAt!: string;
  @WholeNumber({ min: 0 }) readonly revision!: number;
  @ListOf(() => AccountSummary, { max: 1000 }) readonly accounts!: AccountSummary[];
  @Optional() @Nested(() => EnrolmentAnswer) readonly enrolment?: EnrolmentAnswer;
}
