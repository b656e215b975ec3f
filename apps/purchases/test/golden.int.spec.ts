import { OrderAnsweredV1 } from '@fidelis/contracts';
import { derivedId } from '@fidelis/kernel';
import { takeGoldens } from '@fidelis/testing/golden';
import { requestPurchase, type RequestPurchase } from '../src/domain/purchase';
import { PurchasesStreams } from '../src/purchases.streams';
import { startPurchases } from './purchases-app';

/** The purchase that the golden answer of a vendor speaks of. */
const request: RequestPurchase = {
  purchaseId: 'p1',
  kind: 'internal',
  participantId: 'ana',
  accountId: 'acc',
  programId: 'club',
  currency: 'EUR',
  points: 23,
  amount: 2_250,
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
  onPartialFailure: 'accept',
  authorizationId: 'auth-1',
  holds: [{ orderId: 'p1.1', holdId: 'h1', points: 23 }],
  expiresAt: '2026-11-23T11:00:00.000Z',
  answerBy: '2026-11-23T10:10:00.000Z',
  now: '2026-11-23T10:00:00.000Z',
};

it('the golden answer of a vendor ends its order', async () => {
  const app = await startPurchases();
  // Nobody else answers this order.
  app.vendors.answers.clear();
  const streams = new PurchasesStreams(app.eventStore);
  const handled = await streams.purchases.handle({
    id: 'p1',
    operation: { id: derivedId('test') },
    now: request.now,
    decide: (purchase) => requestPurchase(request, purchase),
  });
  expect(handled.outcome).toBe('accepted');
  expect(await takeGoldens(app.bus, [OrderAnsweredV1])).toEqual([]);
  const purchase = await app.until('p1', ({ orders }) => orders[0].status === 'refused');
  expect(purchase.orders).toMatchObject([{ orderId: 'p1.1', vendorId: 'shop' }]);
  await app.close();
});
