import type { Kysely } from 'kysely';

export interface ShippingAddressTables {
  readonly shipping_addresses: {
    readonly purchase_id: string;
    /** The address as JSON. */
    readonly address: string;
  };
}

export async function createShippingAddresses(db: Kysely<ShippingAddressTables>): Promise<void> {
  await db.schema
    .createTable('shipping_addresses')
    .ifNotExists()
    .addColumn('purchase_id', 'text', (column) => column.primaryKey())
    .addColumn('address', 'text', (column) => column.notNull())
    .execute();
}
