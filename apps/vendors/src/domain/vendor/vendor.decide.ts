import {
  accepted,
  canonicalJson,
  ownEntry,
  rejected,
  type Decision,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { itemsAvailable, type ItemsRejection } from './quote';
import type { ItemCount, ProductDetails, VendorDetails, VendorEvent } from './vendor.events';
import type { RegisteredVendor, Vendor } from './vendor.state';

export interface VendorNotFound extends Rejection {
  readonly code: 'not_found';
}

export interface VendorAlreadyExists extends Rejection {
  readonly code: 'already_exists';
}

export interface RegisterVendor {
  readonly vendorId: string;
  readonly details: VendorDetails;
  /** Whether two adapters are the same: sealed secrets differ at every sealing. */
  readonly sameAdapter: (vendor: RegisteredVendor) => boolean;
  readonly now: Instant;
}

export function registerVendor(
  { vendorId, details, sameAdapter, now }: RegisterVendor,
  vendor: Vendor,
): Decision<VendorEvent, VendorAlreadyExists> {
  if (vendor.phase === 'absent') {
    return accepted({
      type: 'VendorRegistered',
      data: { ...details, vendorId, at: now },
    } as const);
  }
  if (sameDetails(details, vendor) && sameAdapter(vendor)) return accepted();
  return rejected({
    code: 'already_exists',
    detail: `a vendor ${vendorId} with another content exists`,
  });
}

/** The vendor as it shall be from now on; orders that were placed keep their terms. */
export function reviseVendor(
  { vendorId, details, sameAdapter, now }: RegisterVendor,
  vendor: Vendor,
): Decision<VendorEvent> {
  if (vendor.phase === 'absent') {
    return accepted({
      type: 'VendorRegistered',
      data: { ...details, vendorId, at: now },
    } as const);
  }
  if (sameDetails(details, vendor) && sameAdapter(vendor)) return accepted();
  return accepted({ type: 'VendorRevised', data: { ...details, at: now } } as const);
}

export interface ListProduct {
  readonly sku: string;
  readonly product: ProductDetails;
  readonly now: Instant;
}

export function listProduct(
  { sku, product, now }: ListProduct,
  vendor: Vendor,
): Decision<VendorEvent, VendorNotFound> {
  if (vendor.phase === 'absent') return rejected({ code: 'not_found', detail: 'no such vendor' });
  const listed = ownEntry(vendor.products, sku);
  if (listed !== undefined && canonicalJson(listed) === canonicalJson(product)) return accepted();
  return accepted({ type: 'ProductListed', data: { ...product, sku, at: now } } as const);
}

export interface MoveStock {
  readonly orderId: string;
  readonly items: readonly ItemCount[];
  readonly now: Instant;
}

/** Sets pieces aside for an order; what is not counted needs nothing (`[]`). */
export function takeStock(
  { orderId, items, now }: MoveStock,
  vendor: Vendor,
): Decision<VendorEvent, VendorNotFound | ItemsRejection> {
  if (vendor.phase === 'absent') return rejected({ code: 'not_found', detail: 'no such vendor' });
  const problem = itemsAvailable(vendor, items);
  if (problem !== undefined) return rejected(problem);
  const counted = items.filter(({ sku }) => ownEntry(vendor.products, sku)?.stock !== undefined);
  if (counted.length === 0) return accepted();
  return accepted({ type: 'StockTaken', data: { orderId, items: counted, at: now } } as const);
}

/** The order came to nothing: the very pieces that it took are for sale again. */
export function returnStock(
  { orderId, items, now }: MoveStock,
  vendor: Vendor,
): Decision<VendorEvent> {
  if (vendor.phase === 'absent' || items.length === 0) return accepted();
  return accepted({ type: 'StockReturned', data: { orderId, items, at: now } } as const);
}

function sameDetails(details: VendorDetails, vendor: RegisteredVendor): boolean {
  return canonicalJson(comparable(details)) === canonicalJson(comparable(vendor));
}

function comparable(details: VendorDetails): Omit<VendorDetails, 'adapter'> {
  const { name, kind, conversion, commissionBps, settlement, limits } = details;
  return {
    name,
    kind,
    commissionBps,
    ...(conversion !== undefined && { conversion }),
    ...(settlement !== undefined && { settlement }),
    ...(limits !== undefined && { limits }),
  };
}
