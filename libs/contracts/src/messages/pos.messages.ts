import type { JsonObject } from '@fidelis/kernel';
import type { ParticipantRef } from '../calls/accounts.calls';
import { deadLetterTopicOf, definePublicMessage } from '../message';
import { described, list, object, optional, withRule, type Schema } from '../schema/schema';
import {
  amountMinor,
  clientInstant,
  codeText,
  currency,
  identifier,
  jsonObject,
  positivePoints,
  signedAmountMinor,
  sourceName,
  wholeNumber,
} from '../schema/values';

/** The door for point-of-sale systems: the one topic that others write. */
export const POS_TRANSACTIONS = 'loyalty.pos.transactions.v1';
export const POS_TRANSACTIONS_DLQ = deadLetterTopicOf(POS_TRANSACTIONS);

/** A ticket as a point of sale sends it: the body of `POST /transactions`. */
export interface PosTransaction {
  readonly transactionId: string;
  readonly source?: string;
  readonly participant?: ParticipantRef;
  readonly programId?: string;
  readonly storeId?: string;
  readonly channel?: string;
  readonly occurredAt: string;
  readonly currency: string;
  readonly total: number;
  readonly taxTotal?: number;
  readonly lines?: readonly PosLine[];
  readonly redeem?: { readonly points?: number; readonly purchaseId?: string };
  readonly offers?: readonly { readonly issuedOfferId: string; readonly discount?: number }[];
  readonly attributes?: JsonObject;
}

export interface PosLine {
  readonly lineId?: string;
  readonly sku?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly labels?: readonly string[];
  readonly quantity: number;
  readonly unitPrice?: number;
  readonly amount: number;
  readonly discount?: number;
}

const line = object<PosLine>({
  lineId: optional(identifier),
  sku: optional(identifier),
  category: optional(identifier),
  brand: optional(identifier),
  labels: optional(list(identifier, { max: 20 })),
  quantity: wholeNumber,
  unitPrice: optional(signedAmountMinor),
  amount: described(signedAmountMinor, 'After every discount; may be negative'),
  discount: optional(signedAmountMinor),
});

const redeem = object<NonNullable<PosTransaction['redeem']>>({
  points: optional(described(positivePoints, 'Over HTTP only')),
  purchaseId: optional(identifier),
});

const offer = object<NonNullable<PosTransaction['offers']>[number]>({
  issuedOfferId: identifier,
  discount: optional(amountMinor),
});

export const PosTransactionV1 = definePublicMessage({
  type: 'pos.transaction-completed.v1',
  topic: POS_TRANSACTIONS,
  summary:
    'A ticket from a point of sale, as the body of `POST /v1/transactions`. The key is the ' +
    'participant: tickets of one key are recorded in order.',
  schema: object<PosTransaction>({
    transactionId: identifier,
    source: optional(sourceName),
    participant: optional(
      withRule(
        object<ParticipantRef>({ id: optional(identifier), externalId: optional(identifier) }),
        exactlyOneOf('id', 'externalId'),
      ),
    ),
    programId: optional(identifier),
    storeId: optional(identifier),
    channel: optional(codeText),
    occurredAt: clientInstant,
    currency,
    total: described(amountMinor, 'Minor units, after every discount: the sum of the lines'),
    taxTotal: optional(amountMinor),
    lines: optional(list(line, { max: 2_000 })),
    redeem: optional(
      described(
        withRule(redeem, exactlyOneOf('points', 'purchaseId')),
        'Here by a purchase that was authorized before, only',
      ),
    ),
    offers: optional(list(offer, { max: 50 })),
    attributes: optional(jsonObject),
  }),
});

function exactlyOneOf(...fields: readonly string[]): Schema<unknown>['json'] {
  return { allOf: [{ oneOf: fields.map((field) => ({ required: [field] })) }] };
}
