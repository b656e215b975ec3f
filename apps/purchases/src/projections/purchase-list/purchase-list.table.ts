import type { Kysely } from 'kysely';

export interface PurchaseListTables {
  readonly purchase_list: {
    readonly purchase_id: string;
    readonly participant_id: string;
    /** As the API names it. */
    readonly status: string;
    readonly requested_at: string;
    /** The folded purchase, JSON. */
    readonly state: string;
  };
  readonly purchase_list_vendors: {
    readonly purchase_id: string;
    readonly vendor_id: string;
  };
}

export async function createPurchaseList(db: Kysely<PurchaseListTables>): Promise<void> {
  await db.schema
    .createTable('purchase_list')
    .ifNotExists()
    .addColumn('purchase_id', 'text', (column) => column.primaryKey())
    .addColumn('participant_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .execute();
  await index(db, 'purchase_list_by_participant', ['participant_id', 'requested_at']);
  await index(db, 'purchase_list_by_time', ['requested_at', 'purchase_id']);
  await db.schema
    .createTable('purchase_list_vendors')
    .ifNotExists()
    .addColumn('purchase_id', 'text', (column) => column.notNull())
    .addColumn('vendor_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('purchase_list_vendors_pk', ['vendor_id', 'purchase_id'])
    .execute();
}

async function index(
  db: Kysely<PurchaseListTables>,
  name: string,
  columns: string[],
): Promise<void> {
  await db.schema.createIndex(name).ifNotExists().on('purchase_list').columns(columns).execute();
}
