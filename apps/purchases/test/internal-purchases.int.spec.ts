import { GetShippingAddress } from '@fidelis/contracts';
import { MINUTE, startPurchases, type TestApp } from './purchases-app';

let test: TestApp;

beforeEach(async () => {
  process.env['FIDELIS_PURCHASE_WAIT_MS'] = '300';
  test = await startPurchases();
  test.accounts.register('anna', 100);
});

afterEach(async () => {
  delete process.env['FIDELIS_PURCHASE_WAIT_MS'];
  expect(test.errors).toEqual([]);
  await test.close();
});

// A lamp costs 4.00, which is 4 points.
const shop = { vendorId: 'shop', items: [{ sku: 'lamp', quantity: 5 }], shippingAmount: 250 };
const lamps = { vendorId: 'lamps', items: [{ sku: 'lamp', quantity: 10 }] };

const buy = (body: object = {}, more: object = {}) =>
  test.send('POST', '/purchases', {
    body: { participantId: 'anna', orders: [shop], ...body },
    ...more,
  });

describe('buying at portfolio vendors', () => {
  it('holds, orders, and captures when the vendor accepts', async () => {
    const { status, body } = await buy();
    expect(status).toBe(201);
    // 5 × 4.00 + 2.50 shipping = 22.50: 22.5 points
    expect(body).toMatchObject({
      kind: 'internal',
      status: 'confirmed',
      points: 23,
      amount: 2250,
      currency: 'EUR',
    });
    const [order] = body.orders;
    expect(order).toMatchObject({ status: 'confirmed', points: 23, amount: 2250 });
    expect(order.vendorOrderId).toBe(`V-${order.orderId}`);
    expect(test.vendors.orders).toMatchObject([
      { orderId: order.orderId, items: [{ sku: 'lamp', quantity: 5 }], amount: 2250 },
    ]);
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([77, 0]);
  });

  it('orders once, however often the request comes', async () => {
    const answers = [await buy({}, { key: 'k' }), await buy({}, { key: 'k' })];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(test.vendors.orders).toHaveLength(1);
  });

  it('is refused at once without enough points, and nobody is asked', async () => {
    const { status, body } = await buy({ orders: [shop, { ...lamps, items: many(20) }] });
    expect([status, body.code]).toEqual([409, 'insufficient_points']);
    // 22.50 + 80.00 = 102.50: 102.5 points
    expect(body).toMatchObject({ available: 100, requested: 103 });
    expect(test.accounts.held('anna')).toBe(0);
    expect(test.accounts.available.get('anna')).toBe(100);
    expect(test.vendors.orders).toEqual([]);
  });

  it('is refused for unknown products, external vendors and two orders at one', async () => {
    const sofa = { vendorId: 'shop', items: [{ sku: 'sofa', quantity: 1 }] };
    expect((await buy({ orders: [sofa] })).body.code).toBe('unknown_sku');
    const partner = { vendorId: 'partner', items: [{ sku: 'lamp', quantity: 1 }] };
    expect((await buy({ orders: [partner] })).body.code).toBe('vendor_not_portfolio');
    expect((await buy({ orders: [shop, shop] })).body.code).toBe('duplicate_vendor');
    expect((await buy({ orders: [] })).status).toBe(400);
  });

  it('is refused when it costs more money than can be counted, at whatever rates', async () => {
    const terms = { name: 'Dear', kind: 'portfolio', commissionBps: 0 } as const;
    test.vendors.register({ ...terms, vendorId: 'dear', conversion: { points: 1, worth: 200 } });
    // 5 × 10^15 twice are 10^16, which 2^53 - 1 is not; as points they are 7.5 × 10^13.
    const shippingAmount = 5_000_000_000_000_000;
    const dear = { ...lamps, vendorId: 'dear', shippingAmount };
    const { status, body } = await buy({ orders: [{ ...shop, shippingAmount }, dear] });
    expect([status, body.code]).toEqual([422, 'amount_out_of_range']);
  });

  it('answers 202 while the vendor thinks, and settles when it has spoken', async () => {
    test.vendors.answers.delete('shop');
    const { status, body } = await buy();
    expect([status, body.status]).toEqual([202, 'authorized']);
    expect(body.orders[0].status).toBe('requested');
    test.vendors.say({ purchaseId: body.purchaseId, ...body.orders[0] }, 'accepted');
    await test.until(body.purchaseId, (purchase) => purchase.status === 'confirmed');
    expect(test.accounts.available.get('anna')).toBe(77);
  });

  it('fails when the vendor refuses: the points are free again', async () => {
    test.vendors.answers.set('shop', 'refused');
    const { status, body } = await buy();
    expect([status, body.status, body.orders[0].status]).toEqual([201, 'failed', 'refused']);
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([100, 0]);
  });

  it('captures the accepted part when the client accepts that', async () => {
    test.vendors.answers.set('shop', 'refused');
    const { body } = await buy({ orders: [shop, lamps], onPartialFailure: 'accept' });
    // 22.50 + 40.00 = 62.50: 63 points, split 22.68 and 40.32 into 23 and 40
    expect(body).toMatchObject({ status: 'confirmed', points: 40, amount: 4000 });
    expect(statuses(body)).toEqual(['refused', 'confirmed']);
    expect([test.accounts.available.get('anna'), test.accounts.held('anna')]).toEqual([60, 0]);
  });

  it('takes the accepted part back when the client wants all or nothing', async () => {
    test.vendors.answers.set('shop', 'refused');
    const { body } = await buy({ orders: [shop, lamps], onPartialFailure: 'cancel' });
    expect(body.status).toBe('cancelled');
    expect(test.accounts.available.get('anna')).toBe(100);
    const lampsOrder = body.orders[1];
    await test.until(body.purchaseId, () => test.vendors.cancellations.length === 1);
    expect(test.vendors.cancellations).toEqual([lampsOrder.orderId]);
    test.vendors.say({ purchaseId: body.purchaseId, ...lampsOrder }, 'cancelled');
    await test.until(body.purchaseId, (purchase) => purchase.orders[1].status === 'cancelled');
  });

  it('gives up on a silent vendor at the limit: cancelled there, released here', async () => {
    test.vendors.answers.delete('shop');
    const { body } = await buy();
    await test.pass(10 * MINUTE);
    const failed = await test.until(body.purchaseId, ({ status }) => status === 'failed');
    expect(failed.orders[0].status).toBe('cancelling');
    expect(test.accounts.available.get('anna')).toBe(100);
    await test.until(body.purchaseId, () => test.vendors.cancellations.length === 1);
  });

  it('pays a vendor that accepted too late and will not cancel: debt if need be', async () => {
    test.vendors.answers.delete('shop');
    const { body } = await buy();
    await test.pass(10 * MINUTE);
    await test.until(body.purchaseId, ({ status }) => status === 'failed');
    test.accounts.register('anna', 10);
    test.vendors.say({ purchaseId: body.purchaseId, ...body.orders[0] }, 'cancellation-refused');
    const paid = await test.until(body.purchaseId, (p) => p.orders[0].status === 'confirmed');
    expect(paid.orders[0]).toMatchObject({
      settlementException: 'late-acceptance',
      points: 23,
      amount: 2250,
    });
    expect(test.accounts.available.get('anna')).toBe(0);
    expect(test.accounts.debts.get('anna')).toBe(13);
  });

  it('captures after a pause of the account, however long the vendor has waited', async () => {
    test.accounts.unreachable = 'capture';
    const { status, body } = await buy();
    expect([status, body.status]).toEqual([202, 'authorized']);
    const other = await test.send('POST', '/purchases/authorize', {
      body: { participantId: 'anna', vendorId: 'partner', reference: 'A-2', points: 10 },
    });
    const cancelled = await test.send('POST', `/purchases/${other.body.purchaseId}/cancel`);
    expect(cancelled.body.status).toBe('cancelled');
    test.accounts.unreachable = undefined;
    await test.pass(5 * MINUTE);
    await test.until(body.purchaseId, (purchase) => purchase.status === 'confirmed');
    expect(test.accounts.available.get('anna')).toBe(77);
  });

  it('is cancelled by the client while the vendor thinks', async () => {
    test.vendors.answers.delete('shop');
    const { body } = await buy();
    const cancelled = await test.send('POST', `/purchases/${body.purchaseId}/cancel`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect(test.accounts.available.get('anna')).toBe(100);
    await test.until(body.purchaseId, () => test.vendors.cancellations.length === 1);
  });

  it('gives the points back when the vendor cancels what was paid', async () => {
    const { body } = await buy();
    test.vendors.say({ purchaseId: body.purchaseId, ...body.orders[0] }, 'cancelled');
    await test.until(body.purchaseId, (p) => p.orders[0].reversedPoints === 23);
    expect(test.accounts.available.get('anna')).toBe(100);
  });

  it('keeps the address for the vendor only until it has answered', async () => {
    test.vendors.answers.delete('shop');
    const shipTo = { name: 'Anna', lines: ['Rua 1'], city: 'Campinas', country: 'BR' };
    const { body } = await buy({ shipTo });
    const { purchaseId } = body;
    expect(await test.calls.call(GetShippingAddress, { purchaseId })).toEqual(shipTo);
    test.vendors.say({ purchaseId, ...body.orders[0] }, 'accepted');
    await test.until(purchaseId, (purchase) => purchase.status === 'confirmed');
    await test.until(purchaseId, () => true);
    const erased = async () => (await test.calls.call(GetShippingAddress, { purchaseId })) === null;
    while (!(await erased())) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('in a dry run says what it would cost', async () => {
    const { body } = await test.send('POST', '/purchases?dryRun=true', {
      body: { participantId: 'anna', orders: [shop] },
    });
    expect(body).toMatchObject({ simulated: true, points: 23, amount: 2250 });
    expect(test.vendors.orders).toEqual([]);
  });
});

const many = (quantity: number) => [{ sku: 'lamp', quantity }];

function statuses({ orders }: { orders: { status: string }[] }): readonly string[] {
  return orders.map(({ status }) => status);
}
