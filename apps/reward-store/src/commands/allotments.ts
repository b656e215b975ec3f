import type { Instant } from '@fidelis/kernel';
import {
  giveBackAllotment,
  remainderOf,
  takeAllotment,
  voidAllotment,
  type AllotmentExhausted,
  type Limit,
} from '../domain/allotment';
import type { DefinedOffer, Listing } from '../domain/offer';
import type { RewardStoreStreams } from '../reward-store.streams';

/** Who takes: the same taker takes once, and gives back once. */
export interface Taking {
  readonly takerId: string;
  readonly quantity: number;
  readonly now: Instant;
}

/** Counters of stock and limits, and the order in which they are taken. */
export class Allotments {
  constructor(private readonly streams: RewardStoreStreams) {}

  async left(limit: Limit): Promise<number> {
    const { state } = await this.streams.allotments.load(limit.allotmentId);
    return remainderOf(limit, state);
  }

  /** The first limit that is too low for `quantity` right now. Takes nothing. */
  async exhausted(
    limits: readonly Limit[],
    quantity: number,
  ): Promise<AllotmentExhausted | undefined> {
    for (const limit of limits) {
      const { state } = await this.streams.allotments.load(limit.allotmentId);
      const decision = takeAllotment({ limit, quantity }, state);
      if (decision.outcome === 'rejected') return decision.rejection;
    }
    return undefined;
  }

  /** All of them or none; whoever was refused once stays refused. */
  async takeAll(limits: readonly Limit[], taking: Taking): Promise<AllotmentExhausted | undefined> {
    const taken: Limit[] = [];
    for (const limit of limits) {
      const exhausted = await this.take(limit, taking);
      if (exhausted !== undefined) {
        await this.giveBackAll(taken, taking);
        return exhausted;
      }
      taken.push(limit);
    }
    return undefined;
  }

  async giveBackAll(limits: readonly Limit[], taking: Taking): Promise<void> {
    for (const limit of limits) await this.giveBack(limit, taking);
  }

  /** Notes what has happened, whatever the limit says: it binds who comes next. */
  async count(
    { allotmentId }: Limit,
    change: 1 | -1,
    { operationId, now }: { readonly operationId: string; readonly now: Instant },
  ): Promise<void> {
    const unlimited: Limit = { allotmentId, max: Number.MAX_SAFE_INTEGER, code: 'limit_reached' };
    const handled = await this.streams.allotments.handle<AllotmentExhausted>({
      id: allotmentId,
      operation: { id: operationId },
      now,
      decide: (state) =>
        change === 1
          ? takeAllotment({ limit: unlimited, quantity: 1 }, state)
          : giveBackAllotment({ quantity: 1 }, state),
    });
    if (handled.outcome !== 'rejected') await handled.durable;
  }

  private async take(limit: Limit, taking: Taking): Promise<AllotmentExhausted | undefined> {
    const { takerId, quantity, now } = taking;
    const { allotments } = this.streams;
    const handled = await allotments.handle<AllotmentExhausted>({
      id: limit.allotmentId,
      operation: { id: takerId },
      now,
      decide: (state) => takeAllotment({ limit, quantity }, state),
    });
    if (handled.outcome === 'accepted') return undefined;
    if (handled.outcome === 'rejected') {
      return { available: 0, requested: quantity, ...handled.rejection, code: limit.code };
    }
    const isTaken = handled.events.some((event) => event.type === 'AllotmentTaken');
    const back = await allotments.findOperation(limit.allotmentId, backOf(takerId));
    if (isTaken && back.length === 0) return undefined;
    const detail = 'it was given back before';
    return { code: limit.code, detail, available: 0, requested: quantity };
  }

  /** Voids a taking that may still be under way elsewhere; gives back one that happened. */
  private async giveBack(limit: Limit, { takerId, quantity, now }: Taking): Promise<void> {
    const { allotments } = this.streams;
    const id = limit.allotmentId;
    const voided = await allotments.handle({
      id,
      operation: { id: takerId },
      now,
      decide: voidAllotment,
    });
    if (voided.outcome !== 'done') return;
    if (!voided.events.some((event) => event.type === 'AllotmentTaken')) return;
    await allotments.handle({
      id,
      operation: { id: backOf(takerId) },
      now,
      decide: (state) => giveBackAllotment({ quantity }, state),
    });
  }
}

/** The least contended counter first: what it refuses never touches the others. */
export function limitsOf(
  offer: DefinedOffer,
  { participantId, listing }: { readonly participantId: string; readonly listing?: Listing },
): readonly Limit[] {
  const { perParticipant, total } = offer.terms.issuance;
  const limits: Limit[] = [];
  if (perParticipant !== undefined) {
    const allotmentId = allotmentIdOf('participant', offer.offerId, participantId);
    limits.push({ allotmentId, max: perParticipant, code: 'limit_reached' });
  }
  const stock = listing === undefined ? undefined : stockLimitOf(offer.offerId, listing);
  if (stock !== undefined) limits.push(stock);
  if (total !== undefined) {
    const allotmentId = allotmentIdOf('total', offer.offerId);
    limits.push({ allotmentId, max: total, code: 'out_of_stock' });
  }
  return limits;
}

/** How often one participant may redeem copies of an offer. */
export function redemptionLimitOf(offer: {
  readonly offerId: string;
  readonly participantId: string;
  readonly perParticipant: number;
}): Limit {
  const allotmentId = allotmentIdOf('redeemed', offer.offerId, offer.participantId);
  return { allotmentId, max: offer.perParticipant, code: 'limit_reached' };
}

/** What a listing may sell; `undefined`: no end of it. */
export function stockLimitOf(offerId: string, listing: Listing): Limit | undefined {
  const { storeId, listingNo, stock } = listing;
  if (stock === undefined) return undefined;
  const allotmentId = allotmentIdOf('stock', storeId, offerId, String(listingNo));
  return { allotmentId, max: stock, code: 'out_of_stock' };
}

function allotmentIdOf(kind: string, ...ids: readonly string[]): string {
  return [kind, ...ids.map((id) => encodeURIComponent(id))].join(':');
}

function backOf(takerId: string): string {
  return `${takerId}:back`;
}
