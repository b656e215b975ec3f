import type { AccountSummary } from '@fidelis/contracts';
import { addMs, derivedId, type Instant, type Rejection } from '@fidelis/kernel';
import { listingIn, type Catalogue } from '../catalogue/catalogue';
import { isIssued } from '../domain/issued-offer';
import { isIssuable, type DefinedOffer, type Listing } from '../domain/offer';
import {
  requestPurchase,
  type OfferPurchaseRequested,
  type RequestedPurchase,
} from '../domain/offer-purchase';
import { isActive, type OpenedStore } from '../domain/store';
import type { OfferPurchases } from '../processes/offer-purchase.process';
import type { RewardStoreConfig } from '../reward-store.config';
import type { RewardStoreStreams } from '../reward-store.streams';
import { limitsOf, type Allotments } from './allotments';
import { toSummary } from './issue-offer';
import { newOfferCode } from './offer-code';
import { admittedBy, type Membership, type Participant, type Visitors } from './visitors';

export interface BuyOffer {
  readonly storeId: string;
  readonly offerId: string;
  readonly participantId: string;
  readonly quantity: number;
  readonly now: Instant;
  readonly operation: {
    readonly id: string;
    readonly fingerprint?: string;
    readonly actor?: string;
  };
}

export type PurchaseCode =
  | 'not_found'
  | 'participant_not_found'
  | 'store_closed'
  | 'not_eligible'
  | 'offer_not_issuable'
  | 'out_of_stock'
  | 'limit_reached'
  | 'insufficient_points'
  | 'points_out_of_range'
  | 'account_frozen'
  | 'account_closed'
  | 'offer_purchase_expired';

export type PurchaseRefused = Rejection & {
  readonly code: string;
  readonly available?: number;
  readonly requested?: number;
};

export interface Bought {
  readonly purchase: RequestedPurchase;
  readonly issuedOffers: readonly ReturnType<typeof toSummary>[];
  readonly balance: AccountSummary['balance'];
}

export type BuyAnswer =
  | { readonly ok: true; readonly value: Bought }
  | { readonly ok: false; readonly refused: PurchaseRefused };

interface Counter {
  readonly participant: Participant;
  readonly membership: Membership;
  readonly store: OpenedStore;
  readonly offer: DefinedOffer;
  readonly listing: Listing;
}

interface BuyOfferParts {
  readonly streams: RewardStoreStreams;
  readonly catalogue: Catalogue;
  readonly allotments: Allotments;
  readonly visitors: Visitors;
  readonly purchases: OfferPurchases;
  readonly config: RewardStoreConfig;
}

/** Sells offers for points: points and offers change hands together, or not at all. */
export class BuyOffers {
  constructor(private readonly parts: BuyOfferParts) {}

  /** The same operation again finds its purchase, and goes on with it after a crash. */
  async buy(command: BuyOffer): Promise<BuyAnswer> {
    const id = derivedId('offerPurchase', command.operation.id);
    const { offerPurchases } = this.parts.streams;
    const known = await offerPurchases.findOperation(id, command.operation.id);
    if (known.length > 0) {
      const same = known[0]?.metadata.fingerprint === command.operation.fingerprint;
      return same ? this.finish(id, command.now) : refused(REUSED);
    }
    const checked = await this.check(command);
    if (!checked.ok) return checked;
    const handled = await offerPurchases.handle({
      id,
      operation: command.operation,
      now: command.now,
      decide: (state) => requestPurchase(this.requestOf(id, command, checked.value), state),
    });
    if (handled.outcome === 'rejected') return refused(handled.rejection);
    return this.finish(id, command.now);
  }

  private async finish(id: string, now: Instant): Promise<BuyAnswer> {
    const { purchases, streams, visitors } = this.parts;
    const purchase = await purchases.run(id, now);
    if (purchase.refusal !== undefined) return refused(purchase.refusal);
    const issuedOffers = [];
    for (const { issuedOfferId } of purchase.copies) {
      const { state } = await streams.issuedOffers.load(issuedOfferId);
      if (isIssued(state)) issuedOffers.push(toSummary(state, now));
    }
    const account = await visitors.account(purchase.accountId, now);
    const balance = account?.balance ?? NOTHING;
    return { ok: true, value: { purchase, issuedOffers, balance } };
  }

  /** What can be refused at once leaves no purchase; the purchase itself decides again. */
  private async check(command: BuyOffer): Promise<Checked> {
    const counter = await this.counterOf(command);
    if (!counter.ok) return counter;
    const { offer, listing, membership, participant } = counter.value;
    const points = listing.price * command.quantity;
    if (!Number.isSafeInteger(points)) return refused(OUT_OF_RANGE);
    const limits = limitsOf(offer, { participantId: participant.participantId, listing });
    const exhausted = await this.parts.allotments.exhausted(limits, command.quantity);
    if (exhausted !== undefined) return refused(exhausted);
    const account = await this.parts.visitors.account(membership.accountId, command.now);
    if (account === undefined) return refused(NOT_ELIGIBLE);
    const { available } = account.balance;
    if (available >= points) return { ...counter, account };
    const detail = `${available} points available, ${points} needed`;
    return refused({ code: 'insufficient_points', detail, available, requested: points });
  }

  private async counterOf(
    command: BuyOffer,
  ): Promise<{ ok: true; value: Counter } | { ok: false; refused: PurchaseRefused }> {
    const { catalogue, visitors } = this.parts;
    const { storeId, offerId, participantId, now } = command;
    const store = await catalogue.store(storeId);
    const offer = await catalogue.offer(offerId);
    const listing = offer === undefined ? undefined : listingIn(offer, storeId);
    if (store === undefined || offer === undefined || listing === undefined) return refused(GONE);
    const participant = await visitors.find({ id: participantId }, now);
    if (participant === undefined) return refused(NOBODY);
    if (!isActive(store.terms, now)) return refused(CLOSED);
    const membership = admittedBy(store, participant);
    if (membership === undefined) return refused(NOT_ELIGIBLE);
    if (!isIssuable(offer.terms, now)) return refused(NOT_ISSUABLE);
    return { ok: true, value: { participant, membership, store, offer, listing } };
  }

  private requestOf(
    offerPurchaseId: string,
    { quantity, now, operation }: BuyOffer,
    { participant, membership, store, offer, listing }: Counter,
  ): OfferPurchaseRequested['data'] {
    const { participantId } = participant;
    const { wallets } = store.terms;
    return {
      offerPurchaseId,
      participantId,
      accountId: membership.accountId,
      programId: membership.programId,
      storeId: store.storeId,
      offerId: offer.offerId,
      version: offer.version,
      terms: offer.terms,
      quantity,
      points: listing.price * quantity,
      ...(wallets !== undefined && { wallets }),
      copies: Array.from({ length: quantity }, (_, index) => ({
        issuedOfferId: derivedId('issuedOffer', offerPurchaseId, String(index)),
        code: newOfferCode(),
      })),
      limits: limitsOf(offer, { participantId, listing }),
      ...(operation.actor !== undefined && { actor: operation.actor }),
      requestedAt: now,
      giveUpAt: addMs(now, this.parts.config.purchaseMsMax),
    };
  }
}

type Checked =
  { ok: true; value: Counter; account: AccountSummary } | { ok: false; refused: PurchaseRefused };

function refused(why: PurchaseRefused): { ok: false; refused: PurchaseRefused } {
  return { ok: false, refused: why };
}

const NOTHING = { available: 0, pending: 0, held: 0, total: 0, debt: 0 };
const GONE: PurchaseRefused = { code: 'not_found', detail: 'no such offer in this store' };
const NOBODY: PurchaseRefused = { code: 'participant_not_found', detail: 'no such participant' };
const CLOSED: PurchaseRefused = { code: 'store_closed', detail: 'the store is not open now' };
const NOT_ELIGIBLE: PurchaseRefused = {
  code: 'not_eligible',
  detail: 'the store is not for this participant',
};
const NOT_ISSUABLE: PurchaseRefused = {
  code: 'offer_not_issuable',
  detail: 'the offer is not issued at this time',
};
const OUT_OF_RANGE: PurchaseRefused = {
  code: 'points_out_of_range',
  detail: 'the price of all together is beyond what points can count',
};
const REUSED: PurchaseRefused = {
  code: 'operation_reused',
  detail: 'this key was used for another purchase',
};
