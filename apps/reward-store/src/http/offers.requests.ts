import {
  AmountMinor,
  AtMostOneOf,
  Code,
  Duration,
  fieldTypes,
  Flag,
  Identifier,
  ListOf,
  Nested,
  OneOf,
  Optional,
  OptionalOrNull,
  PageQuery,
  Text,
  WholeNumber,
} from '@fidelis/http';

export const OFFER_TYPES = [
  'amountOff',
  'percentOff',
  'setPrice',
  'buyXGetY',
  'freeItem',
  'fulfilment',
] as const;
export type OfferType = (typeof OFFER_TYPES)[number];

const SKUS = { min: 1, max: 500, unique: true };
const COUNT = { min: 1, max: 1_000_000_000 };
const UNITS = { min: 1, max: 10_000 };

export class UnitsBody {
  @ListOf(fieldTypes.identifier, SKUS) readonly skus!: readonly string[];
  @WholeNumber(UNITS) readonly quantity!: number;
}

@AtMostOneOf('percentBps', 'setPrice')
export class ReducedUnitsBody {
  @ListOf(fieldTypes.identifier, SKUS) readonly skus!: readonly string[];
  @WholeNumber(UNITS) readonly quantity!: number;
  /** 10,000 is free, and the default. */
  @Optional() @WholeNumber({ min: 1, max: 10_000 }) readonly percentBps?: number;
  /** Minor units, for each. */
  @Optional() @AmountMinor() readonly setPrice?: number;
}

export class ScopeBody {
  @Optional() @ListOf(fieldTypes.identifier, { max: 500 }) readonly skus?: readonly string[];
  @Optional() @ListOf(fieldTypes.identifier, { max: 500 }) readonly categories?: readonly string[];
}

export class IssuanceBody {
  /** A day, or an instant. */
  @OptionalOrNull() @Text({ max: 40 }) readonly from?: string | null;
  /** A day (included), or an instant (excluded). */
  @OptionalOrNull() @Text({ max: 40 }) readonly to?: string | null;
  @OptionalOrNull() @WholeNumber(COUNT) readonly perParticipant?: number | null;
  @OptionalOrNull() @WholeNumber(COUNT) readonly total?: number | null;
}

export class ValidityBody {
  @OneOf('sameAsIssuance', 'fixed', 'duration', 'never')
  readonly type!: 'sameAsIssuance' | 'fixed' | 'duration' | 'never';
  /** Of `fixed`. */
  @OptionalOrNull() @Text({ max: 40 }) readonly from?: string | null;
  /** Of `fixed`: required there. */
  @OptionalOrNull() @Text({ max: 40 }) readonly to?: string | null;
  /** Of `duration`: from the issuance, like P30D. */
  @Optional() @Duration() readonly after?: string;
}

export class RedemptionBody {
  @Optional() @Nested(() => ValidityBody) readonly validity?: ValidityBody;
  @OptionalOrNull()
  @ListOf(fieldTypes.identifier, { min: 1, max: 500 })
  readonly stores?: readonly string[] | null;
  @OptionalOrNull() @WholeNumber(COUNT) readonly perParticipant?: number | null;
}

export class OfferBody {
  @Optional() @Identifier() readonly id?: string;
  @Text({ max: 200 }) readonly name!: string;
  @OneOf(...OFFER_TYPES) readonly type!: OfferType;
  /** Minor units: of amountOff what comes off, of setPrice what is paid. */
  @Optional() @AmountMinor() readonly amount?: number;
  @Optional() @WholeNumber({ min: 1, max: 10_000 }) readonly percentBps?: number;
  /** What it is taken off: amountOff and percentOff the ticket, setPrice the dearest unit. */
  @Optional() @OneOf('ticket', 'cheapest', 'dearest') readonly target?: TargetName;
  @Optional() @Nested(() => UnitsBody) readonly buy?: UnitsBody;
  @Optional() @Nested(() => ReducedUnitsBody) readonly get?: ReducedUnitsBody;
  @Optional() @ListOf(fieldTypes.identifier, SKUS) readonly skus?: readonly string[];
  @Optional() @OneOf('digital', 'pick-up', 'courier') readonly channel?: ChannelName;
  @Optional() @Nested(() => ScopeBody) readonly scope?: ScopeBody;
  @Optional() @Text({ max: 128 }) readonly posDiscountId?: string;
  @Optional() @Nested(() => IssuanceBody) readonly issuance?: IssuanceBody;
  @Optional() @Nested(() => RedemptionBody) readonly redemption?: RedemptionBody;
}

type TargetName = 'ticket' | 'cheapest' | 'dearest';
type ChannelName = 'digital' | 'pick-up' | 'courier';

export class OfferAnswer extends OfferBody {
  declare readonly id: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
  @ListOf(fieldTypes.identifier, { max: 10_000 }) readonly listedIn!: readonly string[];
}

export class OffersQuery extends PageQuery {
  @Optional() @Code() readonly type?: string;
  /** Only those that are listed in a store, or only those that are not. */
  @Optional() @Flag() readonly listed?: boolean;
}
