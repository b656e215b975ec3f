import type { Kysely } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
import type { AccountEvent } from '../../domain/account';
import { entriesProjection } from './entries.projection';
import { listEntries, type EntriesFilter } from './entries.query';
import type { EntriesTables } from './entries.table';

const at = '2026-11-22T09:00:00.000Z';

function debited(accountId: string, position: number, ticket: string): RecordedEvent {
  const lot = { lotId: 'l', points: 1, granted: 5, wallet: 'points', pointSource: 'default' };
  const source = { kind: 'transaction', id: ticket } as const;
  const balance = { pending: 0, available: 4, held: 0, debt: 0 };
  const sources = { default: { total: 4, debt: 0 } };
  const event: AccountEvent = {
    type: 'PointsDebited',
    data: {
      lots: [{ ...lot, grantedAt: at, availableAt: at, source }],
      ...{ source, reason: 'r', at },
      after: {
        participantId: `of-${accountId}`,
        programId: 'prog',
        wallets: { points: { ...balance, sources } },
      },
    },
  };
  const place = { stream: `account-${accountId}`, category: 'account', revision: 1, position };
  const metadata = { recordedAt: at, operationId: 'op' };
  return { ...event, ...place, id: 'e', metadata } as unknown as RecordedEvent;
}

describeOnDatabases('the view of all entries', (databases) => {
  let db: Kysely<EntriesTables>;
  const events = [debited('a', 1, 't1'), debited('b', 2, 't2'), debited('a', 3, 't3')];

  beforeAll(async () => {
    db = databases.open<EntriesTables>();
    await entriesProjection.create(db);
    await db.transaction().execute((trx) => entriesProjection.apply(trx, events));
  });

  const shown = async (filter: Partial<EntriesFilter>) =>
    (await listEntries(db, { limit: 10, ...filter })).map(({ entry }) => entry.source.id);

  it('lists the newest first, from any place on', async () => {
    expect(await shown({})).toEqual(['t3', 't2', 't1']);
    expect(await shown({ before: { position: 3, index: 0 }, limit: 1 })).toEqual(['t2']);
  });

  it('filters by participant, programme and ticket', async () => {
    expect(await shown({ participantId: 'of-a' })).toEqual(['t3', 't1']);
    expect(await shown({ programId: 'other' })).toEqual([]);
    expect(await shown({ transactionId: 't2' })).toEqual(['t2']);
  });

  it('shows whose entry it is', async () => {
    const [listed] = await listEntries(db, { limit: 1 });
    expect(listed?.entry).toMatchObject({
      ...{ accountId: 'a', participantId: 'of-a', programId: 'prog' },
      ...{ type: 'redeem', points: -1, balanceAfter: 4 },
    });
  });
});
