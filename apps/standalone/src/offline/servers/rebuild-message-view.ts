import { sql, type Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { READ_EVENTS_MAX, START, type EventStore, type Position } from '@fidelis/event-store';
import { PublisherRoutes, unwiredMessage, type Publisher } from '@fidelis/messaging';
import { prepareTables, type ReadModel } from '@fidelis/read-model';
import type { MessageView } from '@fidelis/service/views';
import { sumOf } from './table-sum';

export interface MessageViewRebuild {
  readonly view: MessageView;
  readonly store: Pick<EventStore, 'readAll' | 'headOf'>;
  /** Of all services: what they put on topics, they put there from the same events. */
  readonly publishers: readonly Publisher[];
  readonly schema: string;
  readonly db: Kysely<never>;
  /** Opens and makes another schema of the same database; it is closed here. */
  readonly open: (schema: string) => ReadModel<never>;
}

/** Each lasts as long as PostgreSQL takes to notice a deadlock: a second. */
const ATTEMPTS_MAX = 30;

/** What a view said when it had taken in everything, and what it says now. */
export interface Comparison {
  readonly before: string;
  readonly after: string;
}

/**
 * Builds a view that topics feed again, beside the one that there is, and puts it in its place. The
 * messages come from the store through the publishers' mapping, as they came to the topics; the
 * group's offsets stay, for rows know the messages that made them. Replicas may go on feeding the
 * old tables: they wait while the last events are taken in and the tables change places.
 */
export async function rebuildMessageView(options: MessageViewRebuild): Promise<Comparison> {
  const aside = `${options.schema}_rebuild`;
  // Of a rebuild that did not come to its end.
  await dropSchema(options.db, aside);
  const rebuilt = options.open(aside);
  try {
    return await rebuildAside(options, rebuilt, aside);
  } finally {
    await rebuilt.destroy();
    await dropSchema(options.db, aside);
  }
}

async function rebuildAside(
  options: MessageViewRebuild,
  rebuilt: Kysely<never>,
  aside: string,
): Promise<Comparison> {
  const { view, db: old } = options;
  await prepareTables(old, view.create);
  await prepareTables(rebuilt, view.create);
  const messages = new MessageReader(options);
  const record = (some: Messages): Promise<void> => view.record(rebuilt, some);
  await messages.forEach(async (some) => {
    // What was still on its way to it is no difference.
    await insist(() => view.record(old, some));
    await record(some);
  });
  const [before, after] = [await sumOf(old, view.tables), await sumOf(rebuilt, view.tables)];
  await insist(() => changePlaces(options, aside, () => messages.forEach(record)));
  return { before, after };
}

/** @throws OperationalError when it and a replica wait for each other, and it gives way. */
async function changePlaces(
  { view, schema, db }: MessageViewRebuild,
  aside: string,
  catchUp: () => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const tables = sql.join(view.tables.map((table) => sql.id(schema, table)));
    await sql`lock table ${tables} in access exclusive mode`.execute(trx);
    // Whatever a replica recorded until now came from events that are in the store by now.
    await catchUp();
    await sql`drop table ${tables}`.execute(trx);
    for (const table of view.tables) {
      await sql`alter table ${sql.id(aside, table)} set schema ${sql.id(schema)}`.execute(trx);
    }
  });
}

/** Replicas lock the tables in another order than this does, and are done in a moment. */
async function insist(step: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await step();
      return;
    } catch (error) {
      if (!(error instanceof OperationalError) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

type Messages = Parameters<MessageView['record']>[1];

/** Each message of the view's contracts, in the order of the events. */
class MessageReader {
  private readonly routes: PublisherRoutes;
  private position: Position = START;

  constructor(private readonly options: MessageViewRebuild) {
    this.routes = new PublisherRoutes(options.publishers, options.view.contracts);
  }

  /** Those that it has not read yet, of the events that are there now: more may come for ever. */
  async forEach(take: (messages: Messages) => Promise<void>): Promise<void> {
    const { store } = this.options;
    const { categories } = this.routes;
    const head = await store.headOf(categories);
    while (this.position < head) {
      const events = await store.readAll({
        after: this.position,
        categories,
        limit: READ_EVENTS_MAX,
      });
      const messages = events.flatMap((event) =>
        this.routes.messagesOf(event).map((one) => unwiredMessage(one, String(event.position))),
      );
      if (messages.length > 0) await take(messages);
      this.position = events.at(-1)?.position ?? head;
    }
  }
}

async function dropSchema(db: Kysely<never>, name: string): Promise<void> {
  await sql`drop schema if exists ${sql.id(name)} cascade`.execute(db);
}
