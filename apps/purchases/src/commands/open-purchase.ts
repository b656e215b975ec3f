import { HoldPoints, ReleaseHold, type Answered, type Held } from '@fidelis/contracts';
import type { OperationRef } from '@fidelis/aggregates';
import { derivedId, OperationalError, type Instant, type Eventually } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { requestPurchase, type LivePurchase, type OrderTerms } from '../domain/purchase';
import type { PurchasesStreams } from '../purchases.streams';
import { no, toRefusal, yes } from './answers';
import type { PurchaseDraft } from './purchase-draft';
import { countAgainstLimits, giveLimitsBack } from './vendor-limits';

export interface Opening {
  readonly draft: PurchaseDraft;
  readonly operation: OperationRef;
  readonly expiresAt: Instant;
  /** Internal: until when vendors may answer. */
  readonly answerBy?: Instant;
  readonly now: Instant;
}

interface OrderHold {
  readonly orderId: string;
  readonly holdId: string;
  readonly points: number;
}

/**
 * Holds first, then records: what the account refuses leaves no purchase, and when the account's
 * answer is not known nothing is recorded either (503; the same key again finds the holds that were
 * taken, and holds without a purchase lapse by themselves).
 */
export class OpenPurchase {
  constructor(
    private readonly streams: PurchasesStreams,
    private readonly calls: ServiceCalls,
  ) {}

  /** The purchase that an operation opened before; `undefined`: none. */
  async find(
    purchaseId: string,
    operation: OperationRef,
  ): Promise<Answered<LivePurchase> | undefined> {
    const events = await this.streams.purchases.findOperation(purchaseId, operation.id);
    const [first] = events;
    if (first === undefined) return undefined;
    if (first.metadata.fingerprint !== operation.fingerprint) {
      const detail = 'this key was used for another purchase';
      return no({ code: 'idempotency_key_reused', detail });
    }
    return yes(await this.load(purchaseId));
  }

  async open(opening: Opening): Promise<Answered<LivePurchase>> {
    const { draft, now } = opening;
    const counted = await countAgainstLimits(this.streams, draft, now);
    if (!counted.ok) return counted;
    const held = await this.holdAll(opening);
    if (!held.ok) {
      const { participantId } = draft.buyer;
      await giveLimitsBack(this.streams, { ...draft, participantId }, now);
      return held;
    }
    return this.record(opening, held.value);
  }

  async load(purchaseId: string): Promise<LivePurchase> {
    const { state } = await this.streams.purchases.load(purchaseId);
    if (state.phase === 'absent') throw new OperationalError(`${purchaseId} is not readable yet`);
    return state;
  }

  private async holdAll(opening: Opening): Promise<Answered<readonly OrderHold[]>> {
    const { draft } = opening;
    const holds: OrderHold[] = [];
    let expiresAt = opening.expiresAt;
    for (const order of draft.orders) {
      // A gift needs no hold.
      if (order.points === 0) continue;
      const answer = await this.hold(order, opening);
      if (!answer.ok) {
        await this.releaseAll(holds, opening);
        return no(totalOf(answer.refusal, holds, draft.points));
      }
      const { holdId, points } = answer.value;
      if (answer.value.expiresAt < expiresAt) expiresAt = answer.value.expiresAt;
      holds.push({ orderId: order.orderId, holdId, points });
    }
    // Found from an earlier attempt of this very request: at other prices, or lapsed since.
    const stale = holds.some(({ orderId, points }) =>
      draft.orders.some((order) => order.orderId === orderId && order.points !== points),
    );
    if (!stale && expiresAt > opening.now) return yes(holds);
    await this.releaseAll(holds, opening);
    return no({
      code: stale ? 'price_or_stock_changed' : 'purchase_expired',
      detail: 'what the first attempt of this request held is outdated; use a new key',
    });
  }

  private hold(order: OrderTerms, opening: Opening): Eventually<Answered<Held>> {
    const { draft, operation, expiresAt, now } = opening;
    return this.calls.call(HoldPoints, {
      accountId: draft.buyer.account.accountId,
      points: order.points,
      expiresAt,
      source: { kind: 'purchase', id: draft.purchaseId },
      reference: draft.reference ?? order.orderId,
      now,
      operation: {
        id: derivedId('purchase-hold', order.orderId),
        ...(operation.fingerprint !== undefined && { fingerprint: operation.fingerprint }),
        ...(operation.actor !== undefined && { actor: operation.actor }),
      },
    });
  }

  private async releaseAll(holds: readonly OrderHold[], { now }: Opening): Promise<void> {
    for (const { orderId, holdId } of holds) {
      const operation = { id: derivedId('purchase-release', orderId) };
      await this.calls.call(ReleaseHold, { holdId, now, operation });
    }
  }

  private async record(
    { draft, operation, expiresAt, answerBy, now }: Opening,
    holds: readonly OrderHold[],
  ): Promise<Answered<LivePurchase>> {
    const { buyer, vendors: _vendors, ...details } = draft;
    const { accountId, programId, terms } = buyer.account;
    const handled = await this.streams.purchases.handle({
      id: draft.purchaseId,
      operation,
      now,
      decide: (purchase) =>
        requestPurchase(
          {
            ...details,
            participantId: buyer.participantId,
            accountId,
            programId,
            currency: terms.currency,
            authorizationId: derivedId('authorization', draft.purchaseId),
            holds,
            expiresAt,
            ...(answerBy !== undefined && { answerBy }),
            now,
          },
          purchase,
        ),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return yes(await this.load(draft.purchaseId));
  }
}

/** The client asked for all orders together, so that is what it is told. */
function totalOf(
  refusal: { readonly code: string; readonly detail: string; readonly available?: number },
  held: readonly OrderHold[],
  requested: number,
): { code: string; detail: string; available?: number; requested?: number } {
  if (refusal.available === undefined) return refusal;
  const before = held.reduce((sum, { points }) => sum + points, 0);
  return { ...refusal, available: refusal.available + before, requested };
}
