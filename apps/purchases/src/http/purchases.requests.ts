import {
  AmountMinor,
  Code,
  Duration,
  ExactlyOneOf,
  fieldTypes,
  Identifier,
  InstantString,
  ListOf,
  Nested,
  OneOf,
  Optional,
  PageQuery,
  PositivePoints,
  Text,
  WholeNumber,
} from '@fidelis/http';

/** Pieces of one product: more is a mistake, and the sum must stay countable. */
const QUANTITY_MAX = 1_000_000;
const ITEMS_MAX = 500;
const ORDERS_MAX = 50;

export const STATUSES = ['authorized', 'confirmed', 'cancelled', 'failed', 'expired'] as const;

/** States of a purchase before it is one: it is recorded with its hold, a refusal leaves none. */
const PASSING_STATUSES = ['requested', 'refused'] as const;
const ASKED_STATUSES = [...STATUSES, ...PASSING_STATUSES] as const;

export class ItemBody {
  @Identifier() readonly sku!: string;
  @WholeNumber({ min: 1, max: QUANTITY_MAX }) readonly quantity!: number;
}

export class PricedItemBody extends ItemBody {
  @Optional() @Text({ max: 300 }) readonly name?: string;
  /** Minor units a piece. */
  @Optional() @AmountMinor() readonly price?: number;
}

export class CartItemBody extends ItemBody {
  /** What the client believes one piece costs: another price today is refused. */
  @Optional() @AmountMinor() readonly price?: number;
}

export class OrderBody {
  @Identifier() readonly vendorId!: string;
  @ListOf(() => CartItemBody, { min: 1, max: ITEMS_MAX }) readonly items!: readonly CartItemBody[];
  @Optional() @AmountMinor() readonly shippingAmount?: number;
}

export class ShipToBody {
  @Optional() @Text({ max: 200 }) readonly name?: string;
  @ListOf(fieldTypes.text({ max: 200 }), { min: 1, max: 6 }) readonly lines!: readonly string[];
  @Optional() @Text({ max: 20 }) readonly postalCode?: string;
  @Optional() @Text({ max: 100 }) readonly city?: string;
  @Optional() @Text({ max: 100 }) readonly region?: string;
  @Optional() @Text({ max: 100 }) readonly country?: string;
  @Optional() @Text({ max: 50 }) readonly phone?: string;
  @Optional() @Text({ max: 320 }) readonly email?: string;
}

class BuyerBody {
  /** Our id, or `ext:` and the client's own. */
  @Text({ max: 140 }) readonly participantId!: string;
  @Optional() @Identifier() readonly programId?: string;
  @Optional() @Code() readonly channel?: string;
  /** Who acts for the participant: a call centre's or back office's user. */
  @Optional() @Text({ max: 200 }) readonly actor?: string;
}

export class BuyBody extends BuyerBody {
  @ListOf(() => OrderBody, { min: 1, max: ORDERS_MAX }) readonly orders!: readonly OrderBody[];
  @Optional() @Nested(() => ShipToBody) readonly shipTo?: ShipToBody;
  @Optional() @OneOf('accept', 'cancel') readonly onPartialFailure?: 'accept' | 'cancel';
}

@ExactlyOneOf('points', 'amount')
export class AuthorizeBody extends BuyerBody {
  @Identifier() readonly vendorId!: string;
  /** The client's own number of the order. */
  @Text({ max: 200 }) readonly reference!: string;
  @Optional() @PositivePoints() readonly points?: number;
  @Optional() @WholeNumber({ min: 1 }) readonly amount?: number;
  @Optional()
  @ListOf(() => PricedItemBody, { max: ITEMS_MAX })
  readonly items?: readonly PricedItemBody[];
  @Optional() @Duration() readonly ttl?: string;
}

export class ConfirmBody {
  @Optional() @Identifier() readonly authorizationId?: string;
  /** Fewer than authorized: the rest is released. */
  @Optional() @PositivePoints() readonly points?: number;
}

export class CancelBody {
  @Optional() @Identifier() readonly authorizationId?: string;
  @Optional() @Text({ max: 500 }) readonly reason?: string;
}

export class ReasonBody {
  @Code() readonly code!: string;
  @Optional() @Text({ max: 500 }) readonly text?: string;
}

export class ReversalBody {
  @Identifier() readonly reversalId!: string;
  @OneOf('total', 'value', 'quantity', 'freight')
  readonly kind!: 'total' | 'value' | 'quantity' | 'freight';
  /** Kind `value`. */
  @Optional() @PositivePoints() readonly points?: number;
  /** Kind `quantity`. */
  @Optional()
  @ListOf(() => ItemBody, { min: 1, max: ITEMS_MAX })
  readonly items?: readonly ItemBody[];
  @Nested(() => ReasonBody) readonly reason!: ReasonBody;
}

export class PurchasesQuery extends PageQuery {
  @Optional() @Text({ max: 140 }) readonly participantId?: string;
  @Optional() @Identifier() readonly vendorId?: string;
  /** `requested` and `refused` find nothing: neither is kept. */
  @Optional() @OneOf(...ASKED_STATUSES) readonly status?: (typeof ASKED_STATUSES)[number];
  @Optional() @InstantString() readonly from?: string;
  @Optional() @InstantString() readonly to?: string;
}
