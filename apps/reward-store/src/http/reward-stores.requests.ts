import {
  fieldTypes,
  Identifier,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  Text,
  WholeNumber,
} from '@fidelis/http';

const POINTS_MAX = Number.MAX_SAFE_INTEGER;

export class AccessBody {
  @OneOf('all', 'tiers', 'invitation', 'expression')
  readonly type!: 'all' | 'tiers' | 'invitation' | 'expression';
  /** Of `tiers`. */
  @Optional()
  @ListOf(fieldTypes.code, { min: 1, max: 100, unique: true })
  readonly tiers?: readonly string[];
  /** Of `invitation`. */
  @Optional()
  @ListOf(fieldTypes.identifier, { min: 1, max: 10_000, unique: true })
  readonly participantIds?: readonly string[];
  /** Of `expression`: CEL over participantId, tier, groups and territory. */
  @Optional() @Text({ max: 2_000 }) readonly expression?: string;
}

export class RewardStoreBody {
  @Optional() @Identifier() readonly id?: string;
  @Text({ max: 200 }) readonly name!: string;
  @Identifier() readonly programId!: string;
  /** A day, or an instant; without both the store is evergreen. */
  @OptionalOrNull() @Text({ max: 40 }) readonly activeFrom?: string | null;
  /** A day (included), or an instant (excluded). */
  @OptionalOrNull() @Text({ max: 40 }) readonly activeTo?: string | null;
  @Optional() @Nested(() => AccessBody) readonly access?: AccessBody;
  /** The wallets whose points it takes; absent: all that are spendable. */
  @Optional()
  @ListOf(fieldTypes.code, { min: 1, max: 20, unique: true })
  readonly wallets?: readonly string[];
}

export class RewardStoreAnswer extends RewardStoreBody {
  declare readonly id: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
}

export class ListingBody {
  /** Points; 0 is a gift. */
  @WholeNumber({ min: 0, max: POINTS_MAX }) readonly price!: number;
  /** How many are sold during this listing; absent or null: no limit. */
  @OptionalOrNull() @WholeNumber({ min: 0, max: 1_000_000_000 }) readonly stock?: number | null;
}

export class ListingAnswer extends ListingBody {
  @Identifier() readonly storeId!: string;
  @Identifier() readonly offerId!: string;
  @Text({ max: 200 }) readonly name!: string;
  @Optional() @WholeNumber({ min: 0 }) readonly stockLeft?: number;
}
