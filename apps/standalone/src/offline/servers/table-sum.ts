import { sql, type Kysely } from 'kysely';

const BITS = 64;

/**
 * A number for what the tables of a view say, whatever the order of their rows and columns: the sum
 * of the rows' hashes, made by the server.
 */
export async function sumOf(db: Kysely<never>, tables: readonly string[]): Promise<string> {
  let [rows, sum] = [0, 0n];
  for (const table of tables) {
    const { rows: found } = await sql<{ rows: number; sum: string }>`
      select count(*) as rows,
        coalesce(sum(hashtextextended(${table} || to_jsonb(one)::text, 0)), 0)::text as sum
      from ${sql.table(table)} as one`.execute(db);
    rows += found[0]?.rows ?? 0;
    sum = BigInt.asUintN(BITS, sum + BigInt(found[0]?.sum ?? 0));
  }
  return `${rows} rows ${sum.toString(16).padStart(BITS / 4, '0')}`;
}
