import { CaptureHold, ReleaseHold, RestorePoints } from '@fidelis/contracts';
import {
  assertNever,
  derivedId,
  newId,
  OperationalError,
  type Decision,
  type Instant,
} from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import {
  delaySettlement,
  expirePurchase,
  giveUpOnOrders,
  nextAction,
  recordCaptured,
  recordLapsed,
  recordLateCapture,
  recordReleased,
  recordRestored,
  recordReversalRefused,
  type Capture,
  type LivePurchase,
  type Purchase,
  type PurchaseAction,
  type PurchaseEvent,
} from '../domain/purchase';
import { requireDone } from '../commands/answers';
import type { PurchasesStreams } from '../purchases.streams';

/** More than any purchase needs: a loop that does not end is a defect, not a wait. */
const STEPS_MAX = 200;

const REASON_LENGTH_MAX = 300;

type Act<Name extends PurchaseAction['action']> = Extract<PurchaseAction, { action: Name }>;

/**
 * Carries purchases on, after every command and every event, until they wait for somebody. What it
 * asks of the account is idempotent by operation ids derived from the purchase, so it may run twice
 * at once and again after a crash.
 */
export class PurchaseProcess {
  constructor(
    private readonly streams: PurchasesStreams,
    private readonly calls: ServiceCalls,
  ) {}

  /** Throws `OperationalError` when the account cannot be asked: ask again later. */
  async advance(purchaseId: string, now: Instant): Promise<Purchase> {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const { state } = await this.streams.purchases.load(purchaseId);
      const action = nextAction(state, now);
      if (state.phase === 'absent' || action.action === 'none' || action.action === 'wait') {
        return state;
      }
      await this.perform(action, state, now);
    }
    throw new OperationalError(`${purchaseId} did not settle in ${STEPS_MAX} steps`);
  }

  /**
   * The same for those who cannot answer 503: what fails for now is tried again by the timer, this
   * purchase alone.
   */
  async advanceOrDelay(purchaseId: string, now: Instant): Promise<void> {
    try {
      await this.advance(purchaseId, now);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      const { state } = await this.streams.purchases.load(purchaseId);
      if (state.phase === 'absent') return;
      const attempt = state.delays + 1;
      const reason = error.message.slice(0, REASON_LENGTH_MAX);
      await this.record(state, { op: newId(), now }, (purchase) =>
        delaySettlement({ attempt, reason, now }, purchase),
      );
    }
  }

  private perform(
    action: Exclude<PurchaseAction, { action: 'none' | 'wait' }>,
    purchase: LivePurchase,
    now: Instant,
  ): Promise<void> {
    switch (action.action) {
      case 'capture':
        return this.capture(action, purchase, now);
      case 'release':
        return this.release(action, purchase, now);
      case 'capture-late':
        return this.captureLate(action, purchase, now);
      case 'restore':
        return this.restore(action, purchase, now);
      case 'expire':
        return this.record(purchase, { op: 'expired', now }, (state) =>
          expirePurchase({ now }, state),
        );
      case 'give-up-on-orders':
        return this.record(purchase, { op: 'give-up', now }, (state) =>
          giveUpOnOrders({ now }, state),
        );
      default:
        return assertNever(action);
    }
  }

  private async capture(
    { captures, releases, force }: Act<'capture'>,
    purchase: LivePurchase,
    now: Instant,
  ): Promise<void> {
    const operationIds = new Map<string, string>();
    for (const capture of captures) {
      const operationId = derivedId('purchase-capture', capture.orderId);
      operationIds.set(capture.orderId, operationId);
      const captured = await this.debit(capture, purchase, { operationId, force, now });
      if (captured) continue;
      await this.record(purchase, { op: 'lapsed', now }, (state) => recordLapsed({ now }, state));
      return;
    }
    await this.releaseAll(releases, now);
    await this.record(purchase, { op: 'captured', now }, (state) =>
      recordCaptured({ operationIds, now }, state),
    );
  }

  /** `false`: the hold has lapsed (never when forced). */
  private async debit(
    { holdId, points, amount }: Capture,
    { purchaseId }: LivePurchase,
    how: { readonly operationId: string; readonly force: boolean; readonly now: Instant },
  ): Promise<boolean> {
    if (points === 0) return true;
    const { operationId, force, now } = how;
    const answer = await this.calls.call(CaptureHold, {
      holdId,
      points,
      force,
      source: { kind: 'purchase', id: purchaseId },
      occurredAt: now,
      purchaseAmount: amount,
      now,
      operation: { id: operationId },
    });
    if (answer.ok) return true;
    if (!force) return false;
    throw new OperationalError(`forced capture of ${holdId}: ${answer.refusal.detail}`);
  }

  private async release(
    { holdIds }: Act<'release'>,
    purchase: LivePurchase,
    now: Instant,
  ): Promise<void> {
    await this.releaseAll(holdIds, now);
    await this.record(purchase, { op: 'released', now }, (state) => recordReleased({ now }, state));
  }

  /** A hold that lapsed or was released already answers no; either way nothing is held. */
  private async releaseAll(holdIds: readonly string[], now: Instant): Promise<void> {
    for (const holdId of holdIds) {
      if (holdId === '') continue;
      const operation = { id: derivedId('purchase-release', holdId) };
      await this.calls.call(ReleaseHold, { holdId, now, operation });
    }
  }

  private async captureLate(
    { capture }: Act<'capture-late'>,
    purchase: LivePurchase,
    now: Instant,
  ): Promise<void> {
    const { orderId } = capture;
    const operationId = derivedId('purchase-capture', orderId);
    await this.debit(capture, purchase, { operationId, force: true, now });
    await this.record(purchase, { op: `late:${orderId}`, now }, (state) =>
      recordLateCapture({ orderId, operationId, now }, state),
    );
  }

  private async restore(
    { accountId, orderId, paidBy, reversal }: Act<'restore'>,
    purchase: LivePurchase,
    now: Instant,
  ): Promise<void> {
    const { reversalId, points, requestedAt } = reversal;
    const op = { op: `reversed:${orderId}:${reversalId}:${requestedAt}`, now };
    const done = { reversalId, orderId, restoredPoints: 0, declined: false, now };
    if (points === 0) {
      await this.record(purchase, op, (state) => recordRestored(done, state));
      return;
    }
    const answer = await this.calls.call(RestorePoints, {
      accountId,
      spendOperationId: paidBy,
      points,
      source: { kind: 'reversal', id: reversalId },
      occurredAt: requestedAt,
      now,
      operation: { id: derivedId('purchase-restore', orderId, reversalId, requestedAt) },
    });
    await this.record(purchase, op, (state) => {
      if (!answer.ok) {
        const { code } = answer.refusal;
        return recordReversalRefused({ reversalId, orderId, code, now }, state);
      }
      const { restoredPoints, declined = false } = answer.value;
      return recordRestored({ ...done, restoredPoints, declined }, state);
    });
  }

  private async record(
    { purchaseId }: LivePurchase,
    { op, now }: { readonly op: string; readonly now: Instant },
    decide: (purchase: Purchase) => Decision<PurchaseEvent>,
  ): Promise<void> {
    const operation = { id: derivedId('purchase', purchaseId, op) };
    await requireDone(
      await this.streams.purchases.handle({ id: purchaseId, operation, now, decide }),
    );
  }
}
