import type { Kysely } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
import type { PurchaseEvent } from '../../domain/purchase';
import { listPurchases } from './purchase-list.query';
import { purchaseList } from './purchase-list.projection';
import type { PurchaseListTables } from './purchase-list.table';

const AT = '2026-11-23T10:00:00.000Z';
let db: Kysely<PurchaseListTables>;

function requested(purchaseId: string, vendorIds: readonly string[]): PurchaseEvent {
  const orders = vendorIds.map((vendorId, index) => ({
    orderId: `${purchaseId}.${index + 1}`,
    vendorId,
    items: [],
    shippingAmount: 0,
    points: 10,
    amount: 1000,
    rate: { points: 1, worth: 100 },
    commissionBps: 0,
  }));
  return {
    type: 'PurchaseRequested',
    data: {
      purchaseId,
      kind: 'external',
      participantId: 'anna',
      accountId: 'a1',
      programId: 'club',
      currency: 'EUR',
      points: 10 * orders.length,
      amount: 1000 * orders.length,
      orders,
      onPartialFailure: 'cancel',
      at: AT,
    },
  };
}

const cancelled: PurchaseEvent = { type: 'PurchaseCancelled', data: { at: AT } };

function recorded(purchaseId: string, ...events: readonly PurchaseEvent[]): RecordedEvent[] {
  return events.map(
    (event, revision) =>
      ({ ...event, stream: `purchase-${purchaseId}`, revision }) as unknown as RecordedEvent,
  );
}

const apply = (events: readonly RecordedEvent[]) =>
  db.transaction().execute((trx) => purchaseList.apply(trx, events));

const history = [
  ...recorded('p1', requested('p1', ['shop', 'lamps']), cancelled),
  ...recorded('p2', requested('p2', ['shop'])),
];

const rows = () =>
  Promise.all([
    db.selectFrom('purchase_list').selectAll().orderBy('purchase_id').execute(),
    db.selectFrom('purchase_list_vendors').selectAll().orderBy('purchase_id').execute(),
  ]);

describeOnDatabases('the list of purchases', (databases) => {
  beforeEach(async () => {
    db = databases.open<PurchaseListTables>();
    await purchaseList.create(db);
  });

  it('shows each as it is now, by vendor, status and participant', async () => {
    await apply(history);
    const ids = async (filter: object) =>
      (await listPurchases(db, { limit: 10, ...filter })).map(({ purchaseId }) => purchaseId);
    expect(await ids({})).toEqual(['p2', 'p1']);
    expect(await ids({ vendorId: 'lamps' })).toEqual(['p1']);
    expect(await ids({ status: 'cancelled' })).toEqual(['p1']);
    expect(await ids({ participantId: 'bob' })).toEqual([]);
    expect(await ids({ from: AT })).toEqual(['p2', 'p1']);
    expect(await ids({ to: AT })).toEqual([]);
    expect(await ids({ after: { requestedAt: AT, purchaseId: 'p2' } })).toEqual(['p1']);
  });

  it('is the same, in one batch or event by event', async () => {
    await apply(history);
    const together = await rows();
    await db.deleteFrom('purchase_list').execute();
    await db.deleteFrom('purchase_list_vendors').execute();
    for (const event of history) await apply([event]);
    expect(await rows()).toEqual(together);
  });
});
