import type { Kysely } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { VendorEvent } from '../../domain/vendor';
import { catalog } from './catalog.projection';
import { listCatalog } from './catalog.query';
import type { CatalogTables } from './catalog.table';

const at = '2026-11-23T10:00:00.000Z';
const items = [{ sku: 'lamp', quantity: 2 }];
const history: readonly VendorEvent[] = [
  {
    type: 'VendorRegistered',
    data: { vendorId: 'shop', name: 'Shop', kind: 'portfolio', commissionBps: 0, at },
  },
  { type: 'ProductListed', data: { sku: 'lamp', name: 'Lamp', price: 400, stock: 3, at } },
  { type: 'ProductListed', data: { sku: 'card', name: 'Gift card', price: 1000, at } },
  { type: 'StockTaken', data: { orderId: 'p1.1', items, at } },
  { type: 'StockTaken', data: { orderId: 'p2.1', items: [{ sku: 'lamp', quantity: 1 }], at } },
  { type: 'StockReturned', data: { orderId: 'p1.1', items, at } },
];

const events = history.map(
  (event, revision) => ({ ...event, stream: 'vendor-shop', revision }) as unknown as RecordedEvent,
);

let db: Kysely<CatalogTables>;

beforeEach(async () => {
  db = openSqliteReadModel<CatalogTables>({ file: ':memory:' });
  await catalog.create(db);
});

afterEach(() => db.destroy());

const apply = (some: readonly RecordedEvent[]) =>
  db.transaction().execute((trx) => catalog.apply(trx, some));

describe('the catalogue', () => {
  it('shows each product at its last price with the stock that is left', async () => {
    await apply(events);
    expect(await listCatalog(db, { limit: 10 })).toEqual([
      {
        vendorId: 'shop',
        vendor: { name: 'Shop', kind: 'portfolio' },
        sku: 'card',
        name: 'Gift card',
        price: 1000,
      },
      {
        vendorId: 'shop',
        vendor: { name: 'Shop', kind: 'portfolio' },
        sku: 'lamp',
        name: 'Lamp',
        price: 400,
        stock: 2,
      },
    ]);
  });

  it('is the same, in one batch or event by event', async () => {
    await apply(events);
    const together = await listCatalog(db, { limit: 10 });
    await db.deleteFrom('catalog_products').execute();
    await db.deleteFrom('catalog_vendors').execute();
    for (const event of events) await apply([event]);
    expect(await listCatalog(db, { limit: 10 })).toEqual(together);
  });
});
