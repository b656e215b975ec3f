import {
  AmountMinor,
  CurrencyCode,
  Flag,
  Identifier,
  InstantString,
  JsonValueField,
  ListOf,
  OneOf,
  Optional,
  Points,
  Text,
} from '@fidelis/http';
import { PricedItemBody, ReasonBody, STATUSES } from './purchases.requests';

const LIST_MAX = 10_000;

class DoneReversalAnswer {
  @Identifier() readonly reversalId!: string;
  @OneOf('total', 'value', 'quantity', 'freight') readonly kind!: string;
  @Points() readonly restoredPoints!: number;
  @AmountMinor() readonly restoredAmount!: number;
  @JsonValueField() readonly reason!: ReasonBody;
}

class OrderAnswer {
  @Identifier() readonly orderId!: string;
  @Identifier() readonly vendorId!: string;
  @OneOf(
    ...['authorized', 'requested', 'accepted', 'refused', 'cancelling', 'payable', 'confirmed'],
    ...['cancelled', 'expired'],
  )
  readonly status!: string;
  @Optional() @Text({ max: 500 }) readonly vendorOrderId?: string;
  @Points() readonly points!: number;
  @AmountMinor() readonly amount!: number;
  @CurrencyCode() readonly currency!: string;
  @Optional()
  @ListOf(() => PricedItemBody, { max: LIST_MAX })
  readonly items?: readonly PricedItemBody[];
  @Optional() @AmountMinor() readonly shippingAmount?: number;
  /** Why the vendor refused or cancelled it. */
  @Optional() @Text({ max: 500 }) readonly reason?: string;
  /** Paid although it had been given up. */
  @Optional() @OneOf('late-acceptance') readonly settlementException?: string;
  @Optional() @Points() readonly reversedPoints?: number;
  @Optional() @AmountMinor() readonly reversedAmount?: number;
  @Optional()
  @ListOf(() => DoneReversalAnswer, { max: LIST_MAX })
  readonly reversals?: readonly DoneReversalAnswer[];
}

export class PurchaseAnswer {
  @Identifier() readonly purchaseId!: string;
  @OneOf('internal', 'external') readonly kind!: string;
  @OneOf(...STATUSES) readonly status!: string;
  @Identifier() readonly participantId!: string;
  @Identifier() readonly accountId!: string;
  @Identifier() readonly programId!: string;
  @Optional() @Identifier() readonly authorizationId?: string;
  /** Confirmed: what was debited. */
  @Points() readonly points!: number;
  @AmountMinor() readonly amount!: number;
  @CurrencyCode() readonly currency!: string;
  @Optional() @Points() readonly authorizedPoints?: number;
  @ListOf(() => OrderAnswer, { max: LIST_MAX }) readonly orders!: readonly OrderAnswer[];
  @Optional() @Text() readonly channel?: string;
  @Optional() @Text() readonly reference?: string;
  /** The ticket that it pays. */
  @Optional() @Text() readonly ticket?: string;
  @Optional() @InstantString() readonly requestedAt?: string;
  @Optional() @InstantString() readonly expiresAt?: string;
  @Optional() @InstantString() readonly answerBy?: string;
  @Optional() @Flag() readonly simulated?: boolean;
}

class TimelineAnswer {
  @InstantString() readonly at!: string;
  @Text() readonly event!: string;
  @Optional() @Identifier() readonly orderId?: string;
  @Optional() @Points() readonly points?: number;
  @Optional() @JsonValueField() readonly reason?: unknown;
  @Optional() @Text() readonly actor?: string;
}

export class PurchaseWithTimelineAnswer extends PurchaseAnswer {
  @ListOf(() => TimelineAnswer, { max: LIST_MAX }) readonly timeline!: readonly TimelineAnswer[];
}

export class PurchasesPageAnswer {
  @ListOf(() => PurchaseAnswer, { max: LIST_MAX }) readonly data!: readonly PurchaseAnswer[];
  @Optional() @Text({ max: 500 }) readonly nextCursor?: string;
}

export class ReversalAnswer {
  @Identifier() readonly reversalId!: string;
  @Identifier() readonly orderId!: string;
  @OneOf('total', 'value', 'quantity', 'freight') readonly kind!: string;
  @Points() readonly restoredPoints!: number;
  @AmountMinor() readonly restoredAmount!: number;
  @Optional() @JsonValueField() readonly reason?: ReasonBody;
  @Optional() @Flag() readonly simulated?: boolean;
}
