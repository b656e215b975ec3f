import {
  Code,
  Flag,
  Identifier,
  JsonObjectField,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  PageQuery,
  PositivePoints,
  Text,
  WholeNumber,
} from '@fidelis/http';
import type { JsonObject } from '@fidelis/kernel';

const EFFECTS = ['fixed', 'issueOffer', 'multiply', 'perUnit', 'perSpend', 'tag'] as const;

export class EffectBody {
  @OneOf(...EFFECTS) readonly type!: (typeof EFFECTS)[number];
  @Optional() @PositivePoints() readonly points?: number;
  @Optional() @Identifier() readonly offerId?: string;
  /** Of multiply: a decimal or a ratio. */
  @Optional() @Text({ max: 20 }) readonly factor?: string;
  @Optional() @WholeNumber({ min: 1 }) readonly per?: number;
  @Optional() @JsonObjectField() readonly match?: JsonObject;
  @Optional() @Code() readonly tag?: string;
}

export class ParticipantCapBody {
  @OptionalOrNull() @PositivePoints() readonly points?: number | null;
  @OptionalOrNull() @PositivePoints() readonly times?: number | null;
  /** P1D, P1M, P1Y (of the calendar, in the programme's zone), or lifetime. */
  @Text({ max: 40 }) readonly period!: string;
}

export class TotalCapBody {
  @OptionalOrNull() @PositivePoints() readonly points?: number | null;
  @OptionalOrNull() @PositivePoints() readonly times?: number | null;
}

export class CapsBody {
  @Optional() @Nested(() => ParticipantCapBody) readonly perParticipant?: ParticipantCapBody;
  @Optional() @Nested(() => TotalCapBody) readonly total?: TotalCapBody;
}

export class CampaignBody {
  @Optional() @Identifier() readonly id?: string;
  @Text({ max: 200 }) readonly name!: string;
  @Identifier() readonly programId!: string;
  /** transaction, or event:<type>. */
  @Text({ max: 80 }) readonly trigger!: string;
  /** CEL over ticket, lines, participant, tier, store, channel and time. */
  @OptionalOrNull() @Text({ max: 10_000 }) readonly condition?: string | null;
  @ListOf(() => EffectBody, { min: 1, max: 20 }) readonly effects!: EffectBody[];
  /** A day of the programme's zone, or an instant. */
  @OptionalOrNull() @Text({ max: 40 }) readonly validFrom?: string | null;
  /** A day (included), or an instant (excluded). */
  @OptionalOrNull() @Text({ max: 40 }) readonly validTo?: string | null;
  @Optional() @WholeNumber({ min: -1_000_000, max: 1_000_000 }) readonly priority?: number;
  @OptionalOrNull() @Code() readonly exclusiveGroup?: string | null;
  @Optional() @Flag() readonly stop?: boolean;
  @Optional() @Code() readonly pointSource?: string;
  @OptionalOrNull() @Nested(() => CapsBody) readonly caps?: CapsBody | null;
}

export class CampaignAnswer extends CampaignBody {
  declare readonly id: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
  @OneOf('draft', 'active', 'paused', 'ended') readonly status!: string;
}

export class CampaignsQuery extends PageQuery {
  @Optional() @Identifier() readonly programId?: string;
}
