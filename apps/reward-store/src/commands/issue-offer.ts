import type { Answered, IssuedOfferSummary, IssueOfferRequest } from '@fidelis/contracts';
import { Defect, type Instant } from '@fidelis/kernel';
import type { Catalogue } from '../catalogue/catalogue';
import {
  declineIssue,
  isIssued,
  issueOffer,
  requestIssue,
  statusAt,
  type Copy,
  type IssueDeclined,
  type Issued,
  type IssuedOffer,
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
    const { issuedOfferId, offerId, participantId, occurredAt, now } = request;
    const { state } = await this.streams.issuedOffers.load(issuedOfferId);
    if (state.status === 'requested') return this.settle(issuedOfferId, now);
    if (state.status !== 'none') return answerOf(state, now);
    const offer = await this.catalogue.offer(offerId);
    if (offer === undefined) return this.refuse(request, NO_SUCH_OFFER);
    // A ticket that comes late earns what it would have earned on its day.
    if (!isIssuable(offer.terms, occurredAt)) return this.refuse(request, NOT_ISSUABLE);
    const limits = limitsOf(offer, { participantId });
    const exhausted = await this.allotments.exhausted(limits, 1);
    if (exhausted !== undefined) return this.refuse(request, exhausted);
    const copy = copyOf(offer, request);
    if (limits.length === 0) return this.append(copy, request.operation.id, now);
    const handled = await this.streams.issuedOffers.handle({
      id: issuedOfferId,
      operation: request.operation,
      now,
      decide: (offerNow) => requestIssue({ ...copy, limits }, offerNow),
    });
    if (handled.outcome === 'rejected') return refusal(handled.rejection);
    return this.settle(issuedOfferId, now);
  }

  /** Takes the limits of a requested copy and issues it, or declines it; again after a crash. */
  async settle(issuedOfferId: string, now: Instant): Promise<Answered<IssuedOfferSummary>> {
    const { state } = await this.streams.issuedOffers.load(issuedOfferId);
    if (state.status !== 'requested') return answerOf(state, now);
    const { limits, ...copy } = state.request;
    const taking = { takerId: issuedOfferId, quantity: 1, now };
    const exhausted = await this.allotments.takeAll(limits, taking);
    if (exhausted !== undefined) return this.decline(copy, exhausted, now);
    const answer = await this.append(copy, `${issuedOfferId}:issue`, now);
    // Another process found nothing left a moment ago, and was first to say so.
    if (!answer.ok) await this.allotments.giveBackAll(limits, taking);
    return answer;
  }

  private async append(
    copy: Copy,
    operationId: string,
    now: Instant,
  ): Promise<Answered<IssuedOfferSummary>> {
    const handled = await this.streams.issuedOffers.handle({
      id: copy.issuedOfferId,
      operation: { id: operationId },
      now,
      decide: (offer) => issueOffer(copy, offer),
    });
    if (handled.outcome === 'rejected') return refusal(handled.rejection);
    await handled.durable;
    return answerOf(handled.state, now);
  }

  /** A grant that is refused at once leaves nothing; what a rule promised is declined on record. */
  private refuse(request: IssueOfferRequest, why: Why): Promise<Answered<IssuedOfferSummary>> {
    if (request.reason.kind === 'grant') return Promise.resolve(refusal(why));
    return this.decline(request, why, request.now);
  }

  private async decline(
    { issuedOfferId, offerId, participantId, reason }: Promised,
    { code, detail }: Why,
    now: Instant,
  ): Promise<Answered<IssuedOfferSummary>> {
    const data = { issuedOfferId, offerId, participantId, reason, code, detail, declinedAt: now };
    const handled = await this.streams.issuedOffers.handle({
      id: issuedOfferId,
      operation: { id: `${issuedOfferId}:decline` },
      now,
      decide: (offer) => declineIssue(data, offer),
    });
    if (handled.outcome === 'rejected') return refusal(handled.rejection);
    await handled.durable;
    return answerOf(handled.state, now);
  }
}

type Why = Pick<IssueDeclined, 'code' | 'detail'>;
type Promised = Pick<Copy, 'issuedOfferId' | 'offerId' | 'participantId' | 'reason'>;

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

function copyOf(offer: DefinedOffer, request: IssueOfferRequest): Copy {
  const { offerId, version, terms } = offer;
  const { issuedOfferId, participantId, reason, now } = request;
  const code = newOfferCode();
  return { issuedOfferId, offerId, version, terms, participantId, code, reason, issuedAt: now };
}

function answerOf(offer: IssuedOffer, now: Instant): Answered<IssuedOfferSummary> {
  if (isIssued(offer)) return { ok: true, value: toSummary(offer, now) };
  if (offer.status === 'declined') return refusal(offer);
  throw new Defect(`an issue ended as ${offer.status}`);
}

function refusal({ code, detail }: { readonly code: string; readonly detail: string }): {
  ok: false;
  refusal: { code: string; detail: string };
} {
  return { ok: false, refusal: { code, detail } };
}
