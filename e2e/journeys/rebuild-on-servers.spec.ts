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
import { runCommand, startImport, type Ended } from '../support/command-line';
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

const SAMPLE = join(__dirname, '../../samples/cdnow-sample.csv');
const SCHEMAS = ['accounts', 'earning', 'purchases', 'reconciliation', 'reward_store', 'vendors'];

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** On servers that outlive the services, as an installation has them. */
describe('views on servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-rebuild-'));
  let servers: readonly Server[] = [];
  let environment: Readonly<Record<string, string>>;
  let fidelis: Fidelis;
  let db: ReadModel<never>;

  beforeAll(async () => {
    await prepareKafka();
    await preparePostgres();
    const [eventStore, kafka, postgres] = await Promise.all([
      startEventStoreServer({ folder: join(folder, 'event-store') }),
      startKafka({ folder: join(folder, 'kafka') }),
      startPostgres({ folder: join(folder, 'postgres') }),
    ]);
    servers = [eventStore, kafka, postgres];
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
    await fidelis.dispose();
    await db.destroy();
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  }, START_MS_MAX);

  /** Something for each view: tickets, a vendor with a product, a purchase, an issued offer. */
  async function trade(): Promise<void> {
    const client = fidelis.client();
    await client.post('/programs', EUR_PROGRAM);
    await client.post('/vendors', { id: 'airline', name: 'Airline', kind: 'external' });
    const product = { name: 'Seat', price: { amount: 100, currency: 'EUR' } };
    await client.put('/vendors/airline/products/seat', product);
    const ann = await register(client, 'ann');
    await client.post(
      '/transactions',
      ticket('t-1', 10_000, { participant: { externalId: 'ann' } }),
    );
    await client.post('/offers', { id: 'muffin', name: 'Muffin', type: 'amountOff', amount: 100 });
    const grant = { offerId: 'muffin', participantId: ann.id };
    await client.post('/issued-offers', grant, { 'idempotency-key': key() });
    const order = { participantId: ann.id, vendorId: 'airline', reference: 'r1', points: 40 };
    const authorized = await client.post<{ purchaseId: string }>('/purchases/authorize', order, {
      'idempotency-key': key(),
    });
    expect(authorized.status).toBe(201);
    await client.post(`/purchases/${authorized.body.purchaseId}/confirm`, {});
    const { ended } = startImport(fidelis, [SAMPLE, '--format', 'cdnow'], folder);
    expect((await ended).code).toBe(0);
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
    expect(rows.filter((row) => row.startsWith('reconciliation.journal ')).length).toBeGreaterThan(
      200,
    );
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
