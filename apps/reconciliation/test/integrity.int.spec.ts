import { AggregateRepository } from '@fidelis/aggregates';
import type { EventStore, RecordedEvent } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { accepted, type Aggregate } from '@fidelis/kernel';
import { openSqliteReadModel } from '@fidelis/read-model';
import { ChainAudit } from '../src/integrity/chain-audit';
import { createAuditTables, type AuditTables } from '../src/integrity/audit.table';
import { recordInJournal } from '../src/projections/journal/journal.projection';
import { emptyCensus, installation } from './installation';
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
    const db = openSqliteReadModel<AuditTables>({ file: ':memory:' });
    await createAuditTables(db);
    return db;
  };

  it('verifies each event once and goes on where it stopped', async () => {
    const store = new MemoryEventStore();
    const db = await open();
    await appendTo(store, 'ann', 5);
    await appendTo(store, 'bob', 7);
    expect(await new ChainAudit(store, db).run(Infinity)).toEqual({ events: 2, faults: [] });
    await appendTo(store, 'ann', 3);
    // What was verified before is not read again: a change there is for `fidelis verify`.
    const other = tampered(store, (event) =>
      event.position < 2 ? { ...event, data: { points: 0 } } : event,
    );
    expect(await new ChainAudit(other, db).run(Infinity)).toEqual({ events: 3, faults: [] });
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
    expect(await new ChainAudit(broken, db).run(Infinity)).toEqual({ events: 2, faults });
    expect(await new ChainAudit(store, db).run(Infinity)).toEqual({ events: 2, faults });
  });
});

describe('the integrity report', () => {
  it('is ok for an empty installation', async () => {
    const { integrity } = installation();
    const report = await integrity.check();
    expect(report.asOf).toBe(at(22));
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.ok).toBe(true);
  });

  it('says at rest what the journal has and the accounts have not', async () => {
    const { integrity, views } = installation();
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
