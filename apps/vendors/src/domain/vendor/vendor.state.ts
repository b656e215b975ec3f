import { assertInvariant, assertNever, ownEntry, type Aggregate } from '@fidelis/kernel';
import type { ItemCount, ProductDetails, VendorDetails, VendorEvent } from './vendor.events';

export interface RegisteredVendor extends VendorDetails {
  readonly phase: 'registered';
  readonly vendorId: string;
  /** Counts the vendor's revisions, from 1. */
  readonly version: number;
  readonly products: Products;
}

export type Products = Readonly<Partial<Record<string, ProductDetails>>>;

export type Vendor = { readonly phase: 'absent' } | RegisteredVendor;

export const vendorAggregate: Aggregate<Vendor, VendorEvent> = {
  category: 'vendor',
  initial: { phase: 'absent' },
  evolve,
  // A catalogue may have tens of thousands of listings, and every order takes stock.
  snapshot: { version: 1, everyEvents: 500 },
};

function evolve(vendor: Vendor, event: VendorEvent): Vendor {
  if (event.type === 'VendorRegistered') {
    const { at: _at, ...details } = event.data;
    return { phase: 'registered', version: 1, products: {}, ...details };
  }
  assertInvariant(vendor.phase === 'registered', `${event.type} before VendorRegistered`);
  switch (event.type) {
    case 'VendorRevised': {
      const { at: _at, ...details } = event.data;
      const { vendorId, version, products } = vendor;
      return { phase: 'registered', vendorId, version: version + 1, products, ...details };
    }
    case 'ProductListed': {
      const { sku, at: _at, ...product } = event.data;
      return { ...vendor, products: { ...vendor.products, [sku]: product } };
    }
    case 'StockTaken':
      return { ...vendor, products: moved(vendor.products, event.data.items, -1) };
    case 'StockReturned':
      return { ...vendor, products: moved(vendor.products, event.data.items, 1) };
    default:
      return assertNever(event);
  }
}

/** Stock is counted only where it was given; returned pieces of what is not are just gone. */
function moved(products: Products, items: readonly ItemCount[], sign: 1 | -1): Products {
  const next: Partial<Record<string, ProductDetails>> = { ...products };
  for (const { sku, quantity } of items) {
    const product = ownEntry(next, sku);
    if (product?.stock === undefined) continue;
    next[sku] = { ...product, stock: Math.max(0, product.stock + sign * quantity) };
  }
  return next;
}
