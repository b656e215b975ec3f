import { sql, type Kysely } from 'kysely';
import { OperationalError } from '@fidelis/kernel';
import { START } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { usePostgres } from '@fidelis/infra';
import { PublisherRoutes, unwiredMessage, type ReceivedMessage } from '@fidelis/messaging';
import { NoteBook, notesPublisher, NoteWrittenV1, type Note } from '@fidelis/messaging-conformance';
import { openPostgresReadModel, prepareTables } from '@fidelis/read-model';
import type { MessageView } from '@fidelis/service/views';
import { rebuildMessageView } from '../src/offline/servers/rebuild-message-view';

interface Tables {
  readonly notes: { readonly id: string; readonly revision: number; readonly text: string };
  readonly heads: { readonly id: string; readonly revision: number };
}

/** Lines, and how far each stream is: without a key, so that doubles would be there twice. */
const view: MessageView = {
  name: 'notes',
  group: 'test.keep-notes',
  contracts: [NoteWrittenV1],
  tables: ['notes', 'heads'],
  create: async (db) => {
    const { schema } = db;
    await schema
      .createTable('notes')
      .ifNotExists()
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createTable('heads')
      .ifNotExists()
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .execute();
    await schema.createIndex('notes_by_id').ifNotExists().on('notes').column('id').execute();
  },
  record: (db, messages) => record(db, messages),
};

/** As consumers do: what fails for now comes again. */
async function deliver(db: Kysely<Tables>, messages: readonly ReceivedMessage[]): Promise<void> {
  for (;;) {
    try {
      await record(db, messages);
      return;
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
    }
  }
}

async function record(db: Kysely<Tables>, messages: readonly ReceivedMessage[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const { key: id, revision, data } of messages) {
      await trx
        .insertInto('heads')
        .values({ id, revision: -1 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const head = trx.selectFrom('heads').select('revision').where('id', '=', id).forUpdate();
      if (revision <= (await head.executeTakeFirstOrThrow()).revision) continue;
      await trx
        .insertInto('notes')
        .values({ id, revision, text: (data as Note).text })
        .execute();
      await trx.updateTable('heads').set({ revision }).where('id', '=', id).execute();
    }
  });
}

describe('a view that topics feed', () => {
  const postgres = usePostgres();
  let store: MemoryEventStore;
  let book: NoteBook;
  let db: Kysely<Tables>;
  let schemas = 0;
  let schema: string;

  beforeEach(async () => {
    store = new MemoryEventStore();
    book = new NoteBook(store);
    schema = `notes_${(schemas += 1)}`;
    db = postgres.open<Tables>(schema);
    await prepareTables(db as unknown as Kysely<never>, view.create);
  });

  const rebuild = () =>
    rebuildMessageView({
      ...{ view, store, schema, publishers: [notesPublisher] },
      db: db as unknown as Kysely<never>,
      open: (name) => openPostgresReadModel({ url: postgres.url, schema: name }),
    });
  /** What topics would bring, of the events from here on. */
  const messagesAfter = async (after: number): Promise<readonly ReceivedMessage[]> => {
    const routes = new PublisherRoutes([notesPublisher], [NoteWrittenV1]);
    const events = await store.readAll({ after });
    return events.flatMap((event) =>
      routes.messagesOf(event).map((message) => unwiredMessage(message, String(event.position))),
    );
  };
  const texts = async (): Promise<readonly string[]> => {
    const rows = await db.selectFrom('notes').select('text').execute();
    return rows.map(({ text }) => text).sort();
  };

  it('says the same after a rebuild, and what it lacked on its way is no difference', async () => {
    await book.write('a', ['a1', 'a2']);
    await record(db, await messagesAfter(START));
    await book.write('b', ['b1']); // not delivered yet
    const { before, after } = await rebuild();
    expect(after).toBe(before);
    expect(await texts()).toEqual(['a1', 'a2', 'b1']);
    // The topic brings it later.
    await record(db, await messagesAfter(START));
    expect(await texts()).toEqual(['a1', 'a2', 'b1']);
  });

  it('is right after a rebuild when it was wrong, and that is told', async () => {
    await book.write('a', ['a1', 'a2', 'a3']);
    await record(db, await messagesAfter(START));
    await db.deleteFrom('notes').where('text', '=', 'a2').execute();
    const { before, after } = await rebuild();
    expect(before).toMatch(/^3 rows/); // two lines and a head
    expect(after).toMatch(/^4 rows/);
    expect(await texts()).toEqual(['a1', 'a2', 'a3']);
    expect(await rebuild()).toEqual({ before: after, after });
  });

  it('keeps everything once when a replica feeds it all the while', async () => {
    const written: string[] = [];
    const writeOne = async (): Promise<void> => {
      const [key, text] = [`k${written.length % 7}`, `t${written.length}`];
      const before = await store.headOf();
      await book.write(key, [text]);
      written.push(text);
      await deliver(db, await messagesAfter(before));
    };
    for (let index = 0; index < 50; index += 1) await writeOne();
    const done = new AbortController();
    const replica = (async () => {
      while (!done.signal.aborted) await writeOne();
      await writeOne();
    })();
    try {
      await rebuild();
      await rebuild();
    } finally {
      done.abort();
      await replica;
    }
    expect(written.length).toBeGreaterThan(51);
    expect(await texts()).toEqual([...written].sort());
  });

  it('begins anew after a rebuild that did not come to its end', async () => {
    await book.write('a', ['a1']);
    const aside = postgres.open<Tables>(`${schema}_rebuild`);
    await prepareTables(aside as unknown as Kysely<never>, view.create);
    await aside.insertInto('notes').values({ id: 'x', revision: 0, text: 'half' }).execute();
    await rebuild();
    expect(await texts()).toEqual(['a1']);
    const left = await sql<{ name: string }>`
      select nspname as name from pg_namespace where nspname = ${`${schema}_rebuild`}`.execute(db);
    expect(left.rows).toEqual([]);
  });
});
