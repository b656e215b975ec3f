import { RestorePoints, RestorePurchaseOfTicket, type Answered } from '@fidelis/contracts';
import { OperationalError } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { moneyUndone, pointsRestored } from '../domain/membership';
import { returnKey, type Redemption } from '../domain/transaction';
import { captureOf, type TicketCompletion } from './complete-ticket';
import type { ReturnStep } from './reverse-awards';
import { publicTicket } from './ticket';

/** Points, and the money that they paid. */
interface Share {
  readonly points: number;
  readonly amount: number;
}

interface Neighbours {
  readonly calls: ServiceCalls;
  readonly completion: TicketCompletion;
}

/**
 * Gives back what paid with points on a ticket that returns: `floor(points × R / T)` and
 * `floor(P × R / T)` in all, less what earlier returns gave back. Answers how many points came back.
 */
export async function restoreRedemption(
  step: ReturnStep,
  { calls, completion }: Neighbours,
): Promise<number> {
  const { ticket } = step.state;
  const { redemption } = ticket;
  if (redemption === undefined) return 0;
  const share = shareOf(step, redemption);
  if (share.points <= 0 && share.amount <= 0) return 0;
  // A crash may have left it unpaid.
  await completion.useWhatItNames(ticket, step.now);
  const answer =
    redemption.kind === 'hold'
      ? await restorePoints(step, { redemption, share, calls })
      : await restorePurchase(step, { redemption, share, calls });
  if (answer.ok) return answer.value.restoredPoints;
  throw new OperationalError(`${step.operationId}: ${answer.refusal.detail}`);
}

interface Restoring {
  readonly redemption: Redemption;
  readonly share: Share;
  readonly calls: ServiceCalls;
}

type Restored = Answered<{ readonly restoredPoints: number }>;

async function restorePoints(
  { state, pending, operationId, now }: ReturnStep,
  { redemption, share, calls }: Restoring,
): Promise<Restored> {
  if (share.points <= 0) return { ok: true, value: { restoredPoints: 0 } };
  return calls.call(RestorePoints, {
    accountId: redemption.accountId,
    spendOperationId: captureOf(state.ticket.ticket),
    points: share.points,
    source: { kind: 'return', id: pending.returnId },
    occurredAt: pending.occurredAt,
    now,
    operation: { id: `${operationId}/restore` },
  });
}

/** The vendor owes the money back, so the purchase is told both. */
async function restorePurchase(
  { state, pending, operationId, now }: ReturnStep,
  { redemption, share, calls }: Restoring,
): Promise<Restored> {
  return calls.call(RestorePurchaseOfTicket, {
    purchaseId: redemption.redemptionId,
    ticket: publicTicket(state.ticket),
    returnId: returnKey(pending),
    ...share,
    now,
    operation: { id: `${operationId}/restore` },
  });
}

/** Where the total is 0 the first return undoes everything; the amounts cannot tell. */
function shareOf({ state, pending }: ReturnStep, { points, amount }: Redemption): Share {
  const { ticket, returned, returns } = state;
  const { total } = ticket;
  const undone = (sum: number): Share => ({
    points: pointsRestored({ total, points }, sum),
    amount: moneyUndone({ total, paidWithPoints: amount }, sum),
  });
  const before = returns.length === 0 ? { points: 0, amount: 0 } : undone(returned);
  const after = undone(returned + pending.amount);
  return { points: after.points - before.points, amount: after.amount - before.amount };
}
