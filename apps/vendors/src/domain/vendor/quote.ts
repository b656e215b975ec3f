import { ownEntry, type Rejection } from '@fidelis/kernel';
import type { ItemCount } from './vendor.events';
import type { RegisteredVendor } from './vendor.state';

export interface UnknownSku extends Rejection {
  readonly code: 'unknown_sku';
}

export interface PriceOrStockChanged extends Rejection {
  readonly code: 'price_or_stock_changed';
  readonly available: number;
  readonly requested: number;
}

export type ItemsRejection = UnknownSku | PriceOrStockChanged;

export interface AskedItem extends ItemCount {
  /** What the client believes one piece costs. */
  readonly price?: number;
}

export interface PricedItem extends ItemCount {
  readonly name: string;
  readonly price: number;
}

export type Priced =
  | { readonly ok: true; readonly items: readonly PricedItem[] }
  | { readonly ok: false; readonly rejection: ItemsRejection };

/** Today's prices, if every piece is there and costs what the client believes. */
export function priceItems(vendor: RegisteredVendor, asked: readonly AskedItem[]): Priced {
  const rejection = itemsAvailable(vendor, asked);
  if (rejection !== undefined) return { ok: false, rejection };
  const items: PricedItem[] = [];
  for (const { sku, quantity, price } of asked) {
    const product = ownEntry(vendor.products, sku);
    if (product === undefined) return { ok: false, rejection: unknownSku(sku) };
    if (price !== undefined && price !== product.price) {
      const detail = `${sku} costs ${product.price} today`;
      return { ok: false, rejection: changed(detail, product.price, price) };
    }
    items.push({ sku, quantity, name: product.name, price: product.price });
  }
  return { ok: true, items };
}

/** `undefined`: all there. A sku that is named twice is asked for in sum. */
export function itemsAvailable(
  vendor: RegisteredVendor,
  asked: readonly ItemCount[],
): ItemsRejection | undefined {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of asked) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  for (const [sku, quantity] of wanted) {
    const product = ownEntry(vendor.products, sku);
    if (product === undefined) return unknownSku(sku);
    if (product.stock !== undefined && product.stock < quantity) {
      return changed(`${product.stock} pieces of ${sku} are left`, product.stock, quantity);
    }
  }
  return undefined;
}

function unknownSku(sku: string): UnknownSku {
  return { code: 'unknown_sku', detail: `the vendor has no product ${sku}` };
}

function changed(detail: string, available: number, requested: number): PriceOrStockChanged {
  return { code: 'price_or_stock_changed', detail, available, requested };
}
