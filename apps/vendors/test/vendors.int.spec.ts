import { GetVendor, QuoteItems } from '@fidelis/contracts';
import { startVendors, type TestApp } from './vendors-app';

let test: TestApp;

beforeEach(async () => {
  test = await startVendors();
});

afterEach(async () => {
  expect(test.errors).toEqual([]);
  await test.close();
});

const shop = { id: 'shop', name: 'Shop', kind: 'portfolio', commissionBps: 250 };
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const http = { type: 'http', baseUrl: 'https://vendor.example/', secret };
const register = (body: object = {}) =>
  test.send('POST', '/vendors', { body: { ...shop, ...body } });
const list = (sku: string, body: object) =>
  test.send('PUT', `/vendors/shop/products/${sku}`, { body: { name: sku, price: 400, ...body } });

describe('a vendor', () => {
  it('is registered, and the same again is what exists', async () => {
    const first = await register();
    expect([first.status, first.body]).toEqual([201, { ...shop, version: 1 }]);
    expect((await register()).status).toBe(200);
    const other = await register({ commissionBps: 300 });
    expect([other.status, other.body.code]).toEqual([409, 'already_exists']);
  });

  it('never shows its secret again: not in answers, not in events', async () => {
    const { body } = await register({ adapter: http });
    const adapter = { type: 'http', baseUrl: 'https://vendor.example', hasSecret: true };
    expect(body.adapter).toEqual(adapter);
    expect((await test.send('GET', '/vendors/shop')).body.adapter).toEqual(adapter);
    const events = await test.eventStore.readStream('vendor-shop');
    expect(JSON.stringify(events)).not.toContain('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect((await register({ adapter: http })).status).toBe(200);
    expect((await register({ adapter: { ...http, secret: 'another' } })).status).toBe(409);
  });

  it('is revised; a secret that is not given again stays', async () => {
    const { id: _id, ...body } = { ...shop, adapter: http };
    expect((await test.send('PUT', '/vendors/shop', { body })).status).toBe(201);
    const adapter = { type: 'http', baseUrl: 'https://other.example' };
    const revised = await test.send('PUT', '/vendors/shop', { body: { ...body, adapter } });
    expect(revised.status).toBe(200);
    expect(revised.body).toMatchObject({ version: 2, adapter: { ...adapter, hasSecret: true } });
    const same = await test.send('PUT', '/vendors/shop', { body: { ...body, adapter } });
    expect(same.body.version).toBe(2);
  });

  it('needs an address and a secret for its adapter', async () => {
    expect((await register({ adapter: { type: 'http', secret } })).status).toBe(400);
    expect(
      (await register({ adapter: { type: 'http', baseUrl: 'https://x.example' } })).status,
    ).toBe(400);
    expect((await register({ adapter: { ...http, baseUrl: 'file:///etc' } })).status).toBe(400);
    expect((await register({ adapter: { type: 'pigeon' } })).status).toBe(400);
  });

  it('is listed', async () => {
    await register();
    await register({ id: 'abc' });
    const { body } = await test.send('GET', '/vendors?limit=1&fresh=true');
    expect(body.data).toMatchObject([{ id: 'abc' }]);
    const next = await test.send('GET', `/vendors?limit=1&cursor=${body.nextCursor}`);
    expect(next.body.data).toMatchObject([{ id: 'shop' }]);
    expect((await test.send('GET', '/vendors/nobody')).status).toBe(404);
  });

  it('is known to other services without its adapter', async () => {
    await register({ adapter: http, limits: { itemsPerOrder: 3 } });
    expect(await test.calls.call(GetVendor, { vendorId: 'shop' })).toEqual({
      vendorId: 'shop',
      name: 'Shop',
      kind: 'portfolio',
      commissionBps: 250,
      limits: { itemsPerOrder: 3 },
    });
    expect(await test.calls.call(GetVendor, { vendorId: 'nobody' })).toBeNull();
  });
});

describe('a vendor’s products', () => {
  beforeEach(() => register());

  it('are listed and changed by whoever keeps the catalogue, the vendor its own only', async () => {
    expect((await list('lamp', {})).status).toBe(201);
    expect((await list('lamp', { price: 450 })).status).toBe(200);
    const put = (as: string) =>
      test.send('PUT', '/vendors/shop/products/lamp', { body: { name: 'Lamp', price: 1 }, as });
    expect((await put('vendor:shop')).status).toBe(200);
    expect((await put('vendor:other')).status).toBe(403);
    expect((await put('pos')).status).toBe(403);
    const nowhere = { body: { name: 'Lamp', price: 1 } };
    expect((await test.send('PUT', '/vendors/nobody/products/x', nowhere)).status).toBe(404);
  });

  it('are quoted at the price that was answered last', async () => {
    await list('lamp', { stock: 2 });
    const quote = (quantity: number, price?: number) =>
      test.calls.call(QuoteItems, {
        vendorId: 'shop',
        items: [{ sku: 'lamp', quantity, ...(price !== undefined && { price }) }],
      });
    expect(await quote(2)).toMatchObject({ ok: true, value: { amount: 800 } });
    expect(await quote(3)).toMatchObject({ refusal: { code: 'price_or_stock_changed' } });
    await list('lamp', { price: 500 });
    expect(await quote(1, 400)).toMatchObject({ refusal: { code: 'price_or_stock_changed' } });
    expect(await quote(3)).toMatchObject({ value: { amount: 1500 } });
  });

  it('are found in the catalogue with prices in points, rounded up', async () => {
    await list('lamp', { name: 'Red lamp', price: 450, category: 'lights', stock: 7 });
    await list('sofa', { name: 'Sofa 100%', price: 90_000, category: 'seats' });
    const all = await test.send('GET', '/catalog?fresh=true');
    // 3 points are worth 1.00: 4.50 costs 13.5 points
    expect(all.body.data).toEqual([
      {
        vendorId: 'shop',
        vendorName: 'Shop',
        sku: 'lamp',
        name: 'Red lamp',
        price: 450,
        currency: 'EUR',
        points: 14,
        category: 'lights',
        stock: 7,
      },
      expect.objectContaining({ sku: 'sofa', points: 2700 }),
    ]);
    const skus = async (query: string) =>
      (await test.send('GET', `/catalog?${query}`)).body.data.map(
        ({ sku }: { sku: string }) => sku,
      );
    expect(await skus('q=RED')).toEqual(['lamp']);
    expect(await skus(`q=${encodeURIComponent('0%')}`)).toEqual(['sofa']);
    expect(await skus('category=seats')).toEqual(['sofa']);
    expect(await skus('vendorId=other')).toEqual([]);
  });

  it('cost points at the vendor’s own conversion where it has one', async () => {
    await list('lamp', { price: 450 });
    const { id: _id, ...body } = { ...shop, conversion: { points: 1, worth: 200 } };
    await test.send('PUT', '/vendors/shop', { body });
    const { body: catalog } = await test.send('GET', '/catalog?fresh=true');
    expect(catalog.data).toMatchObject([{ sku: 'lamp', points: 3 }]);
  });
});
