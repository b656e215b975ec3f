import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Kysely } from 'kysely';
import { newId, type JsonObject } from '@fidelis/kernel';
import { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { aesCipher, waitForHead, type BusProblem, type Consumer } from '@fidelis/messaging';
import { EmbeddedBus } from '@fidelis/messaging-sqlite';
import { TimerRunner, type Timer } from '@fidelis/processes';
import { openSqliteReadModel } from '@fidelis/read-model';
import { messageViews } from '@fidelis/reconciliation';
import { vendorsViews } from '@fidelis/vendors/views';
import { viewPublishers } from '../src/view-thread/all-views';
import { ViewFeeds } from '../src/view-thread/view-feeds';
import { ViewThread } from '../src/view-thread/view-thread';

const NOW = '2026-11-22T10:00:00.000Z';
const LATER = '2026-11-22T11:00:00.000Z';

interface Rows {
  readonly catalog_vendors: { readonly vendor_id: string; readonly details: string };
  readonly due: { readonly timer: string; readonly id: string; readonly due_at: string };
  readonly journal_accounts: { readonly account_id: string };
}

let folder: string;
let store: SqliteEventStore;
let views: ViewThread;
let problems: BusProblem[];
let revisions: Map<string, number>;
let databases: Kysely<Rows>[];
let channel: MessageChannel;

/** Both ends in this thread: the same calls and clones as between two. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'view-thread-'));
  store = SqliteEventStore.open({ file: join(folder, 'events.db') });
  channel = new MessageChannel();
  const fail = (error: unknown): never => {
    throw error;
  };
  views = new ViewThread(channel.port1, {
    store,
    onError: (_, error) => fail(error),
    onFatal: fail,
  });
  new ViewFeeds(channel.port2, { dataDir: folder, disturbSeed: undefined });
  [problems, databases, revisions] = [[], [], new Map()];
});

afterEach(async () => {
  await views.close();
  channel.port1.close();
  await store.close();
  for (const db of databases) await db.destroy();
  rmSync(folder, { recursive: true });
});

async function append(stream: string, type: string, data: JsonObject): Promise<void> {
  const before = revisions.get(stream);
  revisions.set(stream, (before ?? -1) + 1);
  const metadata = { recordedAt: NOW, operationId: newId() };
  const events = [{ id: randomUUID(), type, data, metadata }];
  await store.append({ stream, expectedRevision: before ?? 'no-stream', events }).durable;
}

function tablesOf(service: string): Kysely<Rows> {
  const file = join(folder, `${service}.views.db`);
  const db = openSqliteReadModel<Rows>({ file, readOnly: true });
  databases.push(db);
  return db;
}

const vendor = { name: 'Books', kind: 'internal', conversion: { points: 1, amount: 1 } };

function catalogView() {
  const [catalog] = vendorsViews.projections;
  if (catalog === undefined) throw new Error('vendors have no view');
  return views.view('vendors', catalog);
}

describe('a view in the view thread', () => {
  it('shows what was there before it started, and what is written then, as soon as asked', async () => {
    await append('vendor-a', 'VendorRegistered', vendor);
    const catalog = catalogView();
    await catalog.start();
    await catalog.reachHead();
    await append('vendor-b', 'VendorRegistered', vendor);
    await catalog.reachHead();
    const rows = await tablesOf('vendors').selectFrom('catalog_vendors').selectAll().execute();
    expect(rows.map((row) => row.vendor_id).sort()).toEqual(['a', 'b']);
    expect(catalog.position).toBe(1);
    expect(catalog.tables).toEqual(['catalog_vendors', 'catalog_products']);
    await catalog.stop();
  });

  it('is built again from the first event on', async () => {
    const catalog = catalogView();
    await append('vendor-a', 'VendorRegistered', vendor);
    await catalog.start();
    await catalog.reachHead();
    await catalog.rebuild();
    expect(catalog.position).toBe(0);
    const rows = await tablesOf('vendors').selectFrom('catalog_vendors').selectAll().execute();
    expect(rows).toHaveLength(1);
    await catalog.stop();
  });

  it('has one writer: the connection of this thread cannot change it', async () => {
    const catalog = catalogView();
    await append('vendor-a', 'VendorRegistered', vendor);
    await catalog.start();
    await catalog.reachHead();
    const write = tablesOf('vendors').deleteFrom('catalog_vendors').execute();
    // By its message: to a second suite of one worker, SQLite's errors are not of its own `Error`.
    await expect(write).rejects.toMatchObject({
      message: expect.stringContaining('readonly database') as string,
    });
    await catalog.stop();
  });
});

describe('due dates in the view thread', () => {
  it('are kept until they are settled', async () => {
    const [schedule] = vendorsViews.schedules;
    if (schedule === undefined) throw new Error('vendors have no due dates');
    const due = views.dueDates('vendors', schedule);
    await due.start();
    await append('vendorOrder-one', 'PlacementFailed', { retryAt: NOW, answerBy: LATER });
    await due.reachHead();
    const rows = () => tablesOf('vendors').selectFrom('due').select(['id', 'due_at']).execute();
    expect(await rows()).toEqual([
      { id: 'one', due_at: NOW },
      { id: 'one', due_at: LATER },
    ]);
    await due.forget({ ids: ['one'], now: NOW, upTo: 0 });
    expect(await rows()).toEqual([{ id: 'one', due_at: LATER }]);
    await due.stop();
  });
});

describe('a timer whose due dates are in the view thread', () => {
  it('settles again what became due for the same instant after it was settled', async () => {
    const [schedule] = vendorsViews.schedules;
    if (schedule === undefined) throw new Error('vendors have no due dates');
    const settled: string[] = [];
    const due = views.dueDates('vendors', schedule);
    const timer: Timer = {
      ...schedule,
      settle: async (id) => {
        settled.push(id);
        if (settled.length > 1) return;
        // Recorded for the same instant before the row of the first is taken out.
        await append('vendorOrder-one', 'PlacementFailed', { retryAt: NOW });
        await due.reachHead();
      },
    };
    await append('vendorOrder-one', 'PlacementFailed', { retryAt: NOW });
    const clock = { now: () => LATER };
    const db = tablesOf('vendors') as unknown as Kysely<never>;
    const runner = new TimerRunner({ db, due, clock, timer, everyMs: 3600_000 });
    await runner.start();
    await runner.reachHead(10_000);
    expect(await runner.runDue(NOW)).toBe(1);
    expect(await runner.runDue(NOW)).toBe(1);
    expect(await runner.runDue(NOW)).toBe(0);
    expect(settled).toEqual(['one', 'one']);
    await runner.stop();
  });
});

describe('a group of the bus in the view thread', () => {
  const consumers = messageViews.map(({ group, contracts }): Consumer => ({
    ...{ group, contracts, mode: 'batch' },
    handle: () => Promise.reject(new Error('it runs in the other thread')),
  }));
  const openBus = () =>
    new EmbeddedBus({
      ...{ store, publishers: viewPublishers, file: join(folder, 'bus.db'), host: views },
      cipher: aesCipher(Buffer.alloc(32, 7)),
      onProblem: (problem) => problems.push(problem),
    });
  const after = { participantId: 'ann', programId: 'club', wallets: {} };
  const terms = { programId: 'club', version: 1, currency: 'EUR', redeem: { worth: 1, points: 1 } };

  it('writes its tables, and its offset outlives the bus', async () => {
    await append('account-ann', 'AccountOpened', { terms, after, at: NOW });
    const bus = openBus();
    await bus.start(consumers);
    await waitForHead(bus, { timeoutMs: 10_000 });
    const rows = await tablesOf('reconciliation')
      .selectFrom('journal_accounts')
      .selectAll()
      .execute();
    expect(rows.map((row) => row.account_id)).toEqual(['ann']);
    const [journal] = bus.status();
    expect(journal).toMatchObject({ handled: 1, inFlight: 0, position: '0' });
    await bus.close();
    const again = openBus();
    await again.start(consumers);
    expect(again.status()[0]).toMatchObject({ handled: 0, position: '0' });
    await again.close();
  });

  it('leaves a dead letter that can be sent to it again', async () => {
    // Terms without a rate: nobody foresaw that.
    const { redeem, ...noRate } = terms;
    expect(redeem).toBeDefined();
    await append('account-ann', 'AccountOpened', { terms: noRate, after, at: NOW });
    const bus = openBus();
    await bus.start(consumers);
    await waitForHead(bus, { timeoutMs: 20_000 });
    const [letter] = await bus.deadLetters.list();
    expect(letter).toMatchObject({ key: 'ann', reason: expect.stringMatching(/^TypeError/) });
    expect(problems.some(({ kind }) => kind === 'dead-letter')).toBe(true);
    expect(await bus.deadLetters.retry(letter?.id ?? '')).toBe('failed');
    const [kept] = await bus.deadLetters.list();
    expect(kept?.attempts).toBeGreaterThan(letter?.attempts ?? 0);
    await bus.close();
  });
});
