import { priceItems } from './quote';
import { listProduct, registerVendor, returnStock, reviseVendor, takeStock } from './vendor.decide';
import type { VendorDetails, VendorEvent } from './vendor.events';
import { vendorAggregate, type RegisteredVendor, type Vendor } from './vendor.state';

const now = '2026-11-22T10:00:00.000Z';
const details: VendorDetails = { name: 'Lamps', kind: 'portfolio', commissionBps: 250 };
const sameAdapter = () => true;
const command = { vendorId: 'v1', details, sameAdapter, now };

function given(...events: readonly VendorEvent[]): RegisteredVendor {
  const registered = { type: 'VendorRegistered', data: { ...details, vendorId: 'v1', at: now } };
  const vendor = [registered as VendorEvent, ...events].reduce<Vendor>(
    vendorAggregate.evolve,
    vendorAggregate.initial,
  );
  if (vendor.phase === 'absent') throw new Error('no vendor');
  return vendor;
}

const lamp = (stock?: number): VendorEvent => ({
  type: 'ProductListed',
  data: { sku: 'lamp', name: 'Lamp', price: 400, ...(stock !== undefined && { stock }), at: now },
});

describe('a vendor', () => {
  it('is registered once; the same again changes nothing, another content is refused', () => {
    expect(registerVendor(command, { phase: 'absent' })).toMatchObject({
      events: [{ type: 'VendorRegistered', data: { vendorId: 'v1', name: 'Lamps' } }],
    });
    expect(registerVendor(command, given())).toEqual({ outcome: 'accepted', events: [] });
    const other = { ...command, details: { ...details, commissionBps: 300 } };
    expect(registerVendor(other, given())).toMatchObject({
      rejection: { code: 'already_exists' },
    });
  });

  it('is revised as a new version', () => {
    const decision = reviseVendor(
      { ...command, details: { ...details, commissionBps: 300 } },
      given(),
    );
    expect(decision).toMatchObject({ events: [{ type: 'VendorRevised' }] });
    const revised = decision.outcome === 'accepted' ? given(...decision.events) : given();
    expect(revised).toMatchObject({ version: 2, commissionBps: 300 });
    expect(reviseVendor(command, given())).toEqual({ outcome: 'accepted', events: [] });
  });

  it('lists products, each as it is today', () => {
    const product = { name: 'Lamp', price: 450 };
    expect(listProduct({ sku: 'lamp', product, now }, given(lamp()))).toMatchObject({
      events: [{ type: 'ProductListed', data: { price: 450 } }],
    });
    expect(listProduct({ sku: 'lamp', product, now }, { phase: 'absent' })).toMatchObject({
      rejection: { code: 'not_found' },
    });
  });

  it.each(['constructor', '__proto__'])('sells and counts what is called %s', (sku) => {
    const product = { name: 'Odd', price: 400, stock: 3 };
    const decision = listProduct({ sku, product, now }, given());
    expect(decision).toMatchObject({ events: [{ type: 'ProductListed', data: { sku } }] });
    const vendor = decision.outcome === 'accepted' ? given(...decision.events) : given();
    expect(listProduct({ sku, product, now }, vendor)).toMatchObject({ events: [] });
    const items = [{ sku, quantity: 2 }];
    const taken = takeStock({ orderId: 'o1', items, now }, vendor);
    const after = (taken.outcome === 'accepted' ? taken.events : []).reduce<Vendor>(
      vendorAggregate.evolve,
      vendor,
    );
    expect(takeStock({ orderId: 'o2', items, now }, after)).toMatchObject({
      rejection: { code: 'price_or_stock_changed', available: 1, requested: 2 },
    });
  });

  it('quotes today’s prices', () => {
    expect(priceItems(given(lamp()), [{ sku: 'lamp', quantity: 2 }])).toEqual({
      ok: true,
      items: [{ sku: 'lamp', quantity: 2, name: 'Lamp', price: 400 }],
    });
  });

  it('quotes nothing unknown, sold out or at yesterday’s price', () => {
    const codeOf = (items: Parameters<typeof priceItems>[1], stock?: number): string => {
      const priced = priceItems(given(lamp(stock)), items);
      return priced.ok ? 'ok' : priced.rejection.code;
    };
    expect(codeOf([{ sku: 'sofa', quantity: 1 }])).toBe('unknown_sku');
    expect(codeOf([{ sku: 'constructor', quantity: 1 }])).toBe('unknown_sku');
    expect(codeOf([{ sku: 'lamp', quantity: 3 }], 2)).toBe('price_or_stock_changed');
    expect(codeOf([{ sku: 'lamp', quantity: 1, price: 399 }])).toBe('price_or_stock_changed');
    const twice = [
      { sku: 'lamp', quantity: 1 },
      { sku: 'lamp', quantity: 2 },
    ];
    expect(codeOf(twice, 2)).toBe('price_or_stock_changed');
    expect(codeOf(twice, 3)).toBe('ok');
  });

  it('takes stock for an order and gets it back when the order comes to nothing', () => {
    const move = { orderId: 'o1', items: [{ sku: 'lamp', quantity: 2 }], now };
    const taken = takeStock(move, given(lamp(3)));
    if (taken.outcome === 'rejected') throw new Error(taken.rejection.code);
    const one = given(lamp(3), ...taken.events);
    expect(one.products['lamp']?.stock).toBe(1);
    expect(takeStock({ ...move, orderId: 'o2' }, one)).toMatchObject({
      rejection: { code: 'price_or_stock_changed', available: 1, requested: 2 },
    });
    const back = returnStock(move, one);
    if (back.outcome === 'rejected') throw new Error('refused');
    expect(given(lamp(3), ...taken.events, ...back.events).products['lamp']?.stock).toBe(3);
  });

  it('does not count stock that was never given', () => {
    const move = { orderId: 'o1', items: [{ sku: 'lamp', quantity: 200 }], now };
    expect(takeStock(move, given(lamp()))).toEqual({ outcome: 'accepted', events: [] });
  });
});
