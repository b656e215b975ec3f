import { OrderCancellationRequestedV1, OrderRequestedV1 } from '@fidelis/contracts';
import { takeGoldens } from '@fidelis/testing/golden';
import { startVendors } from './vendors-app';

it('the golden messages of purchases place an order and cancel it', async () => {
  const app = await startVendors();
  const shop = { id: 'shop', name: 'Shop', kind: 'portfolio', adapter: { type: 'sandbox' } };
  expect((await app.send('POST', '/vendors', { body: shop })).status).toBe(201);
  const contracts = [OrderRequestedV1, OrderCancellationRequestedV1];
  expect(await takeGoldens(app.bus, contracts)).toEqual([]);
  const events = await app.eventStore.readAll({ after: -1 });
  expect(events.filter(({ stream }) => stream === 'vendorOrder-p1.1')[0]).toMatchObject({
    type: 'OrderReceived',
    data: { items: [{ sku: 'lamp', quantity: 5 }], amount: 2_250 },
  });
  expect(app.errors).toEqual([]);
  await app.close();
});
