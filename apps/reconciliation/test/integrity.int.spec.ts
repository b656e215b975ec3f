import { AggregateRepository } from '@fidelis/aggregates';
import {
  CONTROLLED_SERVICES,
  controlOf,
  TakeAccountCensus,
  type AccountCensus,
} from '@fidelis/contracts';
import type { EventStore, RecordedEvent } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { accepted, type Aggregate } from '@fidelis/kernel';
import { openSqliteReadModel } from '@fidelis/read-model';
import type { Platform } from '@fidelis/service';
import { answering, CallTable, DirectCalls } from '@fidelis/service-calls';
import { ChainAudit } from '../src/integrity/chain-audit';
import { createChainTables, type ChainTables } from '../src/integrity/chain.table';
import { Integrity } from '../src/integrity/integrity';
import { recordInJournal } from '../src/projections/journal/journal.projection';
import { ReconciliationDatabase } from '../src/reconciliation-database';
import { AccountHistory, at } from './messages';

type Noted = { readonly type: 'Noted'; readonly data: { readonly points: number } };
const noted: Aggregate<number, Noted> = {
  category: 'account',
  initial: 0,
  evolve: (total, event) => total + event.data.points,
  hashChain: true,
};

const appendTo = async (store: EventStore, id: string, points: number): Promise<void> => {
  const accounts = new AggregateRepository(store, noted);
  const { revision } = await accounts.load(id);
  const handled = await accounts.handle({
    ...{ id, now: at(2), operation: { id: `${id}-${revision + 1}` } },
    decide: () => accepted<Noted>({ type: 'Noted', data: { points } }),
  });
  if (handled.outcome !== 'rejected') await handled.durable;
};

/** The store, with one event that somebody changed on the disk. */
const tampered = (store: EventStore, change: (event: RecordedEvent) => RecordedEvent): EventStore =>
  new Proxy(store, {
    get: (target, name) =>
      name === 'readAll'
        ? async (options: Parameters<EventStore['readAll']>[0]) =>
            (await target.readAll(options)).map(change)
        : (Reflect.get(target, name) as unknown),
  });

describe('the audit of hash chains', () => {
  const open = async () => {
    const db = openSqliteReadModel<ChainTables>({ file: ':memory:' });
    await createChainTables(db);
    return db;
  };

  it('verifies each event once and goes on where it stopped', async () => {
    const store = new MemoryEventStore();
    const db = await open();
    await appendTo(store, 'ann', 5);
    await appendTo(store, 'bob', 7);
    expect(await new ChainAudit(store, db).run()).toEqual({ events: 2, faults: [] });
    await appendTo(store, 'ann', 3);
    // What was verified before is not read again: a change there is for `fidelis verify`.
    const other = tampered(store, (event) =>
      event.position < 2 ? { ...event, data: { points: 0 } } : event,
    );
    expect(await new ChainAudit(other, db).run()).toEqual({ events: 3, faults: [] });
  });

  it('finds a changed event, and tells it ever after', async () => {
    const store = new MemoryEventStore();
    const db = await open();
    await appendTo(store, 'ann', 5);
    await appendTo(store, 'ann', 3);
    const broken = tampered(store, (event) =>
      event.revision === 1 ? { ...event, data: { points: 300 } } : event,
    );
    const faults = [{ stream: 'account-ann', revision: 1, detail: 'hash-mismatch' }];
    expect(await new ChainAudit(broken, db).run()).toEqual({ events: 2, faults });
    expect(await new ChainAudit(store, db).run()).toEqual({ events: 2, faults });
  });
});

describe('the integrity report', () => {
  const emptyCensus: AccountCensus = {
    ...{ accounts: 0, events: 0, totals: [], unsound: [], overdueHolds: [] },
  };

  const installation = (census: () => AccountCensus | Promise<AccountCensus>) => {
    const eventStore = new MemoryEventStore();
    const callTable = new CallTable();
    callTable.add(answering(TakeAccountCensus, async () => census()));
    for (const service of CONTROLLED_SERVICES) {
      callTable.add(answering(controlOf(service).reachHead, async () => ({ reached: true })));
    }
    const db = openSqliteReadModel<unknown>({ file: ':memory:' });
    const platform = {
      ...{ eventStore, callTable, calls: new DirectCalls(callTable) },
      clock: { now: () => at(22) },
      bus: { deadLetters: { count: () => Promise.resolve(0) } },
      readModel: () => db,
    } as unknown as Platform;
    const views = new ReconciliationDatabase(platform);
    return { eventStore, views, integrity: new Integrity(platform, views) };
  };

  it('is ok for an empty installation', async () => {
    const { integrity } = installation(() => emptyCensus);
    const report = await integrity.check();
    expect(report.asOf).toBe(at(22));
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.ok).toBe(true);
  });

  it('says at rest what the journal has and the accounts have not', async () => {
    const { integrity, views } = installation(() => emptyCensus);
    const ann = new AccountHistory('ann').opened().moved([{ type: 'earn', points: 9, day: 2 }], 1);
    await recordInJournal(await views.journal(), ann.messages);
    const report = await integrity.check();
    expect(report.ok).toBe(false);
    expect(report.checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual([
      'roll-forward',
      'event-counts',
    ]);
  });

  it('looks again when somebody wrote while it compared', async () => {
    const seen: number[] = [];
    const installed = installation(async () => {
      seen.push(seen.length);
      // The first count is of a moment before the write; the second one has it.
      if (seen.length === 1) {
        await appendTo(installed.eventStore, 'ann', 9);
        const ann = new AccountHistory('ann').opened();
        await recordInJournal(await installed.views.journal(), ann.messages);
        return emptyCensus;
      }
      return { ...emptyCensus, accounts: 1, events: 1 };
    });
    const report = await installed.integrity.check();
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(seen).toHaveLength(2);
  });
});
