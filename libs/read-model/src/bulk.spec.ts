import {
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  DummyDriver,
  PostgresIntrospector,
} from 'kysely';
import { insertRows, isOneOf, type BulkTable, type OnConflict } from './bulk';
import { openSqliteReadModel } from './read-model';

interface Row {
  readonly id: string;
  readonly points: number;
  readonly note: string | null;
}
const table: BulkTable<Row> = {
  name: 'rows',
  columns: { id: 'text', points: 'bigint', note: 'text' },
};
const row = (id: string, points: number, note: string | null = null): Row => ({ id, points, note });

describe.each(['within a transaction', 'outside of one'])('rows inserted %s', (where) => {
  let db: Kysely<{ rows: Row }>;

  const insert = async (rows: readonly Row[], onConflict?: OnConflict<Row>): Promise<void> => {
    const given = { rows, ...(onConflict !== undefined && { onConflict }) };
    if (where !== 'within a transaction') {
      await insertRows(db as unknown as Kysely<never>, table, given);
      return;
    }
    await db
      .transaction()
      .execute((trx) => insertRows(trx as unknown as Kysely<never>, table, given));
  };
  const all = () => db.selectFrom('rows').selectAll().orderBy('id').execute();

  beforeEach(async () => {
    db = openSqliteReadModel<{ rows: Row }>({ file: ':memory:' });
    await db.schema
      .createTable('rows')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('points', 'bigint')
      .addColumn('note', 'text')
      .execute();
    await insert([row('a', 5, 'é "quoted" \n line'), row('b', Number.MAX_SAFE_INTEGER)]);
  });

  afterEach(() => db.destroy());

  it('keep every text, number and null', async () => {
    expect(await all()).toEqual([
      row('a', 5, 'é "quoted" \n line'),
      row('b', 9_007_199_254_740_991),
    ]);
  });

  it('leave what is there', async () => {
    await insert([row('a', 9), row('c', 1)], { key: ['id'], then: 'nothing' });
    expect((await all()).map(({ id, points }) => [id, points])).toEqual([
      ['a', 5],
      ['b', Number.MAX_SAFE_INTEGER],
      ['c', 1],
    ]);
  });

  it('replace the columns that are named', async () => {
    await insert([row('a', 4, 'new')], { key: ['id'], then: 'update', columns: ['points'] });
    expect((await all())[0]).toEqual(row('a', 4, 'é "quoted" \n line'));
  });

  it('replace only what is lower', async () => {
    const greatest = { key: ['id'], then: 'greatest', columns: ['points'] } as const;
    await insert([row('a', 4)], greatest);
    expect((await all())[0]?.points).toBe(5);
    await insert([row('a', 6)], greatest);
    expect((await all())[0]?.points).toBe(6);
  });

  it('are found by any number of ids', async () => {
    const ids = ['a', ...Array.from({ length: 50_000 }, (_, index) => `none-${index}`)];
    const bare = db as unknown as Kysely<never>;
    const found = await db
      .selectFrom('rows')
      .select('id')
      .where(isOneOf(bare, 'id', ids))
      .execute();
    expect(found).toEqual([{ id: 'a' }]);
  });
});

it('on PostgreSQL rows are one JSON parameter, with the columns typed', async () => {
  const queries: string[] = [];
  const db = new Kysely<never>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: (event) => {
      queries.push(event.query.sql);
    },
  });
  await insertRows(db, table, {
    rows: [row('a', 1)],
    onConflict: { key: ['id'], then: 'nothing' },
  });
  expect(queries).toEqual([
    'insert into "rows" ("id", "points", "note") select "id", "points", "note" ' +
      'from json_to_recordset($1::json) as r("id" text, "points" bigint, "note" text) ' +
      'on conflict ("id") do nothing',
  ]);
});
