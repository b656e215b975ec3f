import type { RecordedEvent } from '@fidelis/event-store';
import { publicMessages } from '@fidelis/messaging';
import { purchasesPublisher } from './purchases.publisher';

const AT = '2026-11-23T10:00:00.000Z';
const payer = { accountId: 'a1', programId: 'club', currency: 'EUR' };
const paid = {
  orderId: 'p1.1',
  vendorId: 'shop',
  points: 23,
  amount: 2250,
  commission: 225,
  operationId: 'op-1',
};

function published(type: string, data: object): readonly object[] {
  const event = {
    id: 'e1',
    type,
    data,
    stream: 'purchase-p1',
    category: 'purchase',
    revision: 3,
    position: 9,
    metadata: { recordedAt: AT, operationId: 'op' },
  } as unknown as RecordedEvent;
  return publicMessages(purchasesPublisher, event).map((message) => ({
    type: message.type,
    key: message.key,
    data: message.data,
  }));
}

describe('what purchases publish', () => {
  it('is one order request per vendor', () => {
    const order = {
      orderId: 'p1.1',
      vendorId: 'shop',
      items: [{ sku: 'lamp', quantity: 5, price: 400, name: 'Lamp' }],
      shippingAmount: 250,
      points: 23,
      amount: 2250,
      rate: { points: 1, worth: 100 },
      commissionBps: 1000,
    };
    const answerBy = '2026-11-23T10:10:00.000Z';
    expect(
      published('OrdersPlaced', { orders: [order], currency: 'EUR', answerBy, at: AT }),
    ).toEqual([
      {
        type: 'purchases.order-requested.v1',
        key: 'p1',
        data: {
          purchaseId: 'p1',
          orderId: 'p1.1',
          vendorId: 'shop',
          items: [{ sku: 'lamp', quantity: 5 }],
          amount: 2250,
          shippingAmount: 250,
          currency: 'EUR',
          requestedAt: AT,
          answerBy,
        },
      },
    ]);
  });

  it('is what a vendor is owed, once the account has debited', () => {
    const settled = {
      purchaseId: 'p1',
      accountId: 'a1',
      programId: 'club',
      orders: [
        {
          orderId: 'p1.1',
          vendorId: 'shop',
          points: 23,
          amount: 2250,
          currency: 'EUR',
          commission: 225,
        },
      ],
      settledAt: AT,
    };
    const type = 'purchases.purchase-settled.v1';
    const confirmed = { points: 23, amount: 2250, orders: [paid], payer, at: AT };
    expect(published('PurchaseConfirmed', confirmed)).toEqual([{ type, key: 'p1', data: settled }]);
    expect(published('LateOrderCaptured', { ...paid, payer, at: AT })).toEqual([
      { type, key: 'p1', data: { ...settled, exception: 'late-acceptance' } },
    ]);
  });

  it('is what comes back from a vendor', () => {
    const reversed = {
      reversalId: 'r1',
      orderId: 'p1.1',
      vendorId: 'shop',
      payer,
      restoredPoints: 12,
      restoredAmount: 1200,
      declined: false,
      at: AT,
    };
    expect(published('OrderReversed', reversed)).toEqual([
      {
        type: 'purchases.order-reversed.v1',
        key: 'p1',
        data: {
          purchaseId: 'p1',
          orderId: 'p1.1',
          vendorId: 'shop',
          accountId: 'a1',
          programId: 'club',
          reversalId: 'r1',
          points: 12,
          amount: 1200,
          currency: 'EUR',
          reversedAt: AT,
        },
      },
    ]);
  });

  it('is the wish to cancel an order, and nothing of what is private', () => {
    const wish = { orderId: 'p1.1', vendorId: 'shop', reason: 'no-answer-in-time', at: AT };
    expect(published('OrderCancellationRequested', wish)).toEqual([
      {
        type: 'purchases.order-cancellation-requested.v1',
        key: 'p1',
        data: { purchaseId: 'p1', orderId: 'p1.1', vendorId: 'shop' },
      },
    ]);
    expect(published('ConfirmationRequested', { at: AT })).toEqual([]);
  });
});
