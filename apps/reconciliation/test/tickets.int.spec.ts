import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '@fidelis/event-store';
import { EventStoreDbStore } from '@fidelis/event-store-eventstoredb';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { EventStoreTestServer } from '@fidelis/event-store-test-server';
import { describeOnDatabases } from '@fidelis/infra';
import type { JsonObject } from '@fidelis/kernel';
import type { ReadModel } from '@fidelis/read-model';
import { TicketAudit } from '../src/integrity/ticket-audit';
import type { AuditTables } from '../src/integrity/audit.table';
import { installation } from './installation';
import { at } from './messages';

interface Fact {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
}

/** What earning stores of a ticket, as far as this check reads it. */
const recorded = (ticket: string, accountIds: readonly string[]): Fact => ({
  stream: `transaction-${ticket}`,
  type: 'TransactionRecorded',
  data: {
    ticket,
    memberships: accountIds.map((accountId) => ({ programId: 'gold', accountId })),
  },
});
const cancelled = (ticket: string): Fact => ({
  stream: `transaction-${ticket}`,
  type: 'ReturnRequested',
  data: { ticket, returnId: 'cancel', kind: 'cancel' },
});
const awarded = (accountId: string, ticket: string, points = 5): Fact => ({
  stream: `membership-${accountId}`,
  type: 'TicketAwarded',
  data: { ticket, points },
});
const reversed = (accountId: string, ticket: string): Fact => ({
  stream: `membership-${accountId}`,
  type: 'AwardReversed',
  data: { ticket, returnId: 'cancel' },
});

describeOnDatabases('recorded tickets and their awards', (databases) => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-tickets-'));
  let server: EventStoreTestServer | undefined;
  let revisions: Map<string, number>;
  let db: ReadModel<AuditTables>;
  let store: EventStore;

  beforeEach(async () => {
    revisions = new Map();
    db = databases.open<AuditTables>();
    store = databases.kind === 'SQLite' ? new MemoryEventStore() : await openEventStoreDb();
  });
  afterEach(async () => {
    await store.close();
    await server?.stop();
    server = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const openEventStoreDb = async (): Promise<EventStore> => {
    server = await EventStoreTestServer.start({ folder: join(folder, randomUUID()) });
    const { snapshots } = new MemoryEventStore();
    return new EventStoreDbStore({ url: server.url, snapshots, limits: { deadlineMs: 10_000 } });
  };

  const append = async (...facts: readonly Fact[]): Promise<void> => {
    for (const { stream, type, data } of facts) {
      const revision = revisions.get(stream);
      const metadata = { recordedAt: at(2), operationId: randomUUID() };
      await store.append({
        stream,
        expectedRevision: revision ?? 'no-stream',
        events: [{ id: randomUUID(), type, data, metadata }],
      }).durable;
      revisions.set(stream, (revision ?? -1) + 1);
    }
  };

  /** The check of a report, and whether all the others are ok. */
  const report = async () => {
    const place = { eventStore: store, db: db as unknown as ReadModel<unknown> };
    const { integrity } = installation(undefined, place);
    const { ok, checks } = await integrity.check();
    const tickets = checks.find(({ name }) => name === 'tickets');
    expect(ok).toBe(checks.every((check) => check.ok));
    expect(checks.filter((check) => !check.ok && check !== tickets)).toEqual([]);
    return tickets;
  };
  const rowsKept = () => db.selectFrom('unawarded_tickets').selectAll().execute();

  it('agree: of nothing, of nobody, of two programmes, cancelled', async () => {
    await append(
      recorded('pos:none', ['ann']),
      awarded('ann', 'pos:none', 0),
      recorded('pos:anonymous', []),
      recorded('pos:both', ['ann', 'bob']),
      awarded('ann', 'pos:both'),
      awarded('bob', 'pos:both'),
      cancelled('pos:both'),
      reversed('ann', 'pos:both'),
    );
    expect(await report()).toEqual({
      ...{ name: 'tickets', ok: true, detail: 'all 3 tickets awarded in their memberships' },
    });
    expect(await rowsKept()).toEqual([]);
  });

  it('do not until the last award is there, which may be long after', async () => {
    await append(
      recorded('pos:1', ['ann', 'bob']),
      awarded('bob', 'pos:1'),
      // Neither another ticket's award nor a return of this one is its award.
      recorded('pos:2', ['ann']),
      awarded('ann', 'pos:2'),
      cancelled('pos:1'),
      reversed('ann', 'pos:1'),
    );
    const missing = {
      ...{ name: 'tickets', ok: false, detail: 'pos:1: membership ann has no award of it' },
    };
    expect(await report()).toEqual(missing);
    // Told from the rows: nothing of it is read again.
    expect(await report()).toEqual(missing);
    // Made anew from the first event on, the rows are the same.
    const rows = await rowsKept();
    expect(rows).toHaveLength(1);
    await db.deleteFrom('unawarded_tickets').execute();
    await db.deleteFrom('chain_progress').where('name', '=', 'ticket').execute();
    expect(await report()).toEqual(missing);
    expect(await rowsKept()).toEqual(rows);

    await append(awarded('ann', 'pos:1'));
    expect(await report()).toMatchObject({
      ...{ ok: true, detail: 'all 2 tickets awarded in their memberships' },
    });
    expect(await rowsKept()).toEqual([]);
  });

  it('are judged only as far as everything has settled', async () => {
    await append(recorded('pos:1', ['ann']), awarded('ann', 'pos:1'));
    const settled = await store.headOf();
    await append(recorded('pos:2', ['ann']));
    await report();
    const audit = new TicketAudit(store, db);
    const limits = { deadline: Infinity, listedMax: 5 };
    expect(await audit.run(settled, limits)).toEqual({ tickets: 2, unawarded: [] });
    expect((await audit.run(await store.headOf(), limits)).unawarded).toEqual([
      { ticket: 'pos:2', accountId: 'ann' },
    ]);
  });

  it('are read once, by whichever of two replicas is first', async () => {
    await append(recorded('pos:1', ['ann']), awarded('ann', 'pos:1'), recorded('pos:2', ['ann']));
    await Promise.all([report(), report()]);
    expect(await report()).toMatchObject({ detail: 'pos:2: membership ann has no award of it' });
    await append(awarded('ann', 'pos:2'));
    const [first, second] = await Promise.all([report(), report()]);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ detail: 'all 2 tickets awarded in their memberships' });
  });

  it('go on where the time was over, and keep what was read', async () => {
    await append(recorded('pos:1', ['ann']), awarded('ann', 'pos:1'));
    const { views } = installation(undefined, {
      ...{ eventStore: store, db: db as unknown as ReadModel<unknown> },
    });
    const audit = new TicketAudit(store, await views.audits());
    const late = audit.run(await store.headOf(), { deadline: 0, listedMax: 5 });
    await expect(late).rejects.toThrow('the ticket audit goes on when it is asked again');
    expect(await report()).toMatchObject({ ok: true });
  });
});
