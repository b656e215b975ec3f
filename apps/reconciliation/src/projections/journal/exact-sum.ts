import { sql, type RawBuilder } from 'kysely';

/** Summed apart, neither part can leave 64 bits, which end SQLite's `sum` with an error. */
const PART = 1_000_000_000;

/** The sum of a column of whole numbers, beyond 64 bits too, as a text for `toExact`. */
export function exactSum(column: string): RawBuilder<string> {
  const name = sql.ref(column);
  const part = sql.lit(PART);
  return sql<string>`cast(sum(${name} / ${part}) as text) || ' ' || cast(sum(${name} % ${part}) as text)`;
}

/** Both parts have the sign of what they are of, so they just add up. */
export function toExact(sum: string): bigint {
  const [whole = '0', rest = '0'] = sum.split(' ');
  return BigInt(whole) * BigInt(PART) + BigInt(rest);
}
