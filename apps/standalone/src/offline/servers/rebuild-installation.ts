import type { Kysely } from 'kysely';
import type { EventStore, Position } from '@fidelis/event-store';
import { PostgresLeases, type LeaseTables } from '@fidelis/leases';
import { schemaOf } from '@fidelis/platform';
import { ProjectionRunner, type Projection } from '@fidelis/projections';
import { openPostgresReadModel, type ReadModel } from '@fidelis/read-model';
import type { ServiceViews } from '@fidelis/service/views';
import { allViews, viewPublishers } from '../../view-thread/all-views';
import type { RebuiltView } from '../rebuild-folder';
import { holdServices } from './hold-services';
import { openEventStore } from './open-event-store';
import { rebuildMessageView, type Comparison } from './rebuild-message-view';
import { sumOf } from './table-sum';

export interface RebuiltOnServers {
  /** Of the last event. */
  readonly position: Position;
  readonly views: readonly RebuiltView[];
}

interface Installation {
  readonly eventStoreUrl: string;
  readonly readModelUrl: string;
}

/** Nobody waits, and a view of billions of events takes its time. */
const MS_MAX = 24 * 3600_000;

/**
 * Builds every view of every service in PostgreSQL again from the events, and tells whether they
 * say the same as before. Appends nothing and needs no broker. @throws ServicesRun
 */
export async function rebuildInstallation(
  { eventStoreUrl, readModelUrl }: Installation,
  onView: (view: RebuiltView) => void = () => undefined,
): Promise<RebuiltOnServers> {
  const databases = new OpenDatabases(readModelUrl);
  const leases = new PostgresLeases({ db: databases.open<LeaseTables>('bus'), onError: report });
  const store = openEventStore(eventStoreUrl);
  try {
    await holdServices(
      leases,
      allViews.map(({ flow }) => flow.service),
    );
    const views: RebuiltView[] = [];
    for (const service of allViews) {
      await rebuildService(service, { store, databases }, (view) => {
        views.push(view);
        onView(view);
      });
    }
    return { position: await store.headOf(), views };
  } finally {
    await leases.close();
    await store.close();
    await databases.close();
  }
}

interface Parts {
  readonly store: EventStore;
  readonly databases: OpenDatabases;
}

async function rebuildService(
  { flow: { service }, projections, messageViews }: ServiceViews,
  { store, databases }: Parts,
  done: (view: RebuiltView) => void,
): Promise<void> {
  const schema = schemaOf(service);
  const db = databases.open<never>(schema);
  for (const projection of projections) {
    const compared = await rebuildProjection(projection, { service, eventStore: store, db });
    done({ service, view: projection.name, ...compared });
  }
  for (const view of messageViews) {
    const open = (name: string): ReadModel<never> => databases.another(name);
    const compared = await rebuildMessageView({
      ...{ view, store, schema, db, open, publishers: viewPublishers },
    });
    done({ service, view: view.name, ...compared });
  }
}

/** First to the head, so that what was still to come is no difference. */
async function rebuildProjection(
  projection: Projection<never>,
  place: { readonly service: string; readonly eventStore: EventStore; readonly db: Kysely<never> },
): Promise<Comparison> {
  const { db, service } = place;
  const where = `${service}.${projection.name}`;
  const onError = (error: unknown): void => report(where, error);
  const runner = new ProjectionRunner({ ...place, projection, onError });
  try {
    await runner.start();
    await runner.reachHead(MS_MAX);
    const before = await sumOf(db, projection.tables);
    await runner.rebuild();
    return { before, after: await sumOf(db, projection.tables) };
  } finally {
    await runner.stop();
  }
}

class OpenDatabases {
  private readonly opened = new Map<string, ReadModel<never>>();

  constructor(private readonly url: string) {}

  open<Tables>(schema: string): Kysely<Tables> {
    let db = this.opened.get(schema);
    if (db === undefined) {
      db = this.another(schema);
      this.opened.set(schema, db);
    }
    return db as unknown as Kysely<Tables>;
  }

  /** The caller closes it. */
  another(schema: string): ReadModel<never> {
    const onError = (error: unknown): void => report(`postgres.${schema}`, error);
    // What it works out of a whole table takes longer than any request may.
    const limits = { connectionsMax: 4, statementMsMax: MS_MAX };
    return openPostgresReadModel<never>({ url: this.url, schema, ...limits, onError });
  }

  async close(): Promise<void> {
    for (const db of this.opened.values()) await db.destroy();
  }
}

function report(where: string, error: unknown): void {
  console.error(`${where}:`, error instanceof Error ? error.message : error);
}
