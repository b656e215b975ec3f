import type { Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { usePostgres } from '@fidelis/infra';
import { insertNewRows, insertRows, isOneOf, type BulkTable } from './bulk';
import { openPostgresReadModel } from './postgres';
import { prepareTables } from './prepare-tables';

interface Row {
  readonly id: string;
  readonly points: number;
}
interface Tables {
  readonly rows: Row;
}
const table: BulkTable<Row> = { name: 'rows', columns: { id: 'text', points: 'bigint' } };

const create = (db: Kysely<Tables>): Promise<void> =>
  db.schema
    .createTable('rows')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('points', 'bigint')
    .execute();
const bare = (db: Kysely<Tables>): Kysely<never> => db as unknown as Kysely<never>;

describe('a read model on PostgreSQL', () => {
  const postgres = usePostgres();

  it('is made once by many replicas that begin at the same moment', async () => {
    const schema = 'reward-store';
    const replicas = Array.from({ length: 8 }, () => postgres.open<Tables>(schema));
    await Promise.all(replicas.map((db) => prepareTables(db, create)));
    const [one, two] = replicas;
    await one?.insertInto('rows').values({ id: 'a', points: 1 }).execute();
    expect(await two?.selectFrom('rows').selectAll().execute()).toEqual([{ id: 'a', points: 1 }]);
  });

  it('gives whole numbers as numbers, and refuses one that is not exact', async () => {
    const db = postgres.open<Tables>();
    await create(db);
    const most = Number.MAX_SAFE_INTEGER;
    await insertRows(bare(db), table, { rows: [{ id: 'most', points: most }] });
    const query = db.selectFrom('rows').select('points').where('id', '=', 'most');
    expect(await query.executeTakeFirst()).toEqual({ points: 9_007_199_254_740_991 });
    await db
      .updateTable('rows')
      .set({ points: '9007199254740992' as never })
      .execute();
    await expect(query.executeTakeFirst()).rejects.toThrow('not a safe integer');
  });

  it('orders texts by bytes and keeps what it cannot hold as the replacement character', async () => {
    const db = postgres.open<Tables>();
    await create(db);
    const ids = ['b', 'B', 'ä', 'a\0', '\uD800'];
    await insertRows(bare(db), table, { rows: ids.map((id) => ({ id, points: 0 })) });
    const rows = await db.selectFrom('rows').select('id').orderBy('id').execute();
    expect(rows.map(({ id }) => id)).toEqual(['B', 'a\uFFFD', 'b', 'ä', '\uFFFD']);
    const found = db
      .selectFrom('rows')
      .select('id')
      .where(isOneOf(bare(db), 'id', ['B', 'a\0']));
    expect(await found.orderBy('id').execute()).toEqual([{ id: 'B' }, { id: 'a\uFFFD' }]);
  });

  it('says when another replica made a row first', async () => {
    const db = postgres.open<Tables>();
    await create(db);
    const given = { rows: [{ id: 'a', points: 1 }], key: ['id'] } as const;
    await insertNewRows(bare(db), table, given);
    await expect(insertNewRows(bare(db), table, given)).rejects.toThrow(OperationalError);
  });

  it('fails for now while nobody answers', async () => {
    const db = openPostgresReadModel<Tables>({
      url: 'postgres://nobody:none@127.0.0.1:1/none',
      schema: 'x',
    });
    await expect(db.selectFrom('rows').selectAll().execute()).rejects.toThrow(OperationalError);
    await db.destroy();
  });
});
