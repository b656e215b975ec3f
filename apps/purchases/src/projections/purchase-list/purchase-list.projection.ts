import type { Transaction } from 'kysely';
import { idOf, type RecordedEvent } from '@fidelis/event-store';
import type { Projection } from '@fidelis/projections';
import { chunksOf } from '@fidelis/read-model';
import {
  purchaseAggregate,
  statusOf,
  type Purchase,
  type PurchaseEvent,
} from '../../domain/purchase';
import { createPurchaseList, type PurchaseListTables } from './purchase-list.table';

/** Every purchase as it is now, to be found by participant, vendor, status and time. */
export const purchaseList: Projection<PurchaseListTables> = {
  name: 'purchase-list',
  categories: ['purchase'],
  tables: ['purchase_list', 'purchase_list_vendors'],
  create: createPurchaseList,
  apply,
};

async function apply(
  trx: Transaction<PurchaseListTables>,
  events: readonly RecordedEvent[],
): Promise<void> {
  const purchases = await load(trx, [...new Set(events.map(({ stream }) => idOf(stream)))]);
  for (const event of events) {
    const id = idOf(event.stream);
    const before = purchases.get(id) ?? purchaseAggregate.initial;
    purchases.set(id, purchaseAggregate.evolve(before, event as unknown as PurchaseEvent));
  }
  await write(trx, [...purchases.values()]);
}

async function load(
  trx: Transaction<PurchaseListTables>,
  ids: readonly string[],
): Promise<Map<string, Purchase>> {
  const purchases = new Map<string, Purchase>();
  for (const some of chunksOf(ids)) {
    const rows = await trx
      .selectFrom('purchase_list')
      .select(['purchase_id', 'state'])
      .where('purchase_id', 'in', some)
      .execute();
    for (const row of rows) purchases.set(row.purchase_id, JSON.parse(row.state) as Purchase);
  }
  return purchases;
}

async function write(
  trx: Transaction<PurchaseListTables>,
  purchases: readonly Purchase[],
): Promise<void> {
  for (const some of chunksOf(purchases.flatMap(toRow))) {
    await trx
      .insertInto('purchase_list')
      .values(some)
      .onConflict((conflict) =>
        conflict.column('purchase_id').doUpdateSet((set) => ({
          status: set.ref('excluded.status'),
          state: set.ref('excluded.state'),
        })),
      )
      .execute();
  }
  for (const some of chunksOf(purchases.flatMap(toVendorRows))) {
    await trx
      .insertInto('purchase_list_vendors')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function toRow(purchase: Purchase): PurchaseListTables['purchase_list'][] {
  if (purchase.phase === 'absent') return [];
  return [
    {
      purchase_id: purchase.purchaseId,
      participant_id: purchase.participantId,
      status: statusOf(purchase),
      requested_at: purchase.requestedAt,
      state: JSON.stringify(purchase),
    },
  ];
}

function toVendorRows(purchase: Purchase): PurchaseListTables['purchase_list_vendors'][] {
  if (purchase.phase === 'absent') return [];
  const { purchaseId } = purchase;
  return purchase.orders.map(({ vendorId }) => ({
    purchase_id: purchaseId,
    vendor_id: vendorId,
  }));
}
