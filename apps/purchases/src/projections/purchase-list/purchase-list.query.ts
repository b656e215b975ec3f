import type { Kysely } from 'kysely';
import type { LivePurchase } from '../../domain/purchase';
import type { PurchaseListTables } from './purchase-list.table';

export interface PurchaseFilter {
  readonly participantId?: string;
  readonly vendorId?: string;
  readonly status?: string;
  /** Inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  /** The last row of the page before: its time and its id. */
  readonly after?: { readonly requestedAt: string; readonly purchaseId: string };
  readonly limit: number;
}

/** Newest first. */
export async function listPurchases(
  db: Kysely<PurchaseListTables>,
  filter: PurchaseFilter,
): Promise<readonly LivePurchase[]> {
  let query = db.selectFrom('purchase_list').select('state');
  const { participantId, vendorId, status, from, to, after } = filter;
  if (participantId !== undefined) query = query.where('participant_id', '=', participantId);
  if (status !== undefined) query = query.where('status', '=', status);
  if (from !== undefined) query = query.where('requested_at', '>=', from);
  if (to !== undefined) query = query.where('requested_at', '<', to);
  if (vendorId !== undefined) {
    query = query.where('purchase_id', 'in', (nested) =>
      nested
        .selectFrom('purchase_list_vendors')
        .select('purchase_id')
        .where('vendor_id', '=', vendorId),
    );
  }
  if (after !== undefined) {
    query = query.where((where) =>
      where.or([
        where('requested_at', '<', after.requestedAt),
        where.and([
          where('requested_at', '=', after.requestedAt),
          where('purchase_id', '<', after.purchaseId),
        ]),
      ]),
    );
  }
  const rows = await query
    .orderBy('requested_at', 'desc')
    .orderBy('purchase_id', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map((row) => JSON.parse(row.state) as LivePurchase);
}
