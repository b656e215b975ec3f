import { sql, type Kysely } from 'kysely';
import { READ_EVENTS_MAX, START, type EventStore, type Position } from '@fidelis/event-store';
import { PublisherRoutes, unwiredMessage, type Publisher } from '@fidelis/messaging';
import { prepareTables } from '@fidelis/read-model';
import type { MessageView } from '@fidelis/service/views';
import { sumOf } from './table-sum';

export interface MessageViewRebuild {
  readonly view: MessageView;
  readonly store: Pick<EventStore, 'readAll' | 'headOf'>;
  /** Of all services: what they put on topics, they put there from the same events. */
  readonly publishers: readonly Publisher[];
  readonly schema: string;
  /** Opens the schema of this name; the caller closes it. */
  readonly open: (schema: string) => Kysely<never>;
}

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
  const { view, schema, open } = options;
  const aside = `${schema}_rebuild`;
  const old = open(schema);
  // Of a rebuild that did not come to its end.
  await dropSchema(old, aside);
  const rebuilt = open(aside);
  await prepareTables(old, view.create);
  await prepareTables(rebuilt, view.create);
  const messages = new MessageReader(options);
  await messages.forEach(async (some) => {
    // What was still on its way to it is no difference.
    await view.record(old, some);
    await view.record(rebuilt, some);
  });
  const [before, after] = [await sumOf(old, view.tables), await sumOf(rebuilt, view.tables)];
  await old.transaction().execute(async (trx) => {
    const tables = sql.join(view.tables.map((table) => sql.id(schema, table)));
    await sql`lock table ${tables} in access exclusive mode`.execute(trx);
    // Whatever a replica recorded until now came from events that are in the store by now.
    await messages.forEach((some) => view.record(rebuilt, some));
    await sql`drop table ${tables}`.execute(trx);
    for (const table of view.tables) {
      await sql`alter table ${sql.id(aside, table)} set schema ${sql.id(schema)}`.execute(trx);
    }
  });
  await dropSchema(old, aside);
  return { before, after };
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
