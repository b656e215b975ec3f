import { sql, type Generated, type Kysely } from 'kysely';
import { prepareTables } from '@fidelis/read-model';

/** The bus's own tables, one place for all services: schema `bus` on PostgreSQL. */
export interface BusTables {
  readonly relays: RelayRow;
  readonly dead_letters: DeadLetterRow;
}

export interface RelayRow {
  readonly name: string;
  readonly service: string;
  readonly topic: string;
  /** Separated by `+`. */
  readonly categories: string;
  /** The last event whose messages are on the topic. A bigint, which `pg` reads as a string. */
  readonly position: number | string;
  /** Grows with each start: a relay of an older one is superseded. */
  readonly epoch: number | string;
}

export interface DeadLetterRow {
  readonly id: string;
  /** Orders the letters; time-ordered. */
  readonly sequence: string;
  readonly consumer_group: string;
  readonly topic: string;
  readonly key: string;
  readonly message_id: string | null;
  readonly type: string | null;
  /** `<partition>:<offset>`. */
  readonly position: string;
  readonly reason: string;
  readonly attempts: number;
  readonly failed_at: string;
  /** Sealed. */
  readonly bytes: Uint8Array | null;
  /** Set while a person's retry waits for the replica that owns the partition. */
  readonly retry_asked_at: Generated<string | null>;
}

const CREATE = [
  `create table if not exists relays (
    name text primary key,
    service text not null,
    topic text not null,
    categories text not null,
    position bigint not null,
    epoch bigint not null
  )`,
  `create table if not exists dead_letters (
    id text primary key,
    sequence text not null unique,
    consumer_group text not null,
    topic text not null,
    key text not null,
    message_id text,
    type text,
    position text not null,
    reason text not null,
    attempts integer not null,
    failed_at text not null,
    bytes bytea,
    retry_asked_at text
  )`,
];

/** Every process of every service does so when it starts. */
export async function createBusTables(db: Kysely<BusTables>): Promise<void> {
  await prepareTables(db, async (on) => {
    for (const statement of CREATE) await sql.raw(statement).execute(on);
  });
}
