import type { Kysely } from 'kysely';

export interface CatalogTables {
  readonly catalog_vendors: {
    readonly vendor_id: string;
    /** What the catalogue needs of the vendor, JSON. */
    readonly details: string;
  };
  readonly catalog_products: {
    readonly vendor_id: string;
    readonly sku: string;
    readonly name: string;
    /** Lower case, for the search. */
    readonly search_text: string;
    /** PostgreSQL gives bigint as text. */
    readonly price: number | string;
    readonly stock: number | string | null;
    readonly category: string | null;
    readonly image_url: string | null;
  };
}

export async function createCatalog(db: Kysely<CatalogTables>): Promise<void> {
  await db.schema
    .createTable('catalog_vendors')
    .ifNotExists()
    .addColumn('vendor_id', 'text', (column) => column.primaryKey())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('catalog_products')
    .ifNotExists()
    .addColumn('vendor_id', 'text', (column) => column.notNull())
    .addColumn('sku', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('search_text', 'text', (column) => column.notNull())
    .addColumn('price', 'bigint', (column) => column.notNull())
    .addColumn('stock', 'bigint')
    .addColumn('category', 'text')
    .addColumn('image_url', 'text')
    .addPrimaryKeyConstraint('catalog_products_pk', ['vendor_id', 'sku'])
    .execute();
}
