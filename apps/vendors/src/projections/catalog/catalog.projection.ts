import type { Transaction } from 'kysely';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import type { Projection } from '@fidelis/projections';
import type { ItemCount, ProductListed, VendorEvent, VendorRevised } from '../../domain/vendor';
import { createCatalog, type CatalogTables } from './catalog.table';

/** Vendors and their products, to be searched. */
export const catalog: Projection<CatalogTables> = {
  name: 'catalog',
  categories: ['vendor'],
  tables: ['catalog_vendors', 'catalog_products'],
  create: createCatalog,
  apply: async (trx, events) => {
    for (const event of events) await applyEvent(trx, event);
  },
};

async function applyEvent(trx: Transaction<CatalogTables>, recorded: RecordedEvent): Promise<void> {
  const vendorId = idOf(recorded.stream);
  const event = recorded as unknown as VendorEvent;
  switch (event.type) {
    case 'VendorRegistered':
    case 'VendorRevised':
      return upsertVendor(trx, vendorId, event.data);
    case 'ProductListed':
      return upsertProduct(trx, vendorId, event.data);
    case 'StockTaken':
      return moveStock(trx, { vendorId, items: event.data.items, sign: -1 });
    case 'StockReturned':
      return moveStock(trx, { vendorId, items: event.data.items, sign: 1 });
  }
}

async function upsertVendor(
  trx: Transaction<CatalogTables>,
  vendorId: string,
  { name, kind, conversion, settlement }: VendorRevised['data'],
): Promise<void> {
  const details = JSON.stringify({ name, kind, conversion, currency: settlement?.currency });
  await trx
    .insertInto('catalog_vendors')
    .values({ vendor_id: vendorId, details })
    .onConflict((conflict) => conflict.column('vendor_id').doUpdateSet({ details }))
    .execute();
}

async function upsertProduct(
  trx: Transaction<CatalogTables>,
  vendorId: string,
  { sku, name, price, stock, category, imageUrl }: ProductListed['data'],
): Promise<void> {
  const row = {
    name,
    search_text: `${name} ${sku}`.toLowerCase(),
    price,
    stock: stock ?? null,
    category: category ?? null,
    image_url: imageUrl ?? null,
  };
  await trx
    .insertInto('catalog_products')
    .values({ vendor_id: vendorId, sku, ...row })
    .onConflict((conflict) => conflict.columns(['vendor_id', 'sku']).doUpdateSet(row))
    .execute();
}

/** As the aggregate does it: stock that is not counted stays uncounted, and none is below 0. */
async function moveStock(
  trx: Transaction<CatalogTables>,
  move: {
    readonly vendorId: string;
    readonly items: readonly ItemCount[];
    readonly sign: 1 | -1;
  },
): Promise<void> {
  for (const { sku, quantity } of move.items) {
    const where = trx
      .selectFrom('catalog_products')
      .select('stock')
      .where('vendor_id', '=', move.vendorId)
      .where('sku', '=', sku);
    const row = await where.executeTakeFirst();
    if (row?.stock == null) continue;
    await trx
      .updateTable('catalog_products')
      .set({ stock: Math.max(0, Number(row.stock) + move.sign * quantity) })
      .where('vendor_id', '=', move.vendorId)
      .where('sku', '=', sku)
      .execute();
  }
}
