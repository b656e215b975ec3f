import {
  OrderCancellationRequestedV1,
  OrderRequestedV1,
  OrderReversedV1,
  PurchaseSettledV1,
} from '@fidelis/contracts';
import { describeGoldens } from '@fidelis/testing/golden';
import type { PurchaseEvent } from '../domain/purchase';
import { purchasesPublisher } from './purchases.publisher';

const at = '2026-11-22T10:00:00.000Z';
const payer = { accountId: 'acc', programId: 'club', currency: 'EUR' };
const share = {
  orderId: 'p1.1',
  vendorId: 'shop',
  points: 23,
  amount: 2_250,
  commission: 225,
  operationId: 'op-1',
};

const placed: PurchaseEvent = {
  type: 'OrdersPlaced',
  data: {
    orders: [
      {
        orderId: 'p1.1',
        vendorId: 'shop',
        items: [{ sku: 'lamp', quantity: 5, price: 400 }],
        shippingAmount: 250,
        points: 23,
        amount: 2_250,
        rate: { points: 1, worth: 100 },
        commissionBps: 1_000,
      },
    ],
    currency: 'EUR',
    answerBy: '2026-11-22T10:10:00.000Z',
    at,
  },
};
const cancelling: PurchaseEvent = {
  type: 'OrderCancellationRequested',
  data: { orderId: 'p1.1', vendorId: 'shop', reason: 'no-answer-in-time', at },
};
const late: PurchaseEvent = { type: 'LateOrderCaptured', data: { ...share, payer, at } };
const reversed: PurchaseEvent = {
  type: 'OrderReversed',
  data: {
    reversalId: 'r1',
    orderId: 'p1.1',
    vendorId: 'shop',
    payer,
    restoredPoints: 10,
    restoredAmount: 978,
    declined: false,
    at,
  },
};

const stream = 'purchase-p1';
describeGoldens(purchasesPublisher, [
  { contract: OrderRequestedV1, stream, revision: 2, event: placed },
  { contract: OrderCancellationRequestedV1, stream, revision: 3, event: cancelling },
  { contract: PurchaseSettledV1, stream, revision: 5, event: late },
  { contract: OrderReversedV1, stream, revision: 7, event: reversed },
]);
