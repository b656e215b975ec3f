import type { Answered, OffersOnTicket, Refusal } from '@fidelis/contracts';
import { addMs, newId, type Decision, type Instant } from '@fidelis/kernel';
import {
  isIssued,
  isSameTicket,
  lockOffer,
  redeemOffer,
  redeemOfferOfRecordedTicket,
  reinstateOffer,
  unlockOffer,
  type Issued,
  type IssuedOffer,
  type IssuedOfferEvent,
  type IssuedOfferRejection,
  type UseOffer,
} from '../domain/issued-offer';
import type { RewardStoreConfig } from '../reward-store.config';
import type { RewardStoreStreams } from '../reward-store.streams';
import { redemptionLimitOf, type Allotments } from './allotments';
import type { Visitors } from './visitors';

export interface UseRequest extends UseOffer {
  readonly issuedOfferId: string;
  readonly operation?: { readonly id: string; readonly actor?: string };
}

export type Used =
  | { readonly ok: true; readonly issued: Issued; readonly changed: boolean }
  | { readonly ok: false; readonly rejection: IssuedOfferRejection };

/**
 * Locks, redeems and gives back issued offers. These commands are idempotent by the offer's state,
 * so each runs as an operation of its own: a ticket may be locked, freed and locked again.
 */
export class UseOffers {
  constructor(
    private readonly streams: RewardStoreStreams,
    private readonly allotments: Allotments,
    private readonly options: {
      readonly visitors: Visitors;
      readonly config: RewardStoreConfig;
    },
  ) {}

  async lock(request: UseRequest): Promise<Used> {
    const lockExpiresAt = addMs(request.now, this.options.config.lockMs);
    const refused = await this.limitReached(request);
    if (refused !== undefined) return { ok: false, rejection: refused };
    return this.handle(request, (offer) => lockOffer({ ...request, lockExpiresAt }, offer));
  }

  async redeem(request: UseRequest): Promise<Used> {
    const refused = await this.limitReached(request);
    if (refused !== undefined) return { ok: false, rejection: refused };
    return this.handle(request, (offer) => redeemOffer(request, offer));
  }

  unlock(request: FreeRequest): Promise<Used> {
    return this.handle(request, (offer) => unlockOffer(request, offer));
  }

  reinstate(request: FreeRequest): Promise<Used> {
    return this.handle(request, (offer) => reinstateOffer(request, offer));
  }

  /** All of the ticket's offers or none: what this very call locked is freed on a refusal. */
  async lockForTicket(on: OffersOnTicket): Promise<Answered<{ readonly locked: true }>> {
    const lockedNow: string[] = [];
    for (const request of requestsOf(on)) {
      const before = await this.streams.issuedOffers.load(request.issuedOfferId);
      const refused =
        (await this.refusedToOwner(before.state, on)) ?? toRefusal(await this.lock(request));
      if (refused !== undefined) {
        for (const issuedOfferId of lockedNow) await this.unlock({ ...request, issuedOfferId });
        return { ok: false, refusal: refused };
      }
      if (!isLockedFor(before.state, on.ticket)) lockedNow.push(request.issuedOfferId);
    }
    return { ok: true, value: { locked: true } };
  }

  async redeemOfTicket(on: OffersOnTicket): Promise<Answered<{ readonly redeemed: true }>> {
    for (const request of requestsOf(on)) {
      await this.handle(request, (offer) => redeemOfferOfRecordedTicket(request, offer));
    }
    return { ok: true, value: { redeemed: true } };
  }

  async unlockOfTicket(on: OffersOnTicket): Promise<Answered<{ readonly unlocked: true }>> {
    for (const request of requestsOf(on)) await this.unlock(request);
    return { ok: true, value: { unlocked: true } };
  }

  async reinstateOfTicket(
    on: OffersOnTicket,
  ): Promise<Answered<{ readonly reinstated: readonly string[] }>> {
    const reinstated: string[] = [];
    for (const request of requestsOf(on)) {
      const used = await this.reinstate(request);
      if (used.ok) reinstated.push(request.issuedOfferId);
    }
    return { ok: true, value: { reinstated } };
  }

  private async handle(
    { issuedOfferId, operation, now }: Pick<UseRequest, 'issuedOfferId' | 'operation' | 'now'>,
    decide: (offer: IssuedOffer) => Decision<IssuedOfferEvent, IssuedOfferRejection>,
  ): Promise<Used> {
    const handled = await this.streams.issuedOffers.handle({
      id: issuedOfferId,
      operation: { id: newId(), actor: operation?.actor },
      now,
      decide,
    });
    if (handled.outcome === 'rejected') {
      return { ok: false, rejection: handled.rejection as IssuedOfferRejection };
    }
    await handled.durable;
    const changed = handled.outcome === 'accepted';
    return { ok: true, issued: handled.state as Issued, changed };
  }

  /** Counted behind the redemption, so it stops a participant's next copy, not this one twice. */
  private async limitReached(request: UseRequest): Promise<IssuedOfferRejection | undefined> {
    const { state } = await this.streams.issuedOffers.load(request.issuedOfferId);
    if (!isIssued(state) || state.status !== 'issued') return undefined;
    const { offerId, participantId, terms } = state;
    const { perParticipant } = terms.redemption;
    if (perParticipant === undefined) return undefined;
    const limit = redemptionLimitOf({ offerId, participantId, perParticipant });
    if ((await this.allotments.left(limit)) > 0) return undefined;
    const detail = `a participant may redeem it ${perParticipant} times`;
    return { code: 'offer_not_redeemable', detail, status: 'issued' };
  }

  /** An offer of somebody who was merged into the ticket's participant is the latter's. */
  private async refusedToOwner(
    state: IssuedOffer,
    { participantId }: OffersOnTicket,
  ): Promise<Refusal | undefined> {
    if (!isIssued(state) || state.participantId === participantId) return undefined;
    const ownerNow = await this.options.visitors.idOf({ id: state.participantId });
    if (ownerNow === participantId) return undefined;
    const detail = 'the issued offer belongs to another participant';
    return { code: 'offer_not_redeemable', detail, status: state.status };
  }
}

export interface FreeRequest {
  readonly issuedOfferId: string;
  readonly ticket?: string | undefined;
  readonly now: Instant;
  readonly operation?: { readonly id: string; readonly actor?: string };
}

function requestsOf(on: OffersOnTicket): readonly UseRequest[] {
  const { ticket, lines, storeId, now, operation } = on;
  return on.offers.map(({ issuedOfferId, discount }) => ({
    issuedOfferId,
    ticket,
    lines,
    storeId,
    discount,
    now,
    operation,
  }));
}

function isLockedFor(state: IssuedOffer, ticket: string): boolean {
  return state.status === 'locked' && isSameTicket(state.lock.ticket, ticket);
}

/** For a ticket there is one answer to all that stands in the way. */
function toRefusal(used: Used): Refusal | undefined {
  if (used.ok) return undefined;
  const { rejection } = used;
  const detail = rejection.detail;
  switch (rejection.code) {
    case 'not_found':
      return { code: 'offer_not_redeemable', detail, status: 'unknown' };
    case 'offer_locked_elsewhere':
      return { code: 'offer_not_redeemable', detail, status: 'locked' };
    case 'offer_not_redeemable':
      return { code: 'offer_not_redeemable', detail, status: rejection.status };
  }
}
