import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';

type AnyTables = Readonly<Record<string, Record<string, unknown>>>;

const BITS = 64;

/**
 * A number for what the tables of a view say, whatever the order of their rows: the sum of the rows'
 * hashes. A table that is not there yet says nothing.
 */
export async function checksumOf(
  database: Kysely<never>,
  tables: readonly string[],
): Promise<string> {
  const db = database as unknown as Kysely<AnyTables>;
  const present = new Set((await db.introspection.getTables()).map(({ name }) => name));
  let sum = 0n;
  let rows = 0;
  for (const table of tables) {
    if (!present.has(table)) continue;
    for await (const row of db.selectFrom(table).selectAll().stream()) {
      const hash = createHash('sha256')
        .update(`${table} ${JSON.stringify(row)}`)
        .digest();
      sum = BigInt.asUintN(BITS, sum + hash.readBigUInt64LE());
      rows += 1;
    }
  }
  return `${rows} rows ${sum.toString(16).padStart(BITS / 4, '0')}`;
}

export async function emptyTables(
  database: Kysely<never>,
  tables: readonly string[],
): Promise<void> {
  const db = database as unknown as Kysely<AnyTables>;
  const present = new Set((await db.introspection.getTables()).map(({ name }) => name));
  await db.transaction().execute(async (trx) => {
    for (const table of tables) if (present.has(table)) await trx.deleteFrom(table).execute();
  });
}
