import {
  accepted,
  assertInvariant,
  assertNever,
  type Decision,
  type Instant,
} from '@fidelis/kernel';
import type {
  OfferPurchaseCompleted,
  OfferPurchaseEvent,
  OfferPurchaseRequested,
  Refusal,
} from './offer-purchase.events';
import type { OfferPurchase, RequestedPurchase } from './offer-purchase.state';

/**
 * What has to be done next; `undefined`: nothing, it is over. Every action is safe to repeat, so a
 * crash between an action and its record only repeats the action.
 */
export type PurchaseAction =
  | { readonly action: 'reserve' }
  | { readonly action: 'hold' }
  | { readonly action: 'spend'; readonly holdId: string }
  | { readonly action: 'issue' }
  | { readonly action: 'give-up' }
  | { readonly action: 'undo'; readonly holdId?: string | undefined };

export function nextAction(
  purchase: OfferPurchase,
  { now }: { readonly now: Instant },
): PurchaseAction | undefined {
  switch (purchase.stage) {
    case 'none':
    case 'completed':
    case 'undone':
      return undefined;
    case 'requested':
      return inTime(purchase, now, { action: 'reserve' });
    case 'reserved':
      return purchase.points === 0
        ? { action: 'issue' }
        : inTime(purchase, now, { action: 'hold' });
    case 'held':
      // However late: only the account knows whether it was spent before a crash.
      return { action: 'spend', holdId: heldBy(purchase) };
    case 'spent':
      return { action: 'issue' };
    case 'refused':
      return { action: 'undo', holdId: purchase.holdId };
    default:
      return assertNever(purchase);
  }
}

function inTime(
  { giveUpAt }: RequestedPurchase,
  now: Instant,
  action: PurchaseAction,
): PurchaseAction {
  return now < giveUpAt ? action : { action: 'give-up' };
}

export function requestPurchase(
  data: OfferPurchaseRequested['data'],
  purchase: OfferPurchase,
): Decision<OfferPurchaseRequested> {
  if (purchase.stage !== 'none') return accepted();
  return accepted({ type: 'OfferPurchaseRequested', data });
}

/** How an action ended. */
export type ActionResult =
  | { readonly done: 'reserved' }
  | { readonly done: 'held'; readonly holdId: string }
  | { readonly done: 'spent' }
  | { readonly done: 'issued' }
  | { readonly done: 'refused'; readonly refusal: Refusal }
  | { readonly done: 'undone' };

/** From which stages a result leads on; from any other it was recorded before, by somebody else. */
const STAGES: Record<ActionResult['done'], readonly OfferPurchase['stage'][]> = {
  reserved: ['requested'],
  held: ['reserved'],
  spent: ['held'],
  issued: ['spent', 'reserved'],
  refused: ['requested', 'reserved', 'held'],
  undone: ['refused'],
};

export function recordResult(
  { result, now }: { readonly result: ActionResult; readonly now: Instant },
  purchase: OfferPurchase,
): Decision<OfferPurchaseEvent> {
  if (purchase.stage === 'none' || !STAGES[result.done].includes(purchase.stage)) return accepted();
  switch (result.done) {
    case 'reserved':
      return accepted({ type: 'OffersReserved', data: {} });
    case 'held':
      return accepted({ type: 'PointsHeld', data: { holdId: result.holdId } });
    case 'spent':
      return accepted({ type: 'PointsSpent', data: { spentAt: now } });
    case 'issued':
      return accepted(completed(purchase, now));
    case 'refused':
      return accepted({
        type: 'OfferPurchaseRefused',
        data: { refusal: result.refusal, refusedAt: now },
      });
    case 'undone':
      return accepted({ type: 'OfferPurchaseUndone', data: {} });
    default:
      return assertNever(result);
  }
}

function completed(purchase: RequestedPurchase, now: Instant): OfferPurchaseCompleted {
  const { offerPurchaseId, participantId, accountId, programId } = purchase;
  const { storeId, offerId, version, quantity, points, copies } = purchase;
  return {
    type: 'OfferPurchaseCompleted',
    data: {
      offerPurchaseId,
      participantId,
      accountId,
      programId,
      storeId,
      offerId,
      version,
      quantity,
      points,
      issuedOfferIds: copies.map((copy) => copy.issuedOfferId),
      completedAt: now,
    },
  };
}

function heldBy(purchase: RequestedPurchase): string {
  assertInvariant(purchase.holdId !== undefined, 'points are held without a hold');
  return purchase.holdId;
}
