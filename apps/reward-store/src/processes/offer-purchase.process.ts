import { CaptureHold, HoldPoints, ReleaseHold } from '@fidelis/contracts';
import { addMs, assertInvariant, type Instant } from '@fidelis/kernel';
import type { Schedule, Timer } from '@fidelis/processes';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { Allotments, Taking } from '../commands/allotments';
import { issueOffer } from '../domain/issued-offer';
import {
  nextAction,
  offerPurchaseAggregate,
  recordResult,
  type ActionResult,
  type OfferPurchaseEvent,
  type PurchaseAction,
  type RequestedPurchase,
} from '../domain/offer-purchase';
import type { RewardStoreConfig } from '../reward-store.config';
import type { RewardStoreStreams } from '../reward-store.streams';

/**
 * Drives offer purchases to their end: by the request that began one, and again by the timer, if
 * its process died. Two that drive the same purchase do each step under the same operation ids.
 */
export class OfferPurchases {
  constructor(
    private readonly streams: RewardStoreStreams,
    private readonly allotments: Allotments,
    private readonly options: { readonly calls: ServiceCalls; readonly config: RewardStoreConfig },
  ) {}

  /** Resolves when it is over and durable. `OperationalError`: not yet; the timer goes on. */
  async run(offerPurchaseId: string, now: Instant): Promise<RequestedPurchase> {
    const { offerPurchases } = this.streams;
    let { state } = await offerPurchases.load(offerPurchaseId);
    let durable = Promise.resolve();
    for (;;) {
      assertInvariant(state.stage !== 'none', `no offer purchase ${offerPurchaseId}`);
      const next = nextAction(state, { now });
      if (next === undefined) break;
      const result = await this.act(next, state, now);
      const handled = await offerPurchases.handle({
        id: offerPurchaseId,
        operation: { id: `${offerPurchaseId}:${result.done}` },
        now,
        decide: (purchase) => recordResult({ result, now }, purchase),
      });
      assertInvariant(handled.outcome !== 'rejected', 'a result is never refused');
      ({ state, durable } = handled);
    }
    await durable;
    return state;
  }

  /** Looks again at a purchase that should have ended. */
  timer(): Timer {
    return {
      ...offerPurchaseDue(this.options.config),
      settle: async (offerPurchaseId, now) => {
        await this.run(offerPurchaseId, now);
      },
    };
  }

  private act(
    next: PurchaseAction,
    purchase: RequestedPurchase,
    now: Instant,
  ): Promise<ActionResult> {
    switch (next.action) {
      case 'reserve':
        return this.reserve(purchase, now);
      case 'hold':
        return this.hold(purchase, now);
      case 'spend':
        return this.spend(purchase, { holdId: next.holdId, now });
      case 'issue':
        return this.issue(purchase, now);
      case 'give-up':
        return Promise.resolve(tooLate());
      case 'undo':
        return this.undo(purchase, { holdId: next.holdId, now });
    }
  }

  private async reserve(purchase: RequestedPurchase, now: Instant): Promise<ActionResult> {
    const exhausted = await this.allotments.takeAll(purchase.limits, takingOf(purchase, now));
    if (exhausted === undefined) return { done: 'reserved' };
    return { done: 'refused', refusal: exhausted };
  }

  private async hold(purchase: RequestedPurchase, now: Instant): Promise<ActionResult> {
    const { offerPurchaseId, accountId, points, requestedAt, wallets } = purchase;
    const answer = await this.options.calls.call(HoldPoints, {
      accountId,
      points,
      expiresAt: addMs(requestedAt, this.options.config.holdMs),
      source: { kind: 'offer-purchase', id: offerPurchaseId },
      silent: true,
      ...(wallets !== undefined && { wallets }),
      now,
      operation: operationOf(purchase, 'hold'),
    });
    if (answer.ok) return { done: 'held', holdId: answer.value.holdId };
    return { done: 'refused', refusal: toRefusal(answer.refusal) };
  }

  /** The account decides: a hold that lapsed meanwhile refuses the purchase. */
  private async spend(
    purchase: RequestedPurchase,
    { holdId, now }: { readonly holdId: string; readonly now: Instant },
  ): Promise<ActionResult> {
    const answer = await this.options.calls.call(CaptureHold, {
      holdId,
      source: { kind: 'offer-purchase', id: purchase.offerPurchaseId },
      occurredAt: purchase.requestedAt,
      now,
      operation: operationOf(purchase, 'spend'),
    });
    return answer.ok ? { done: 'spent' } : tooLate();
  }

  private async issue(purchase: RequestedPurchase, now: Instant): Promise<ActionResult> {
    const { offerId, version, terms, participantId, requestedAt } = purchase;
    const reason = { kind: 'purchase', id: purchase.offerPurchaseId } as const;
    for (const { issuedOfferId, code } of purchase.copies) {
      const copy = { issuedOfferId, offerId, version, terms, participantId, code, reason };
      const handled = await this.streams.issuedOffers.handle({
        id: issuedOfferId,
        operation: { id: issuedOfferId },
        now,
        decide: (state) => issueOffer({ ...copy, issuedAt: requestedAt }, state),
      });
      assertInvariant(handled.outcome !== 'rejected', 'what was paid for is issued');
    }
    return { done: 'issued' };
  }

  private async undo(
    purchase: RequestedPurchase,
    { holdId, now }: { readonly holdId: string | undefined; readonly now: Instant },
  ): Promise<ActionResult> {
    if (holdId !== undefined) {
      const operation = operationOf(purchase, 'release');
      await this.options.calls.call(ReleaseHold, { holdId, now, operation });
    }
    await this.allotments.giveBackAll(purchase.limits, takingOf(purchase, now));
    return { done: 'undone' };
  }
}

/** When a purchase that was requested should long have ended. */
export function offerPurchaseDue({ resumeAfterMs }: RewardStoreConfig): Schedule {
  return {
    name: 'offer-purchase-resume',
    categories: [offerPurchaseAggregate.category],
    dueOf: (stored) => {
      const event: { type: string; data: object } = stored;
      if (event.type !== 'OfferPurchaseRequested') return [];
      const { data } = event as Extract<OfferPurchaseEvent, { type: 'OfferPurchaseRequested' }>;
      return [{ id: data.offerPurchaseId, at: addMs(data.requestedAt, resumeAfterMs) }];
    },
  };
}

function takingOf({ offerPurchaseId, quantity }: RequestedPurchase, now: Instant): Taking {
  return { takerId: offerPurchaseId, quantity, now };
}

function operationOf(
  { offerPurchaseId, actor }: RequestedPurchase,
  step: 'hold' | 'spend' | 'release',
): { id: string; actor?: string } {
  return { id: `${offerPurchaseId}:${step}`, ...(actor !== undefined && { actor }) };
}

function toRefusal(refusal: {
  readonly code: string;
  readonly detail: string;
  readonly available?: number;
  readonly requested?: number;
}): Extract<ActionResult, { done: 'refused' }>['refusal'] {
  const { code, detail, available, requested } = refusal;
  return {
    code,
    detail,
    ...(available !== undefined && { available }),
    ...(requested !== undefined && { requested }),
  };
}

function tooLate(): ActionResult {
  const detail = 'the purchase did not end in time; nothing was spent';
  return { done: 'refused', refusal: { code: 'offer_purchase_expired', detail } };
}
