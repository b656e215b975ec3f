import { sign } from '../src/secrets/signatures';
import { FakeVendorSystem } from './fake-vendor-system';
import { eventually, MINUTE, startVendors, type TestApp } from './vendors-app';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let test: TestApp;
let system: FakeVendorSystem;

beforeEach(async () => {
  test = await startVendors();
  system = new FakeVendorSystem(secret);
  const baseUrl = await system.listen();
  await test.send('POST', '/vendors', {
    body: {
      id: 'shop',
      name: 'Shop',
      kind: 'portfolio',
      adapter: { type: 'http', baseUrl, secret },
    },
  });
  await test.send('PUT', '/vendors/shop/products/lamp', {
    body: { name: 'Lamp', price: 400, stock: 5 },
  });
});

afterEach(async () => {
  expect(test.errors).toEqual([]);
  expect(system.unsigned).toEqual([]);
  await test.close();
  await system.close();
});

const answered = (...statuses: readonly string[]) =>
  eventually(() => test.purchases.statusesOf().join() === statuses.join());

async function stock(): Promise<number> {
  const { body } = await test.send('GET', '/catalog?fresh=true');
  return body.data[0].stock;
}

describe('an order', () => {
  it('is placed once, signed, with its id as the key, and takes its stock', async () => {
    test.purchases.addresses.set('p1', { lines: ['Rua 1'] });
    test.purchases.order();
    await answered('accepted');
    expect(system.orders).toHaveLength(1);
    expect(system.orders[0]).toMatchObject({
      idempotencyKey: 'p1.1',
      body: {
        orderId: 'p1.1',
        items: [{ sku: 'lamp', quantity: 2 }],
        amount: 800,
        currency: 'EUR',
        shipTo: { lines: ['Rua 1'] },
      },
    });
    expect(test.purchases.answers[0]).toMatchObject({ vendorOrderId: 'V-1', vendorId: 'shop' });
    expect(await stock()).toBe(3);
  });

  it('that comes twice is one order', async () => {
    test.purchases.order();
    test.purchases.order();
    await answered('accepted');
    await test.pass(MINUTE);
    expect(system.orders).toHaveLength(1);
  });

  it('is refused by its vendor: the stock is for sale again', async () => {
    system.place = { status: 422, body: { reason: 'sold out' } };
    test.purchases.order();
    await answered('refused');
    expect(test.purchases.answers[0]?.reason).toBe('sold out');
    await eventually(async () => (await stock()) === 5);
  });

  it('is refused here when somebody else bought the last piece', async () => {
    test.purchases.order({ items: [{ sku: 'lamp', quantity: 6 }] });
    await answered('refused');
    expect(system.received).toEqual([]);
  });

  it('is asked for again after a vendor that was away, with the same key', async () => {
    system.place = 'silence';
    test.purchases.order();
    await eventually(() => system.orders.length > 0);
    await failedAttempts(1);
    system.place = { status: 201, body: { status: 'accepted' } };
    await test.pass(2000);
    await answered('accepted');
    expect(new Set(system.orders.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('is cancelled at the limit, and asked about until the vendor answers', async () => {
    system.place = { status: 202 };
    system.cancel = { status: 500 };
    test.purchases.order();
    await eventually(() => system.orders.length > 0);
    await test.pass(10 * MINUTE);
    await eventually(() => system.cancellations.length > 0);
    expect(test.purchases.statusesOf()).toEqual([]);
    await failedAttempts(1);
    system.cancel = { status: 200, body: { status: 'cancelled' } };
    await test.pass(20_000);
    await answered('cancelled');
    await eventually(async () => (await stock()) === 5);
  });

  it('is cancelled for its purchase; a vendor that refuses keeps it', async () => {
    system.cancel = { status: 409, body: { reason: 'already sent' } };
    test.purchases.order();
    await answered('accepted');
    test.purchases.cancel();
    await answered('accepted', 'cancellation-refused');
    expect(await stock()).toBe(3);
  });
});

describe('a callback of a vendor', () => {
  const body = JSON.stringify({ orderId: 'p1.1', status: 'accepted', vendorOrderId: 'V-9' });
  const call = (headers: object, content = body, vendorId = 'shop') =>
    test.send('POST', `/vendors/${vendorId}/callbacks`, {
      body: content,
      headers: { ...headers },
      as: '',
    });

  beforeEach(async () => {
    system.place = { status: 202 };
    test.purchases.order();
    await eventually(() => system.orders.length > 0);
  });

  it('answers the order, once', async () => {
    const signed = sign(secret, 'cb-1', body);
    expect((await call(signed)).status).toBe(200);
    await answered('accepted');
    expect(test.purchases.answers[0]?.vendorOrderId).toBe('V-9');
    expect((await call(signed)).status).toBe(200);
    expect(test.purchases.statusesOf()).toEqual(['accepted']);
  });

  it('is refused unsigned, stale, changed, or signed by another', async () => {
    expect((await call({})).status).toBe(401);
    expect((await call(sign('whsec_AAAAAAAAAAAAAAAAAAAAAAAA', 'cb-1', body))).status).toBe(401);
    const changed = body.replace('accepted', 'refused');
    expect((await call(sign(secret, 'cb-1', body), changed)).status).toBe(401);
    const old = { ...sign(secret, 'cb-1', body), 'webhook-timestamp': '1700000000' };
    expect((await call(old)).status).toBe(401);
    expect((await call(sign(secret, 'cb-1', body), body, 'nobody')).status).toBe(401);
    expect(test.purchases.statusesOf()).toEqual([]);
  });

  it('about an order that it does not have is refused', async () => {
    const other = JSON.stringify({ orderId: 'p2.1', status: 'accepted' });
    expect((await call(sign(secret, 'cb-2', other), other)).status).toBe(404);
  });

  it('that accepts after the order was cancelled has it cancelled again', async () => {
    test.purchases.cancel();
    await answered('cancelled');
    system.cancel = { status: 409 };
    expect((await call(sign(secret, 'cb-3', body))).status).toBe(200);
    await answered('cancelled', 'cancellation-refused');
    expect(system.cancellations).toHaveLength(2);
  });
});

describe('a sandbox vendor', () => {
  const register = (adapter: object) =>
    test.send('POST', '/vendors', {
      body: { id: 'box', name: 'Box', kind: 'portfolio', adapter: { type: 'sandbox', ...adapter } },
    });
  const box = { orderId: 'p1.1', vendorId: 'box' };

  beforeEach(async () => {
    await register({ refuseSkus: ['glass'], cancellation: 'refuse' });
    for (const sku of ['lamp', 'glass']) {
      await test.send('PUT', `/vendors/box/products/${sku}`, { body: { name: sku, price: 400 } });
    }
  });

  it('accepts, refuses and keeps what it was told to', async () => {
    test.purchases.order(box);
    await answered('accepted');
    test.purchases.cancel('p1.1', 'box');
    await answered('accepted', 'cancellation-refused');
    test.purchases.order({ ...box, orderId: 'p1.2', items: [{ sku: 'glass', quantity: 1 }] });
    await eventually(() => test.purchases.statusesOf('p1.2').join() === 'refused');
  });
});

/** Attempts of order p1.1 that are recorded as failed. */
async function failedAttempts(count: number): Promise<void> {
  await eventually(async () => {
    const events = await test.eventStore.readStream('vendorOrder-p1.1');
    return events.filter(({ type }) => type.endsWith('Failed')).length >= count;
  });
}
