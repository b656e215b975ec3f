import type { OperationRef } from '@fidelis/aggregates';
import type { Answered } from '@fidelis/contracts';
import { newId, type Instant } from '@fidelis/kernel';
import {
  reverseOrder,
  type LivePurchase,
  type Purchase,
  type Reversal,
  type ReverseOrder,
} from '../domain/purchase';
import type { PurchaseProcess } from '../processes/purchase.process';
import type { PurchasesStreams } from '../purchases.streams';
import { no, toRefusal, yes } from './answers';

export interface ReversalDone {
  /** `false`: the same reversal was done before. */
  readonly created: boolean;
  readonly purchase: LivePurchase;
  readonly reversal: Reversal;
}

/** Gives an order's points back, wholly or in part, after it was confirmed. */
export class ReverseOrderCommand {
  constructor(
    private readonly streams: PurchasesStreams,
    private readonly process: PurchaseProcess,
  ) {}

  async reverse(
    purchaseId: string,
    command: ReverseOrder,
    operation: Pick<OperationRef, 'actor'>,
  ): Promise<Answered<ReversalDone>> {
    const { now } = command;
    // The reversal's own id makes it idempotent, for as long as it stands.
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      operation: { ...operation, id: newId() },
      now,
      decide: (purchase) => reverseOrder(command, purchase),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    const created = handled.outcome === 'accepted';
    return this.settled(await this.process.advance(purchaseId, now), command, created);
  }

  private settled(
    purchase: Purchase,
    command: { readonly orderId: string; readonly reversalId: string; readonly now: Instant },
    created: boolean,
  ): Answered<ReversalDone> {
    const reversal = find(purchase, command);
    if (purchase.phase === 'absent' || reversal === undefined) {
      const detail = 'the account refused to restore the points';
      return no({ code: 'reversal_refused', detail });
    }
    return yes({ created, purchase, reversal });
  }
}

function find(
  purchase: Purchase,
  { orderId, reversalId }: { readonly orderId: string; readonly reversalId: string },
): Reversal | undefined {
  if (purchase.phase === 'absent') return undefined;
  return purchase.orders
    .find((order) => order.orderId === orderId)
    ?.reversals.find((reversal) => reversal.reversalId === reversalId);
}
