import { sql, type Kysely } from 'kysely';

export interface LeaseTables {
  readonly leases: {
    readonly name: string;
    readonly holder: string;
    /** Grows whenever the lease goes to another holder. */
    readonly epoch: number;
    /** By the database's clock. */
    readonly expires_at: Date;
  };
}

/** PostgreSQL's codes when two replicas create the same at once. */
const CREATED_BY_ANOTHER: ReadonlySet<unknown> = new Set(['23505', '42P07', '42710']);

export async function createLeases(db: Kysely<LeaseTables>): Promise<void> {
  try {
    await sql`
      create table if not exists leases (
        name text collate "C" primary key,
        holder text not null,
        epoch bigint not null,
        expires_at timestamptz not null
      )`.execute(db);
  } catch (error) {
    if (!CREATED_BY_ANOTHER.has((error as { code?: unknown }).code)) throw error;
  }
}

export interface Claim {
  readonly names: readonly string[];
  readonly holder: string;
  readonly ttlMs: number;
}

/**
 * Takes or keeps every lease that is free, has ended or is the holder's own; answers their names.
 * Names are in order, so that two replicas cannot wait for each other's rows; a row that another
 * one holds is not touched at all.
 */
export async function claimLeases(
  db: Kysely<LeaseTables>,
  { names, holder, ttlMs }: Claim,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    insert into leases as held (name, holder, epoch, expires_at)
    select wanted.name, ${holder}, 1, clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    from unnest(${[...names].sort()}::text[]) as wanted (name)
    left join leases present on present.name = wanted.name
    where present.name is null or present.holder = ${holder}
      or present.expires_at < clock_timestamp()
    order by wanted.name
    on conflict (name) do update set
      holder = excluded.holder,
      epoch = held.epoch + case when held.holder = excluded.holder then 0 else 1 end,
      expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    where held.holder = excluded.holder or held.expires_at < clock_timestamp()
    returning name`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/** The next one who asks gets them. */
export async function endLeases(
  db: Kysely<LeaseTables>,
  { names, holder }: Omit<Claim, 'ttlMs'>,
): Promise<void> {
  await sql`
    update leases set expires_at = '-infinity'
    where holder = ${holder} and name = any(${[...names].sort()}::text[])`.execute(db);
}
