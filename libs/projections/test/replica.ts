import type { Kysely } from 'kysely';
import { runFeed, type EventFeed, type FeedSource, type RecordedEvent } from '@fidelis/event-store';
import { PostgresLeases, type LeaseTables } from '@fidelis/leases';
import { insertRows, openPostgresReadModel, type BulkTable } from '@fidelis/read-model';
import { ProjectionRunner, type Projection } from '../src';

/** One replica of a service with one view, in a process of its own. */
export interface ReplicaOptions {
  readonly url: string;
  readonly schema: string;
  /** The feed's events happen one after the other from here on, the same for all replicas. */
  readonly beganAtMs: number;
  readonly ttlMs: number;
}

interface SeenTables {
  readonly seen: { readonly position: number; readonly pid: number };
}

const EVERY_MS = 4;
const SEEN: BulkTable<SeenTables['seen']> = {
  name: 'seen',
  columns: { position: 'bigint', pid: 'bigint' },
};

/** Without a key: an event that counted twice would be there twice. */
const view: Projection<SeenTables> = {
  name: 'seen',
  categories: ['thing'],
  tables: ['seen'],
  create: (db) =>
    db.schema
      .createTable('seen')
      .ifNotExists()
      .addColumn('position', 'bigint')
      .addColumn('pid', 'bigint')
      .execute(),
  apply: (trx, events) =>
    insertRows(trx as unknown as Kysely<never>, SEEN, {
      rows: events.map(({ position }) => ({ position, pid: process.pid })),
    }),
};

function feedSince(beganAtMs: number): EventFeed {
  const head = (): number => Math.floor((Date.now() - beganAtMs) / EVERY_MS);
  const source: FeedSource = {
    page: (after, { limit }) => {
      const to = Math.min(head(), after + limit);
      const events = Array.from({ length: to - after }, (_, index) => eventAt(after + 1 + index));
      return Promise.resolve({ events, lookedTo: to, atHead: to >= head() });
    },
    changed: () => new Promise((resolve) => setTimeout(resolve, EVERY_MS)),
  };
  return {
    headOf: () => Promise.resolve(head()),
    subscribe: (options) => runFeed(source, options),
  };
}

function eventAt(position: number): RecordedEvent {
  const place = { stream: `thing-${position}`, category: 'thing', revision: 0, position };
  const metadata = { recordedAt: '2026-11-22T09:00:00.000Z', operationId: `o${position}` };
  return { ...place, id: `e${position}`, type: 'Happened', data: {}, metadata };
}

async function main({ url, schema, beganAtMs, ttlMs }: ReplicaOptions): Promise<void> {
  const onError = (error: unknown): void => {
    process.send?.({ failed: String(error) });
  };
  const db = openPostgresReadModel<SeenTables>({ url, schema, connectionsMax: 3 });
  const leases = new PostgresLeases({
    db: openPostgresReadModel<LeaseTables>({ url, schema: `${schema}_bus`, connectionsMax: 2 }),
    ...{ ttlMs, renewEveryMs: ttlMs / 4, standbyEveryMs: 100 },
    onError: (_name, error) => {
      onError(error);
    },
  });
  const runner = new ProjectionRunner({
    ...{ service: 'test', eventStore: feedSince(beganAtMs), db, projection: view, onError },
    batchSizeMax: 50,
  });
  await runner.prepare();
  const work = {
    start: async () => {
      await runner.start();
      process.send?.('started');
    },
    stop: async () => {
      await runner.stop();
      process.send?.('stopped');
    },
  };
  leases.hold('test.feeds', work);
  process.on('message', () => {
    void leases.close().then(() => process.exit(0));
  });
}

void main(JSON.parse(process.argv[2] ?? '') as ReplicaOptions);
