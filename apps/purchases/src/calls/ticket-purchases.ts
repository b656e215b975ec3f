import {
  ConfirmPurchaseForTicket,
  FreePurchaseOfTicket,
  GetShippingAddress,
  ReservePurchaseForTicket,
  RestorePurchaseOfTicket,
  type Answered,
  type RedeemablePurchase,
  type RedeemPurchaseRequest,
  type RestoredToPurchase,
  type RestorePurchaseRequest,
} from '@fidelis/contracts';
import { derivedId, newId } from '@fidelis/kernel';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import { no, toRefusal, yes } from '../commands/answers';
import {
  confirmPurchase,
  freeFromTicket,
  reserveForTicket,
  reverseForTicket,
  type LivePurchase,
  type Purchase,
} from '../domain/purchase';
import type { PurchaseProcess } from '../processes/purchase.process';
import type { PurchasesStreams } from '../purchases.streams';
import type { ShippingAddresses } from '../shipping/shipping-addresses';

/** Tickets that are paid with a purchase that was authorized before. */
export class TicketPurchases {
  constructor(
    private readonly streams: PurchasesStreams,
    private readonly process: PurchaseProcess,
  ) {}

  async reserve(request: RedeemPurchaseRequest): Promise<Answered<RedeemablePurchase>> {
    const { purchaseId, now } = request;
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      operation: operationOf(request, 'reserve'),
      now,
      decide: (purchase) => reserveForTicket(request, purchase),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return redeemable(handled.state);
  }

  /** The ticket is recorded: this always succeeds for what it had reserved. */
  async confirm(request: RedeemPurchaseRequest): Promise<Answered<RedeemablePurchase>> {
    const { purchaseId, ticket, now } = request;
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      operation: operationOf(request, 'confirm'),
      now,
      decide: (purchase) => confirmPurchase({ ticket, now }, purchase),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return redeemable(await this.process.advance(purchaseId, now));
  }

  async free(request: RedeemPurchaseRequest): Promise<Answered<{ readonly purchaseId: string }>> {
    const { purchaseId, now } = request;
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      operation: operationOf(request, 'free'),
      now,
      decide: (purchase) => freeFromTicket(request, purchase),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return yes({ purchaseId });
  }

  /** The ticket was recorded and comes back: what the account declines stays with the vendor. */
  async restore(request: RestorePurchaseRequest): Promise<Answered<RestoredToPurchase>> {
    const { purchaseId, ticket, returnId, points, amount, operation, now } = request;
    const reversalId = derivedId('ticket-return', ticket, returnId);
    const reason = { code: 'ticket_returned', text: returnId };
    const handled = await this.streams.purchases.handle({
      id: purchaseId,
      // The reversal's own id makes it idempotent.
      operation: { ...operation, id: newId() },
      now,
      decide: (purchase) =>
        reverseForTicket({ ticket, reversalId, points, amount, reason, now }, purchase),
    });
    if (handled.outcome === 'rejected') return no(toRefusal(handled.rejection));
    await handled.durable;
    return yes(restoredOf(await this.process.advance(purchaseId, now), reversalId));
  }
}

export function answersOf(
  tickets: TicketPurchases,
  shipping: ShippingAddresses,
): readonly AnsweredCall[] {
  return [
    answering(ReservePurchaseForTicket, (request) => tickets.reserve(request)),
    answering(ConfirmPurchaseForTicket, (request) => tickets.confirm(request)),
    answering(FreePurchaseOfTicket, (request) => tickets.free(request)),
    answering(RestorePurchaseOfTicket, (request) => tickets.restore(request)),
    answering(GetShippingAddress, ({ purchaseId }) => shipping.find(purchaseId)),
  ];
}

/** One caller may use one operation id for all three steps. */
function operationOf({ operation, ticket }: RedeemPurchaseRequest, step: string) {
  return { ...operation, id: derivedId('ticket-purchase', operation.id, ticket, step) };
}

function restoredOf(purchase: Purchase, reversalId: string): RestoredToPurchase {
  const orders = purchase.phase === 'absent' ? [] : purchase.orders;
  const reversals = orders
    .flatMap((order) => order.reversals)
    .filter((reversal) => reversal.reversalId === reversalId && reversal.status === 'done');
  return {
    restoredPoints: reversals.reduce((sum, reversal) => sum + reversal.restoredPoints, 0),
    restoredAmount: reversals.reduce((sum, { amount }) => sum + amount, 0),
  };
}

function redeemable(purchase: Purchase): Answered<RedeemablePurchase> {
  if (purchase.phase === 'absent') return no({ code: 'not_found', detail: 'no such purchase' });
  return yes(toRedeemable(purchase));
}

function toRedeemable(purchase: LivePurchase): RedeemablePurchase {
  const { purchaseId, accountId, points, amount, currency } = purchase;
  return { purchaseId, accountId, points, amount, currency };
}
