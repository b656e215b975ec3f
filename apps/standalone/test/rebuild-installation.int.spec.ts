import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@fidelis/kernel';
import { EventStoreDbStore } from '@fidelis/event-store-eventstoredb';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { startEventStoreServer, usePostgres, type RunningEventStoreServer } from '@fidelis/infra';
import { PostgresLeases, type LeaseTables } from '@fidelis/leases';
import { rebuildInstallation, ServicesRun, verifyEventStore } from '../src/offline';

const NOW = '2026-11-22T10:00:00.000Z';

interface Rows {
  readonly catalog_vendors: { readonly vendor_id: string };
  readonly journal_accounts: { readonly account_id: string };
}

describe('an installation on servers', () => {
  const postgres = usePostgres();
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-installation-'));
  let server: RunningEventStoreServer;
  let store: EventStoreDbStore;

  beforeAll(async () => {
    server = await startEventStoreServer({ folder });
    store = new EventStoreDbStore({
      url: server.url,
      snapshots: new MemoryEventStore().snapshots,
    });
    const vendor = { name: 'Books', kind: 'internal', conversion: { points: 1, amount: 1 } };
    await append('vendor-a', 'VendorRegistered', vendor);
    const terms = {
      programId: 'club',
      version: 1,
      currency: 'EUR',
      redeem: { worth: 1, points: 1 },
    };
    const after = { participantId: 'ann', programId: 'club', wallets: {} };
    await append('account-ann', 'AccountOpened', { terms, after, at: NOW });
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function append(stream: string, type: string, data: JsonObject): Promise<void> {
    const metadata = { recordedAt: NOW, operationId: randomUUID() };
    const events = [{ id: randomUUID(), type, data, metadata }];
    await store.append({ stream, expectedRevision: 'no-stream', events }).durable;
  }

  const rebuild = async (): Promise<Readonly<Record<string, string>>> => {
    const place = { eventStoreUrl: server.url, readModelUrl: postgres.url };
    const { views, position } = await rebuildInstallation(place);
    expect(position).toBe(await store.headOf());
    return Object.fromEntries(
      views.map(({ service, view, before, after }) => [
        `${service} ${view}`,
        before === after ? 'the same' : `${before.slice(0, 6)} became ${after.slice(0, 6)}`,
      ]),
    );
  };
  const same = {
    'accounts entries': 'the same',
    'reward-store issued-offers': 'the same',
    'purchases purchase-list': 'the same',
    'vendors catalog': 'the same',
    'reconciliation journal': 'the same',
    'reconciliation declared-awards': 'the same',
  };

  it('has all its views from the events, and the same ones again', async () => {
    expect(await rebuild()).toEqual(same);
    const vendors = postgres.open<Rows>('vendors');
    const journal = postgres.open<Rows>('reconciliation');
    expect(await vendors.selectFrom('catalog_vendors').select('vendor_id').execute()).toEqual([
      { vendor_id: 'a' },
    ]);
    const accounts = journal.selectFrom('journal_accounts').select('account_id');
    expect(await accounts.execute()).toEqual([{ account_id: 'ann' }]);

    await vendors.deleteFrom('catalog_vendors').execute();
    expect(await rebuild()).toEqual({ ...same, 'vendors catalog': '0 rows became 1 rows' });
    expect(await rebuild()).toEqual(same);
  });

  it('is left alone while a service feeds its views', async () => {
    const leases = new PostgresLeases({ db: postgres.open<LeaseTables>('bus') });
    const nothing = { start: () => Promise.resolve(), stop: () => Promise.resolve() };
    await leases.hold('vendors.feeds', nothing).settled;
    const refused = rebuild();
    await expect(refused).rejects.toThrow('vendors run: stop all services first');
    await expect(refused).rejects.toBeInstanceOf(ServicesRun);
    await leases.close();
    expect(await rebuild()).toEqual(same);
  });

  it('is verified, and the event that does not add up is named', async () => {
    const { ok, events, streams, findings } = await verifyEventStore(server.url);
    expect([ok, events, streams]).toEqual([false, 2, 2]);
    // An account without its hash chain, as none of ours would write it.
    expect(findings).toMatchObject([{ stream: 'account-ann', revision: 0 }]);
  });
});
