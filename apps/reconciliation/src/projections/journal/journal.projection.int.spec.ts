import type { Kysely } from 'kysely';
import { describeOnDatabases } from '@fidelis/infra';
import { OperationalError } from '@fidelis/kernel';
import type { ReceivedMessage } from '@fidelis/messaging';
import { AccountHistory, at, orderReversed, purchaseSettled, terms } from '../../../test/messages';
import { trialBalanceReport, toJournalEntry } from '../../http/reports';
import { recordInJournal } from './journal.projection';
import { listLines, readCostAccounts, sumPoints, sumPointsByPart } from './journal.query';
import { createJournal, JOURNAL_TABLE_NAMES, type JournalTables } from './journal.table';
import { liabilityAsOf } from './liability.query';

/** Ann earns 9, spends 4 on an offer; Bob earns 5, of which 2 expire. */
const history = (): readonly ReceivedMessage[] => {
  const ann = new AccountHistory('ann')
    .opened()
    .moved([{ type: 'earn', points: 9, day: 2 }], 1)
    .moved([{ type: 'redeem', points: -4, day: 5, source: 'offer-purchase' }]);
  const bob = new AccountHistory('bob')
    .opened()
    .moved([{ type: 'earn', points: 5, day: 3 }], 1)
    .moved([{ type: 'expire', points: -2, day: 4, source: 'expiry' }]);
  const order = { orderId: 'buy.1', vendorId: 'acme', points: 0, amount: 100, currency: 'EUR' };
  return [
    ...ann.messages,
    ...bob.messages,
    purchaseSettled([{ ...order, commission: 10 }]),
    orderReversed({ reversalId: 'r1', amount: 30 }, 4),
  ];
};

const dump = async (of: Kysely<JournalTables>): Promise<string> => {
  const tables = await Promise.all(
    JOURNAL_TABLE_NAMES.map(async (name) => {
      const rows = await of
        .selectFrom(name as 'journal')
        .selectAll()
        .execute();
      return [name, rows.map((row) => JSON.stringify(row)).sort()];
    }),
  );
  return JSON.stringify(tables);
};

/** As a consumer does. */
const retried = async (work: () => Promise<void>): Promise<void> => {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
    }
  }
};

/** Keeps the order of each key, mixes the keys. */
const shuffled = (messages: readonly ReceivedMessage[], seed: number): ReceivedMessage[] => {
  const lanes = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    lanes.set(message.key, [...(lanes.get(message.key) ?? []), message]);
  }
  const mixed: ReceivedMessage[] = [];
  let state = seed;
  while (lanes.size > 0) {
    state = (state * 48_271) % 2_147_483_647;
    const key = [...lanes.keys()][state % lanes.size] ?? '';
    const lane = lanes.get(key) ?? [];
    const next = lane.shift();
    if (next !== undefined) mixed.push(next);
    if (lane.length === 0) lanes.delete(key);
  }
  return mixed;
};

describeOnDatabases('the journal', (databases) => {
  let db: Kysely<JournalTables>;

  const openJournal = async (): Promise<Kysely<JournalTables>> => {
    const opened = databases.open<JournalTables>();
    await createJournal(opened);
    return opened;
  };

  beforeEach(async () => {
    db = await openJournal();
  });

  it('lists entries by business time with balanced postings and their event', async () => {
    await recordInJournal(db, history());
    const costOf = await readCostAccounts(db);
    const rows = await listLines(db, { limit: 50 });
    const entries = rows.map((row) => toJournalEntry(row, costOf));
    expect(entries.map(({ occurredAt, kind, accountId }) => [occurredAt, kind, accountId])).toEqual(
      [
        [at(2), 'earn', 'ann'],
        [at(3), 'earn', 'bob'],
        [at(4), 'expire', 'bob'],
        [at(5), 'redeem', 'ann'],
        [at(9), 'settlement', 'ann'],
        [at(10), 'settlement-reversal', 'ann'],
      ],
    );
    expect(entries[0]).toEqual({
      entryId: 'ann.1.0',
      occurredAt: at(2),
      recordedAt: at(30),
      programId: 'gold',
      accountId: 'ann',
      kind: 'earn',
      // 9 points cost floor(9 / 2) = 4 minor units.
      postings: [
        { side: 'debit', ledgerAccount: 'points:issued', amount: 9, unit: 'points' },
        { side: 'credit', ledgerAccount: 'points:outstanding:points', amount: 9, unit: 'points' },
        { side: 'debit', ledgerAccount: 'expense:6100', amount: 4, unit: 'EUR', costCentre: 'MKT' },
        { side: 'credit', ledgerAccount: 'liability:points', amount: 4, unit: 'EUR' },
      ],
      event: { stream: 'account-ann', revision: 1, id: 'account-ann@1' },
    });
  });

  it('pages without a gap or a repetition', async () => {
    await recordInJournal(db, history());
    const whole = await listLines(db, { limit: 50 });
    const first = await listLines(db, { limit: 4 });
    const last = first[3];
    if (last === undefined) throw new Error('a page of four');
    const after = [last.occurred_at, last.stream, last.revision, last.line] as const;
    const second = await listLines(db, { limit: 4, after });
    expect([...first, ...second]).toEqual(whole);
  });

  it('filters by account and time, from inclusive and to exclusive', async () => {
    await recordInJournal(db, history());
    const rows = await listLines(db, { accountId: 'ann', from: at(2), to: at(9), limit: 50 });
    expect(rows.map((row) => row.kind)).toEqual(['earn', 'redeem']);
  });

  it('has a trial balance of zero, worked out by hand', async () => {
    await recordInJournal(db, history());
    const { rows, balanced } = await trialBalanceReport(db, undefined);
    expect(balanced).toBe(true);
    const balances = rows.map(({ unit, ledgerAccount, balance }) => [unit, ledgerAccount, balance]);
    expect(balances).toEqual([
      // Ann: 9 points are 4, 5 are 2. Bob: 5 points are 2, 3 are 1.
      ['EUR', 'expense:6100', 6],
      // Commission 10, of which floor(10 × 30/100) = 3 went back.
      ['EUR', 'income:breakage', -1],
      ['EUR', 'income:commission', -7],
      ['EUR', 'liability:points', -3],
      ['EUR', 'payable:acme', -63],
      ['EUR', 'redemption:offers', -2],
      ['EUR', 'redemption:purchases', 70],
      ['points', 'points:expired', -2],
      ['points', 'points:issued', 14],
      ['points', 'points:outstanding:points', -8],
      ['points', 'points:redeemed', -4],
    ]);
  });

  it('shows the past as of any day', async () => {
    await recordInJournal(db, history());
    const { rows } = await trialBalanceReport(db, at(3));
    const outstanding = rows.find((row) => row.ledgerAccount === 'points:outstanding:points');
    expect(outstanding?.balance).toBe(-14);
    expect(await liabilityAsOf(db, at(4))).toEqual([
      {
        ...{ programId: 'gold', currency: 'EUR', points: 12n, amount: 5n },
        costPerPoint: { amount: 1, points: 2 },
      },
    ]);
  });

  it('sums points before, within and after a period', async () => {
    await recordInJournal(db, history());
    const sums = await sumPoints(db, { programId: 'gold' }, { from: at(3), to: at(5) });
    expect(sums).toEqual([
      { kind: 'earn', before: 9n, within: 5n, later: 0n, forgiven: 0n },
      { kind: 'expire', before: 0n, within: -2n, later: 0n, forgiven: 0n },
      { kind: 'redeem', before: 0n, within: 0n, later: -4n, forgiven: 0n },
    ]);
    expect(await sumPointsByPart(db)).toEqual([
      { programId: 'gold', wallet: 'points', pointSource: 'default', total: 8n },
    ]);
  });

  it('sums exactly beyond 2^53', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const rich = ['ann', 'bob', 'cid'].flatMap(
      (id) =>
        new AccountHistory(id).opened().moved([{ type: 'earn', points: most, day: 2 }]).messages,
    );
    await recordInJournal(db, rich);
    // 3 × 9,007,199,254,740,991
    expect((await sumPointsByPart(db))[0]?.total).toBe(27_021_597_764_222_973n);
    const { rows } = await trialBalanceReport(db, undefined);
    const issued = rows.find((row) => row.ledgerAccount === 'points:issued');
    expect(issued?.debit).toBe('27021597764222973');
  });

  it('is not changed by messages delivered three times and shuffled across keys', async () => {
    await recordInJournal(db, history());
    const expected = await dump(db);
    for (const seed of [1, 2, 3, 4, 5]) {
      const other = await openJournal();
      const thrice = shuffled(history(), seed).flatMap((message) => [message, message, message]);
      for (let from = 0; from < thrice.length; from += 4) {
        await recordInJournal(other, thrice.slice(from, from + 4));
      }
      // The whole once more, as after a crash.
      await recordInJournal(other, history());
      expect(await dump(other)).toBe(expected);
    }
  });

  it('takes each message once where replicas work on the same ones side by side', async () => {
    await recordInJournal(db, history());
    const expected = await dump(db);
    const other = await openJournal();
    const replica = async (seed: number): Promise<void> => {
      const messages = shuffled(history(), seed);
      for (let from = 0; from < messages.length; from += 3) {
        await retried(() => recordInJournal(other, messages.slice(from, from + 3)));
      }
    };
    // SQLite has one writer; its connection takes one transaction after the other.
    await Promise.all([1, 2, 3, 4].map(replica));
    expect(await dump(other)).toBe(expected);
  });

  it('built again gives the same rows', async () => {
    await recordInJournal(db, history());
    const before = await dump(db);
    for (const name of JOURNAL_TABLE_NAMES) await db.schema.dropTable(name).execute();
    await createJournal(db);
    for (const message of history()) await recordInJournal(db, [message]);
    expect(await dump(db)).toBe(before);
  });

  it('notices entries that never came', async () => {
    const ann = new AccountHistory('ann')
      .opened()
      .moved([{ type: 'earn', points: 9, day: 2 }])
      .lost([{ type: 'earn', points: 3, day: 3 }])
      .moved([{ type: 'earn', points: 1, day: 4 }]);
    await recordInJournal(db, ann.messages);
    const faults = await db.selectFrom('journal_faults').selectAll().execute();
    expect(faults).toEqual([
      {
        name: 'missing-messages',
        stream: 'account-ann',
        revision: 3,
        detail: 'it came after revision 1',
      },
      {
        name: 'wrong-total',
        stream: 'account-ann',
        revision: 3,
        detail: '9 and 1 do not give 13',
      },
    ]);
  });

  it('values the points of an account anew when its terms change', async () => {
    const dearer = terms({ version: 2, finance: { costPerPoint: { amount: 1, points: 1 } } });
    const ann = new AccountHistory('ann')
      .opened()
      .moved([{ type: 'earn', points: 9, day: 2 }])
      .replaced(dearer, 3)
      .moved([{ type: 'redeem', points: -9, day: 4 }]);
    await recordInJournal(db, ann.messages);
    const rows = await listLines(db, { limit: 10 });
    // 9 points cost 4, then 9; all of it is gone at the end.
    expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['earn', 4],
      ['remeasurement', 5],
      ['redeem', -9],
    ]);
  });
});
