import {
  AmountMinor,
  Code,
  CurrencyCode,
  ExactlyOneOf,
  fieldTypes,
  Flag,
  Identifier,
  InstantString,
  JsonObjectField,
  ListOf,
  Nested,
  Optional,
  PositivePoints,
  SignedAmountMinor,
  SourceName,
  Text,
  WholeNumber,
} from '@fidelis/http';
import type { JsonObject } from '@fidelis/kernel';
import { BATCH_TICKETS_MAX } from '../earning.config';

const LINES_MAX = 2_000;

@ExactlyOneOf('id', 'externalId')
export class TicketParticipantBody {
  @Optional() @Identifier() readonly id?: string;
  @Optional() @Identifier() readonly externalId?: string;
}

export class TicketLineBody {
  /** Absent: its place, from 1. */
  @Optional() @Identifier() readonly lineId?: string;
  @Optional() @Identifier() readonly sku?: string;
  @Optional() @Identifier() readonly category?: string;
  @Optional() @Identifier() readonly brand?: string;
  @Optional()
  @ListOf(fieldTypes.identifier, { max: 20 })
  readonly labels?: readonly string[];
  @WholeNumber() readonly quantity!: number;
  @Optional() @SignedAmountMinor() readonly unitPrice?: number;
  /** After every discount; may be negative, like the quantity. */
  @SignedAmountMinor() readonly amount!: number;
  @Optional() @SignedAmountMinor() readonly discount?: number;
}

@ExactlyOneOf('points', 'purchaseId')
export class TicketRedeemBody {
  @Optional() @PositivePoints() readonly points?: number;
  @Optional() @Identifier() readonly purchaseId?: string;
}

export class TicketOfferBody {
  @Identifier() readonly issuedOfferId!: string;
  /**
   * What the till says it took off, in minor units. It is kept as the till's statement, also where
   * it differs from the answer to lock or redeem: of a ticket only the sum of its lines is checked.
   */
  @Optional() @AmountMinor() readonly discount?: number;
}

export class TicketBody {
  @Identifier() readonly transactionId!: string;
  @Optional() @SourceName() readonly source?: string;
  /** Absent: an anonymous ticket. */
  @Optional() @Nested(() => TicketParticipantBody) readonly participant?: TicketParticipantBody;
  @Optional() @Identifier() readonly programId?: string;
  @Optional() @Identifier() readonly storeId?: string;
  @Optional() @Code() readonly channel?: string;
  @InstantString() readonly occurredAt!: string;
  @CurrencyCode() readonly currency!: string;
  /** After every discount; the sum of the lines, where they are given. */
  @AmountMinor() readonly total!: number;
  @Optional() @AmountMinor() readonly taxTotal?: number;
  /** Absent: a ticket without lines, of which only the total counts. */
  @Optional()
  @ListOf(() => TicketLineBody, { max: LINES_MAX, longerIsTooLarge: true })
  readonly lines?: TicketLineBody[];
  @Optional() @Nested(() => TicketRedeemBody) readonly redeem?: TicketRedeemBody;
  @Optional() @ListOf(() => TicketOfferBody, { max: 50 }) readonly offers?: TicketOfferBody[];
  @Optional() @JsonObjectField() readonly attributes?: JsonObject;
}

/** Each ticket is checked by itself: one bad ticket does not refuse the others. */
export class TicketBatchBody {
  @ListOf(fieldTypes.anyObject, { min: 1, max: BATCH_TICKETS_MAX })
  readonly transactions!: readonly object[];
}

export class ReturnLineBody {
  @Identifier() readonly lineId!: string;
  @WholeNumber() readonly quantity!: number;
}

@ExactlyOneOf('full', 'lines', 'amount')
export class ReturnBody {
  @Identifier() readonly returnId!: string;
  /** Absent: now. */
  @Optional() @InstantString() readonly occurredAt?: string;
  @Optional() @Flag() readonly full?: boolean;
  @Optional()
  @ListOf(() => ReturnLineBody, { min: 1, max: LINES_MAX })
  readonly lines?: ReturnLineBody[];
  /** Minor units. */
  @Optional() @WholeNumber({ min: 1 }) readonly amount?: number;
  /** The offers that the ticket used go back to the participant. */
  @Optional() @Flag() readonly reinstateOffers?: boolean;
}

export class CancelBody {
  @Text({ max: 500 }) readonly reason!: string;
}
