import {
  AmountMinor,
  Code,
  Day,
  Duration,
  fieldTypes,
  Flag,
  Identifier,
  InstantString,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  PositivePoints,
  Text,
  WholeNumber,
} from '@fidelis/http';

const PATHS = { max: 100, unique: true };
const SHARE = { min: 1, max: Number.MAX_SAFE_INTEGER };

export class EarnRateBody {
  /** 0: an entry tier that earns nothing. */
  @WholeNumber({ min: 0 }) readonly points!: number;
  /** Minor units. */
  @WholeNumber(SHARE) readonly per!: number;
}

export class EarnOfferBody {
  @Identifier() readonly offerId!: string;
  @Optional() @AmountMinor() readonly minAmount?: number;
}

export class TierBody {
  @Code() readonly code!: string;
  @Optional() @Text({ max: 200 }) readonly name?: string;
  /** Spend in the window, minor units. */
  @AmountMinor() readonly threshold!: number;
  @Nested(() => EarnRateBody) readonly earn!: EarnRateBody;
  @Optional() @ListOf(() => EarnOfferBody, { max: 20 }) readonly earnOffers?: EarnOfferBody[];
}

export class EligibilityBody {
  @Optional() @ListOf(fieldTypes.identifier, PATHS) readonly groups?: readonly string[];
  @Optional() @ListOf(fieldTypes.identifier, PATHS) readonly territories?: readonly string[];
}

export class TierPolicyBody {
  @Optional() @OneOf('net', 'gross') readonly measure?: 'net' | 'gross';
  /** lifetime, calendar-year, or a duration such as P12M. */
  @Optional() @Text({ max: 40 }) readonly window?: string;
  @Optional()
  @OneOf('none', 'one-level', 'to-level')
  readonly downgrade?: 'none' | 'one-level' | 'to-level';
  /** Kept with the programme; no notice is sent yet. */
  @Optional() @WholeNumber({ min: 0, max: 3650 }) readonly noticeDays?: number;
}

export class RedeemRateBody {
  @PositivePoints() readonly points!: number;
  /** Minor units. */
  @WholeNumber(SHARE) readonly worth!: number;
}

export class ExpiryBody {
  /** Inactivity is answered with 422 `not_supported`. */
  @OneOf('never', 'rolling', 'fixed', 'inactivity')
  readonly policy!: 'never' | 'rolling' | 'fixed' | 'inactivity';
  /** Of rolling and inactivity. */
  @Optional() @Duration() readonly after?: string;
  /** Of rolling. */
  @OptionalOrNull()
  @OneOf('month', 'quarter', 'year')
  readonly roundTo?: 'month' | 'quarter' | 'year' | null;
  /** Of fixed: MM-DD. */
  @Optional()
  @ListOf(fieldTypes.text({ max: 5 }), { min: 1, max: 366, unique: true })
  readonly dates?: readonly string[];
  /** Of inactivity. */
  @Optional() @WholeNumber({ min: 1, max: 100 }) readonly percent?: number;
  @OptionalOrNull() @Code() readonly toWallet?: string | null;
}

export class ReturnsBody {
  @Optional()
  @OneOf('allow-negative', 'within-balance', 'refuse')
  readonly clawback?: 'allow-negative' | 'within-balance' | 'refuse';
  /** original, or a minimum validity such as P30D. */
  @Optional() @Text({ max: 40 }) readonly restore?: string;
}

export class WalletBody {
  @Code() readonly code!: string;
  @Optional() @Flag() readonly spendable?: boolean;
  @OptionalOrNull() @PositivePoints() readonly maxBalance?: number | null;
}

export class CostPerPointBody {
  @AmountMinor() readonly amount!: number;
  @PositivePoints() readonly points!: number;
}

export class FinanceBody {
  @Optional() @Text({ max: 64 }) readonly expenseAccount?: string;
  @Optional() @Text({ max: 64 }) readonly costCentre?: string;
  @Optional() @Nested(() => CostPerPointBody) readonly costPerPoint?: CostPerPointBody;
}

export class ProgramBody {
  @Optional() @Identifier() readonly id?: string;
  @Text({ max: 200 }) readonly name!: string;
  @Optional() @OneOf('multiple', 'single') readonly type?: 'multiple' | 'single';
  @Text({ max: 16 }) readonly currency!: string;
  /** An IANA name. */
  @Text({ max: 64 }) readonly timeZone!: string;
  @Day() readonly validFrom!: string;
  @OptionalOrNull() @Day() readonly validTo?: string | null;
  @Optional() @Flag() readonly autoEnrol?: boolean;
  @Optional() @Flag() readonly enrolExisting?: boolean;
  @Optional() @Nested(() => EligibilityBody) readonly eligibility?: EligibilityBody;
  @ListOf(() => TierBody, { min: 1, max: 50 }) readonly tiers!: TierBody[];
  @Optional() @Nested(() => TierPolicyBody) readonly tierPolicy?: TierPolicyBody;
  @Nested(() => RedeemRateBody) readonly redeem!: RedeemRateBody;
  @Optional() @Nested(() => ExpiryBody) readonly expiry?: ExpiryBody;
  @OptionalOrNull() @Duration() readonly pending?: string | null;
  @Optional()
  @OneOf('gross-of-tax', 'net-of-tax')
  readonly earnOn?: 'gross-of-tax' | 'net-of-tax';
  @Optional() @Nested(() => ReturnsBody) readonly returns?: ReturnsBody;
  @Optional() @ListOf(() => WalletBody, { min: 1, max: 20 }) readonly wallets?: WalletBody[];
  @Optional() @Nested(() => FinanceBody) readonly finance?: FinanceBody;
}

export class ProgramRevisionBody extends ProgramBody {
  /** Absent: now. */
  @Optional() @InstantString() readonly effectiveFrom?: string;
}

export class ProgramAnswer extends ProgramBody {
  declare readonly id: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
  @InstantString() readonly effectiveFrom!: string;
}

export class ProgramQuery {
  /** Absent: the version in force now. */
  @Optional() @WholeNumber({ min: 1 }) readonly version?: number;
}
