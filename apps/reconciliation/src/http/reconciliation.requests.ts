import {
  Code,
  ExactSum,
  Flag,
  Identifier,
  InstantString,
  ListOf,
  OneOf,
  Optional,
  OptionalOrNull,
  PageQuery,
  PositivePoints,
  Text,
  Nested,
  WholeNumber,
} from '@fidelis/http';

export class JournalQuery extends PageQuery {
  @Optional() @InstantString() readonly from?: string;
  @Optional() @InstantString() readonly to?: string;
  @Optional() @Identifier() readonly accountId?: string;
  @Optional() @Identifier() readonly programId?: string;
}

export class AsOfQuery {
  /** Business time, inclusive; absent: everything recorded so far. */
  @Optional() @InstantString() readonly asOf?: string;
  @Optional() @Flag() readonly fresh?: boolean;
}

export class RollForwardQuery {
  @Optional() @Identifier() readonly programId?: string;
  @Optional() @Code() readonly wallet?: string;
  @Optional() @Identifier() readonly pointSource?: string;
  @Optional() @InstantString() readonly from?: string;
  @Optional() @InstantString() readonly to?: string;
  @Optional() @Flag() readonly fresh?: boolean;
}

export class PostingAnswer {
  @Text() readonly ledgerAccount!: string;
  @OneOf('debit', 'credit') readonly side!: 'debit' | 'credit';
  @PositivePoints() readonly amount!: number;
  @Text() readonly unit!: string;
  @Optional() @Text() readonly costCentre?: string;
}

export class EventRefAnswer {
  @Text() readonly stream!: string;
  @WholeNumber() readonly revision!: number;
  @Text() readonly id!: string;
}

export class JournalEntryAnswer {
  @Text() readonly entryId!: string;
  @InstantString() readonly occurredAt!: string;
  @InstantString() readonly recordedAt!: string;
  @Identifier() readonly programId!: string;
  @Identifier() readonly accountId!: string;
  @Text() readonly kind!: string;
  @ListOf(() => PostingAnswer, { max: 10 }) readonly postings!: readonly PostingAnswer[];
  @Nested(() => EventRefAnswer) readonly event!: EventRefAnswer;
}

export class JournalPageAnswer {
  @ListOf(() => JournalEntryAnswer, { max: 200 }) readonly data!: readonly JournalEntryAnswer[];
  @Optional() @Text() readonly nextCursor?: string;
}

export class TrialBalanceRowAnswer {
  @Text() readonly ledgerAccount!: string;
  @Text() readonly unit!: string;
  @ExactSum() readonly debit!: number | string;
  @ExactSum() readonly credit!: number | string;
  @ExactSum() readonly balance!: number | string;
}

export class TrialBalanceAnswer {
  @InstantString() readonly asOf!: string;
  @ListOf(() => TrialBalanceRowAnswer, { max: 100_000 })
  readonly rows!: readonly TrialBalanceRowAnswer[];
  @Flag() readonly balanced!: boolean;
}

export class RollForwardAnswer {
  @ExactSum() readonly opening!: number | string;
  @ExactSum() readonly earned!: number | string;
  @ExactSum() readonly reversed!: number | string;
  @ExactSum() readonly redeemed!: number | string;
  @ExactSum() readonly restored!: number | string;
  @ExactSum() readonly expired!: number | string;
  @ExactSum() readonly adjusted!: number | string;
  @ExactSum() readonly transferredIn!: number | string;
  @ExactSum() readonly transferredOut!: number | string;
  @ExactSum() readonly mergedIn!: number | string;
  @ExactSum() readonly mergedOut!: number | string;
  @ExactSum() readonly closing!: number | string;
  @ExactSum() readonly accountsTotal!: number | string;
  @ExactSum() readonly forgiven!: number | string;
  @ExactSum() readonly debt!: number | string;
}

export class CostPerPointAnswer {
  @WholeNumber() readonly amount!: number;
  @WholeNumber() readonly points!: number;
}

export class LiabilityRowAnswer {
  @Identifier() readonly programId!: string;
  @Text() readonly currency!: string;
  @ExactSum() readonly points!: number | string;
  @ExactSum() readonly amount!: number | string;
  @OptionalOrNull()
  @Nested(() => CostPerPointAnswer)
  readonly costPerPoint!: CostPerPointAnswer | null;
}

export class LiabilityAnswer {
  @InstantString() readonly asOf!: string;
  @ListOf(() => LiabilityRowAnswer, { max: 100_000 }) readonly rows!: readonly LiabilityRowAnswer[];
}

export class CheckAnswer {
  @Text() readonly name!: string;
  @Flag() readonly ok!: boolean;
  @Text({ max: 100_000 }) readonly detail!: string;
}

export class IntegrityAnswer {
  @Flag() readonly ok!: boolean;
  @InstantString() readonly asOf!: string;
  @ListOf(() => CheckAnswer, { max: 100 }) readonly checks!: readonly CheckAnswer[];
}
