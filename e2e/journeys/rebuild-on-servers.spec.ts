import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import {
  prepareKafka,
  preparePostgres,
  startEventStoreServer,
  startKafka,
  startPostgres,
} from '@fidelis/infra';
import { openPostgresReadModel, type ReadModel } from '@fidelis/read-model';
import { runCommand, type Ended } from '../support/command-line';
import { Fidelis, START_MS_MAX } from '../support/fidelis';
import {
  balanceOf,
  EUR_PROGRAM,
  expectIntegrity,
  key,
  register,
  ticket,
} from '../support/fixtures';

jest.setTimeout(START_MS_MAX);

const SCHEMAS = ['accounts', 'earning', 'purchases', 'reconciliation', 'reward_store', 'vendors'];

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** On servers that outlive the services, as an installation has them. */
describe('views on servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-rebuild-'));
  const servers: Server[] = [];
  let environment: Readonly<Record<string, string>>;
  let fidelis: Fidelis;
  let db: ReadModel<never>;

  beforeAll(async () => {
    await prepareKafka();
    await preparePostgres();
    const keep = async <One extends Server>(starting: Promise<One>): Promise<One> => {
      const server = await starting;
      servers.push(server);
      return server;
    };
    const [eventStore, kafka, postgres] = await Promise.all([
      keep(startEventStoreServer({ folder: join(folder, 'event-store') })),
      keep(startKafka({ folder: join(folder, 'kafka') })),
      keep(startPostgres({ folder: join(folder, 'postgres') })),
    ]);
    environment = {
      EVENT_STORE_URL: eventStore.url,
      MESSAGE_BUS_URL: kafka.url,
      READ_MODEL_URL: postgres.url,
    };
    db = openPostgresReadModel({ url: postgres.url, schema: 'test' });
    const env = { ...environment, FIDELIS_REPLICAS: '1', FIDELIS_TOPIC_PARTITIONS: '3' };
    fidelis = await Fidelis.start({ mode: 'distributed', env });
    await trade();
  }, START_MS_MAX);
  afterAll(async () => {
    try {
      await fidelis.dispose();
      await db.destroy();
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    }
  }, START_MS_MAX);

  /** Something for each view: tickets, a vendor with a product, a purchase, an issued offer. */
  async function trade(): Promise<void> {
    const client = fidelis.client();
    const send = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await client.post(path, body, { idempotencyKey: key() });
      if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    await send('/programs', EUR_PROGRAM);
    await send('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
    await send('/vendors', { id: 'books', name: 'Books', kind: 'portfolio' });
    const novel = { name: 'Novel', price: 1200, stock: 10 };
    expect((await client.put('/vendors/books/products/novel', novel)).status).toBe(201);
    const ann = await register(client, 'ann');
    await send('/transactions', ticket('t-1', 10_000, { participant: { externalId: 'ann' } }));
    await send('/offers', { id: 'five-off', name: '5.00 off', type: 'amountOff', amount: 500 });
    await send('/issued-offers', { offerId: 'five-off', participantId: ann.id });
    const order = { participantId: ann.id, vendorId: 'airline', reference: 'r1', points: 40 };
    const { purchaseId } = await send('/purchases/authorize', order);
    await send(`/purchases/${String(purchaseId)}/confirm`, {});
    const transactions = Array.from({ length: 100 }, (_, index) =>
      ticket(`b-${index}`, 1_000 + index, { participant: { externalId: 'ann' } }),
    );
    const { results } = await send('/transactions/batch', { transactions });
    expect((results as { status: string }[]).every((one) => one.status === 'recorded')).toBe(true);
    await expectIntegrity(client);
    await client.close();
  }

  const offline = (command: string): Promise<Ended> =>
    runCommand([command], { cwd: folder, env: environment }).ended;

  test('are not built again while services run, but the store can be verified', async () => {
    const rebuilt = await offline('rebuild');
    expect(rebuilt.code).toBe(1);
    expect(rebuilt.output).toContain('run: stop all services first');
    const verified = await offline('verify');
    expect(verified.output).toMatch(/^sound: \d+ events in \d+ streams/m);
    expect(verified.code).toBe(0);
  });

  test('are the same when they are built again, and right when they were wrong', async () => {
    await fidelis.stop();
    const rows = await allRows(db);
    // A line for each of 101 tickets, and for the purchase its points and what the vendor gets.
    const journal = rows.filter((row) => row.startsWith('reconciliation.journal '));
    expect(journal.length).toBe(103);
    const same = await offline('rebuild');
    expect([same.code, same.output]).toEqual([
      0,
      expect.stringMatching(/^rebuilt \d+ views from the events up to position \d+$/m),
    ]);
    expect(await allRows(db)).toEqual(rows);

    for (const table of ['accounts.account_entries', 'reconciliation.journal']) {
      const one = sql.table(table);
      await sql`delete from ${one} where ctid = (select min(ctid) from ${one})`.execute(db);
    }
    const mended = await offline('rebuild');
    expect([mended.code, mended.output]).toEqual([
      1,
      expect.stringMatching(
        /^accounts entries: was \d+ rows .*\n(.*\n)*reconciliation journal: was \d+ rows /m,
      ),
    ]);
    expect(mended.output).toContain('2 of them said something else before; now they are right');
    expect(await allRows(db)).toEqual(rows);
  });

  test('go on from there when the services start again', async () => {
    await fidelis.begin();
    const client = fidelis.client();
    await expectIntegrity(client);
    const bob = await register(client, 'bob');
    await client.post(
      '/transactions',
      ticket('t-2', 5_000, { participant: { externalId: 'bob' } }),
    );
    await expectIntegrity(client);
    expect(await balanceOf(client, bob.accountId)).toMatchObject({ available: 50 });
    await client.close();
  });
});

/** Every row of every table that the services have, checkpoints and all. */
async function allRows(db: Kysely<never>): Promise<readonly string[]> {
  const tables = await sql<{ schema: string; name: string }>`
    select schemaname as schema, tablename as name from pg_tables
    where schemaname in (${sql.join(SCHEMAS)}) order by 1, 2`.execute(db);
  const all: string[] = [];
  for (const { schema, name } of tables.rows) {
    const rows = await sql<{ row: string }>`
      select to_jsonb(one)::text as row from ${sql.id(schema, name)} as one`.execute(db);
    all.push(...rows.rows.map(({ row }) => `${schema}.${name} ${row}`).sort());
  }
  return all;
}
