import {
  AnyNumber,
  fieldTypes,
  Flag,
  Identifier,
  InstantString,
  JsonObjectField,
  ListOf,
  OneOf,
  Optional,
  PageQuery,
  SignedAmountMinor,
  SourceName,
  Text,
  WholeNumber,
} from '@fidelis/http';

export const STATUSES = ['issued', 'locked', 'redeemed', 'expired', 'revoked'] as const;
export type StatusName = (typeof STATUSES)[number];

export class IssuedOffersQuery extends PageQuery {
  @Optional() @OneOf(...STATUSES) readonly status?: StatusName;
}

export class GrantBody {
  @Identifier() readonly offerId!: string;
  /** Our id, or `ext:` and the client's own. */
  @Text({ max: 140 }) readonly participantId!: string;
  @Optional() @Text({ max: 500 }) readonly reason?: string;
}

export class BasketLineBody {
  @Identifier() readonly lineId!: string;
  @Optional() @Identifier() readonly sku?: string;
  @Optional() @Identifier() readonly category?: string;
  @Optional() @Identifier() readonly brand?: string;
  @Optional() @ListOf(fieldTypes.identifier, { max: 50 }) readonly labels?: readonly string[];
  @AnyNumber() readonly quantity!: number;
  @Optional() @SignedAmountMinor() readonly unitPrice?: number;
  /** Minor units, of the whole line. */
  @SignedAmountMinor() readonly amount!: number;
  @Optional() @SignedAmountMinor() readonly discount?: number;
}

export class TicketRefBody {
  /** The transaction's id, or `<source>:<id>`. */
  @Optional() @Text({ max: 200 }) readonly transactionId?: string;
  @Optional() @SourceName() readonly source?: string;
}

export class LockBody {
  @Text({ max: 200 }) readonly transactionId!: string;
  @Optional() @SourceName() readonly source?: string;
  @ListOf(() => BasketLineBody, { max: 2_000 }) readonly lines!: readonly BasketLineBody[];
  @Optional() @Identifier() readonly storeId?: string;
}

export class RedeemBody {
  @Text({ max: 200 }) readonly transactionId!: string;
  @Optional() @SourceName() readonly source?: string;
  /** Absent: the discount of the lock. */
  @Optional()
  @ListOf(() => BasketLineBody, { max: 2_000 })
  readonly lines?: readonly BasketLineBody[];
  @Optional() @Identifier() readonly storeId?: string;
}

export class RevokeBody {
  @Text({ max: 500 }) readonly reason!: string;
}

export class IssuedOfferAnswer {
  @Identifier() readonly id!: string;
  @Text({ max: 40 }) readonly code!: string;
  @Identifier() readonly offerId!: string;
  @WholeNumber({ min: 1 }) readonly version!: number;
  @OneOf(...STATUSES) readonly status!: StatusName;
  @Optional() @InstantString() readonly expiresAt?: string;
}

export class UsedOfferAnswer extends IssuedOfferAnswer {
  @Optional() @Flag() readonly simulated?: boolean;
  @Optional() @JsonObjectField() readonly discount?: object;
  @Optional() @Text() readonly posDiscountId?: string;
  @Optional() @InstantString() readonly lockExpiresAt?: string;
}
