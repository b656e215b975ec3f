import { sql, type Kysely } from 'kysely';
import type { CatalogTables } from './catalog.table';

export interface CatalogFilter {
  readonly q?: string;
  readonly vendorId?: string;
  readonly category?: string;
  /** The last row of the page before. */
  readonly after?: { readonly vendorId: string; readonly sku: string };
  readonly limit: number;
}

export interface CatalogRow {
  readonly vendorId: string;
  readonly vendor: CatalogVendor;
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly stock?: number;
  readonly category?: string;
  readonly imageUrl?: string;
}

export interface CatalogVendor {
  readonly name: string;
  readonly kind: 'portfolio' | 'external';
  readonly conversion?: { readonly points: number; readonly worth: number };
  readonly currency?: string;
}

export async function listCatalog(
  db: Kysely<CatalogTables>,
  { q, vendorId, category, after, limit }: CatalogFilter,
): Promise<readonly CatalogRow[]> {
  let query = db
    .selectFrom('catalog_products as product')
    .innerJoin('catalog_vendors as vendor', 'vendor.vendor_id', 'product.vendor_id')
    .selectAll('product')
    .select('vendor.details');
  if (vendorId !== undefined) query = query.where('product.vendor_id', '=', vendorId);
  if (category !== undefined) query = query.where('product.category', '=', category);
  if (q !== undefined) {
    const pattern = `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(sql<boolean>`product.search_text like ${pattern} escape '\\'`);
  }
  if (after !== undefined) {
    query = query.where((where) =>
      where.or([
        where('product.vendor_id', '>', after.vendorId),
        where.and([
          where('product.vendor_id', '=', after.vendorId),
          where('product.sku', '>', after.sku),
        ]),
      ]),
    );
  }
  const rows = await query
    .orderBy('product.vendor_id')
    .orderBy('product.sku')
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Every vendor, by id. */
export async function listVendorIds(
  db: Kysely<CatalogTables>,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly string[]> {
  let query = db.selectFrom('catalog_vendors').select('vendor_id');
  if (after !== undefined) query = query.where('vendor_id', '>', after);
  const rows = await query.orderBy('vendor_id').limit(limit).execute();
  return rows.map((row) => row.vendor_id);
}

function toRow(row: CatalogTables['catalog_products'] & { readonly details: string }): CatalogRow {
  return {
    vendorId: row.vendor_id,
    vendor: JSON.parse(row.details) as CatalogVendor,
    sku: row.sku,
    name: row.name,
    price: Number(row.price),
    ...(row.stock !== null && { stock: Number(row.stock) }),
    ...(row.category !== null && { category: row.category }),
    ...(row.image_url !== null && { imageUrl: row.image_url }),
  };
}
