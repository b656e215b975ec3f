import { PostgresAdapter, sql, type Kysely } from 'kysely';

/**
 * Creates tables although other replicas may do the same now: PostgreSQL's `if not exists` alone
 * fails when two begin at once. One replica at a time per schema.
 */
export async function prepareTables<Tables>(
  db: Kysely<Tables>,
  create: (db: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  if (!isPostgres(db)) {
    await create(db);
    return;
  }
  const within = async (trx: Kysely<Tables>): Promise<void> => {
    const lock = sql`select pg_advisory_xact_lock(hashtext('fidelis'), hashtext(current_schema()))`;
    await lock.execute(trx);
    await create(trx);
  };
  if (db.isTransaction) await within(db);
  else await db.transaction().execute(within);
}

export function isPostgres<Tables>(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
