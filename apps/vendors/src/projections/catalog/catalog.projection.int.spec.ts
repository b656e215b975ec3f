import type { Kysely } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
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

const apply = (some: readonly RecordedEvent[]) =>
  db.transaction().execute((trx) => catalog.apply(trx, some));

describeOnDatabases('the catalogue', (databases) => {
  beforeEach(async () => {
    db = databases.open<CatalogTables>();
    await catalog.create(db);
  });

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

  it('is searched without regard to case, and pages in the order of bytes', async () => {
    const names = ['Zebra 100%', 'ähre', 'Apple', 'apple_pie'];
    const listed = names.map((name, index) => ({
      ...{ type: 'ProductListed', stream: 'vendor-shop', revision: index + 1 },
      data: { sku: name, name, price: 1, at },
    }));
    await apply([...events.slice(0, 1), ...(listed as unknown as RecordedEvent[])]);
    const skus = async (filter: object): Promise<string[]> =>
      (await listCatalog(db, { limit: 10, ...filter })).map(({ sku }) => sku);
    expect(await skus({})).toEqual(['Apple', 'Zebra 100%', 'apple_pie', 'ähre']);
    expect(await skus({ after: { vendorId: 'shop', sku: 'Zebra 100%' } })).toEqual([
      'apple_pie',
      'ähre',
    ]);
    expect(await skus({ q: 'APPLE' })).toEqual(['Apple', 'apple_pie']);
    expect(await skus({ q: '0%' })).toEqual(['Zebra 100%']);
    expect(await skus({ q: 'e_p' })).toEqual(['apple_pie']);
    expect(await skus({ q: 'ÄHRE' })).toEqual(['ähre']);
  });

  it('shows the replacement character for what a database does not hold', async () => {
    const data = { sku: 'odd', name: 'a\0b', price: 1, at };
    const odd = { type: 'ProductListed', stream: 'vendor-shop', revision: 1, data };
    await apply([...events.slice(0, 1), odd as unknown as RecordedEvent]);
    const [product] = await listCatalog(db, { limit: 1 });
    expect(product?.name).toBe(databases.kind === 'SQLite' ? 'a\0b' : 'a\uFFFDb');
  });
});
