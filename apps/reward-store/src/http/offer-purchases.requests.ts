import {
  Flag,
  Identifier,
  JsonObjectField,
  ListOf,
  Optional,
  Text,
  WholeNumber,
} from '@fidelis/http';
import { COPIES_MAX } from '../reward-store.config';
import { IssuedOfferAnswer } from './issued-offers.requests';

export class OfferPurchaseBody {
  /** Our id, or `ext:` and the client's own. */
  @Text({ max: 140 }) readonly participantId!: string;
  @Optional() @WholeNumber({ min: 1, max: COPIES_MAX }) readonly quantity?: number;
}

export class OfferPurchaseAnswer {
  @Identifier() readonly offerPurchaseId!: string;
  @WholeNumber({ min: 0 }) readonly pointsSpent!: number;
  @ListOf(() => IssuedOfferAnswer, { max: COPIES_MAX })
  readonly issuedOffers!: readonly IssuedOfferAnswer[];
  @JsonObjectField() readonly balance!: object;
  @Optional() @Flag() readonly simulated?: boolean;
}
