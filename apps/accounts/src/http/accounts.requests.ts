import {
  AmountMinor,
  Code,
  Day,
  Duration,
  ExactlyOneOf,
  Identifier,
  InstantString,
  ListOf,
  Nested,
  OneOf,
  Optional,
  PageQuery,
  Points,
  PositivePoints,
  Text,
  WholeNumber,
} from '@fidelis/http';

export const ENTRY_TYPES = [
  'earn',
  'redeem',
  'hold',
  'release',
  'activate',
  'capture',
  'restore',
  'expire',
  'reverse',
  'adjust',
  'transfer-in',
  'transfer-out',
  'merge-in',
  'merge-out',
  'forgive',
] as const;

export class CreditBody {
  @PositivePoints() readonly points!: number;
  @Optional() @Code() readonly wallet?: string;
  @Text({ max: 500 }) readonly reason!: string;
  @Optional() @Text({ max: 200 }) readonly reference?: string;
  @Optional() @Code() readonly pointSource?: string;
  /** Absent: at once. */
  @Optional() @InstantString() readonly availableAt?: string;
  /** Inclusive; absent: as the programme's policy says. */
  @Optional() @Day() readonly expiresOn?: string;
}

export class DebitBody {
  @PositivePoints() readonly points!: number;
  @Text({ max: 500 }) readonly reason!: string;
  @Optional() @Text({ max: 200 }) readonly reference?: string;
}

@ExactlyOneOf('expiresAt', 'ttl')
export class HoldBody {
  @PositivePoints() readonly points!: number;
  @Optional() @InstantString() readonly expiresAt?: string;
  @Optional() @Duration() readonly ttl?: string;
  @Optional() @Text({ max: 200 }) readonly reference?: string;
}

export class CaptureBody {
  /** Fewer than held: the rest is released. Absent: all. */
  @Optional() @PositivePoints() readonly points?: number;
}

/** Nothing to say; unknown fields are refused. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export class NoBody {}

export class LotShareAnswer {
  @Identifier() readonly lotId!: string;
  @PositivePoints() readonly points!: number;
}

export class HoldAnswer {
  @Identifier() readonly holdId!: string;
  @OneOf('held', 'captured', 'released') readonly status!: string;
  @PositivePoints() readonly points!: number;
  @Optional() @InstantString() readonly expiresAt?: string;
  @Optional() @Points() readonly releasedPoints?: number;
  @Optional() @ListOf(() => LotShareAnswer, { max: 1000 }) readonly lots?: LotShareAnswer[];
}

export class SourceAnswer {
  @Code() readonly kind!: string;
  @Identifier() readonly id!: string;
}

export class EntryAnswer {
  @Identifier() readonly id!: string;
  @OneOf(...ENTRY_TYPES) readonly type!: string;
  /** The change of the account's total. */
  @Points() readonly points!: number;
  /** Points moved where the total does not change. */
  @Optional() @Points() readonly amount?: number;
  @Code() readonly wallet!: string;
  @InstantString() readonly occurredAt!: string;
  @InstantString() readonly recordedAt!: string;
  @Points() readonly balanceAfter!: number;
  @Optional() @Text({ max: 500 }) readonly reason?: string;
  @Optional() @Text({ max: 200 }) readonly reference?: string;
  @Nested(() => SourceAnswer) readonly source!: SourceAnswer;
  @ListOf(() => LotShareAnswer, { max: 1000 }) readonly lots!: LotShareAnswer[];
  @Optional() @Text({ max: 200 }) readonly actor?: string;
  @Optional() @Code() readonly tier?: string;
  @Optional() @AmountMinor() readonly purchaseAmount?: number;
  @Optional() @Day() readonly expiresOn?: string;
}

export class BalanceQuery {
  /** The points of this wallet alone; the lifetime counters stay the account's. */
  @Optional() @Code() readonly wallet?: string;
  /** Business time; default now. */
  @Optional() @InstantString() readonly asOf?: string;
  /** What was recorded then; default now. */
  @Optional() @InstantString() readonly knownAt?: string;
}

export class StatementQuery extends PageQuery {
  @Optional() @InstantString() readonly from?: string;
  @Optional() @InstantString() readonly to?: string;
  @Optional() @OneOf(...ENTRY_TYPES) readonly type?: (typeof ENTRY_TYPES)[number];
  @Optional() @Code() readonly wallet?: string;
}

export class AllEntriesQuery extends PageQuery {
  @Optional() @Identifier() readonly programId?: string;
  @Optional() @Identifier() readonly participantId?: string;
  @Optional() @Identifier() readonly transactionId?: string;
}

export class ExpirationsQuery {
  /** Inclusive. */
  @Optional() @Day() readonly until?: string;
}

export class LotAnswer {
  @Identifier() readonly lotId!: string;
  @Points() readonly granted!: number;
  /** Held points included. */
  @Points() readonly remaining!: number;
  @Points() readonly held!: number;
  @Code() readonly wallet!: string;
  @Code() readonly pointSource!: string;
  @InstantString() readonly grantedAt!: string;
  @InstantString() readonly availableAt!: string;
  @Optional() @Day() readonly expiresOn?: string;
  @Nested(() => SourceAnswer) readonly source!: SourceAnswer;
}

export class ExpirationAnswer {
  @Day() readonly on!: string;
  @PositivePoints() readonly points!: number;
  @Code() readonly wallet!: string;
}

export class BalanceSummary {
  @Points() readonly available!: number;
  @Points() readonly pending!: number;
  @Points() readonly held!: number;
  @Points() readonly total!: number;
  @Points() readonly debt!: number;
}

export class WalletBalanceAnswer extends BalanceSummary {
  @Code() readonly wallet!: string;
}

export class LifetimeAnswer {
  @Points() readonly earned!: number;
  @Points() readonly reversed!: number;
  @Points() readonly forgiven!: number;
  @Points() readonly redeemed!: number;
  @Points() readonly restored!: number;
  @Points() readonly expired!: number;
  @Points() readonly adjusted!: number;
  @Points() readonly transferredIn!: number;
  @Points() readonly transferredOut!: number;
  @Points() readonly mergedIn!: number;
  @Points() readonly mergedOut!: number;
}

export class NextExpiryAnswer {
  @PositivePoints() readonly points!: number;
  @Day() readonly on!: string;
}

export class WorthAnswer {
  @AmountMinor() readonly amount!: number;
  @Code() readonly currency!: string;
}

export class BalanceAnswer extends BalanceSummary {
  @Identifier() readonly accountId!: string;
  @ListOf(() => WalletBalanceAnswer, { max: 100 }) readonly wallets!: WalletBalanceAnswer[];
  @Nested(() => LifetimeAnswer) readonly lifetime!: LifetimeAnswer;
  @Optional() @Nested(() => NextExpiryAnswer) readonly nextExpiry?: NextExpiryAnswer;
  @Optional() @Nested(() => WorthAnswer) readonly worth?: WorthAnswer;
  @InstantString() readonly asOf!: string;
  @InstantString() readonly knownAt!: string;
  @WholeNumber({ min: -1 }) readonly revision!: number;
}

/** An account as its participant shows it. */
export class AccountSummary {
  @Identifier() readonly id!: string;
  @Identifier() readonly programId!: string;
  @Code() readonly tier!: string;
  @Nested(() => BalanceSummary) readonly balance!: BalanceSummary;
}

export class AccountAnswer extends AccountSummary {
  @Identifier() readonly participantId!: string;
  @OneOf('open', 'frozen', 'closed', 'merged') readonly status!: string;
  @WholeNumber({ min: 0 }) readonly revision!: number;
}
