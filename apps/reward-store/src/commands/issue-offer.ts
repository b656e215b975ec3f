import type { Answered, IssuedOfferSummary, IssueOfferRequest } from '@fidelis/contracts';
import type { Instant } from '@fidelis/kernel';
import type { Catalogue } from '../catalogue/catalogue';
import {
  declineIssue,
  issueOffer,
  statusAt,
  type IssueDeclined,
  type Issued,
} from '../domain/issued-offer';
import { isIssuable, type DefinedOffer } from '../domain/offer';
import type { RewardStoreStreams } from '../reward-store.streams';
import { limitsOf, type Allotments } from './allotments';
import { newOfferCode } from './offer-code';

/** Gives a participant a copy of an offer for nothing: by a rule, or by a person. */
export class IssueOffers {
  constructor(
    private readonly streams: RewardStoreStreams,
    private readonly catalogue: Catalogue,
    private readonly allotments: Allotments,
  ) {}

  /** The same id again is the same copy, or the same refusal. */
  async issue(request: IssueOfferRequest): Promise<Answered<IssuedOfferSummary>> {
    const { issuedOfferId, offerId, now } = request;
    const { state } = await this.streams.issuedOffers.load(issuedOfferId);
    if (state.status === 'declined') return refusal(state);
    if (state.status !== 'none') return { ok: true, value: toSummary(state, now) };
    const offer = await this.catalogue.offer(offerId);
    const why = offer === undefined ? NO_SUCH_OFFER : await this.reserve(offer, request);
    if (offer === undefined || why !== undefined)
      return this.decline(request, why ?? NO_SUCH_OFFER);
    return this.append(offer, request);
  }

  /** The first reason why it cannot be issued now. Takes nothing. */
  async obstacle({
    offerId,
    participantId,
    now,
  }: Pick<IssueOfferRequest, 'offerId' | 'participantId' | 'now'>): Promise<Why | undefined> {
    const offer = await this.catalogue.offer(offerId);
    if (offer === undefined) return NO_SUCH_OFFER;
    if (!isIssuable(offer.terms, now)) return NOT_ISSUABLE;
    return this.allotments.exhausted(limitsOf(offer, { participantId }), 1);
  }

  private async reserve(offer: DefinedOffer, request: IssueOfferRequest): Promise<Why | undefined> {
    const { issuedOfferId, participantId, occurredAt, now } = request;
    // A ticket that comes late earns what it would have earned on its day.
    if (!isIssuable(offer.terms, occurredAt)) return NOT_ISSUABLE;
    const taking = { takerId: issuedOfferId, quantity: 1, now };
    return this.allotments.takeAll(limitsOf(offer, { participantId }), taking);
  }

  private async append(
    offer: DefinedOffer,
    request: IssueOfferRequest,
  ): Promise<Answered<IssuedOfferSummary>> {
    const { issuedOfferId, participantId, reason, now, operation } = request;
    const { offerId, version, terms } = offer;
    const code = newOfferCode();
    const copy = { issuedOfferId, offerId, version, terms, participantId, code, reason };
    const handled = await this.streams.issuedOffers.handle({
      id: issuedOfferId,
      operation,
      now,
      decide: (state) => issueOffer({ ...copy, issuedAt: now }, state),
    });
    if (handled.outcome === 'rejected') return refusal(handled.rejection);
    await handled.durable;
    return { ok: true, value: toSummary(handled.state as Issued, now) };
  }

  /** A grant that is refused leaves nothing; what a rule promised is declined on record. */
  private async decline(
    request: IssueOfferRequest,
    { code, detail }: Why,
  ): Promise<Answered<IssuedOfferSummary>> {
    const { issuedOfferId, offerId, participantId, reason, now, operation } = request;
    if (reason.kind === 'grant') return refusal({ code, detail });
    const data = { issuedOfferId, offerId, participantId, reason, code, detail, declinedAt: now };
    const handled = await this.streams.issuedOffers.handle({
      id: issuedOfferId,
      operation,
      now,
      decide: (state) => declineIssue(data, state),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
    return refusal({ code, detail });
  }
}

type Why = Pick<IssueDeclined, 'code' | 'detail'>;

const NO_SUCH_OFFER: Why = { code: 'not_found', detail: 'no such offer' };
const NOT_ISSUABLE: Why = {
  code: 'offer_not_issuable',
  detail: 'the offer is not issued at this time',
};

export function toSummary(issued: Issued, now: Instant): IssuedOfferSummary {
  const { issuedOfferId, code, offerId, version, expiresAt } = issued;
  return {
    id: issuedOfferId,
    code,
    offerId,
    version,
    status: statusAt(issued, now),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function refusal({ code, detail }: { code: string; detail: string }): {
  ok: false;
  refusal: { code: string; detail: string };
} {
  return { ok: false, refusal: { code, detail } };
}
