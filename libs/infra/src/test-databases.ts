import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresReadModel, openSqliteReadModel, type ReadModel } from '@fidelis/read-model';
import { preparePostgres, startPostgres, type RunningPostgres } from './postgres';

export interface TestDatabases {
  readonly kind: 'SQLite' | 'PostgreSQL';
  /** A new one, empty; closed after the suite. */
  open<Tables>(): ReadModel<Tables>;
}

const START_MS_MAX = 180_000;

/**
 * A suite on SQLite in memory and again on a real PostgreSQL: the one that `READ_MODEL_URL` names,
 * or one that is started for it.
 */
export function describeOnDatabases(name: string, suite: (databases: TestDatabases) => void): void {
  describe(`${name}, on SQLite`, () => {
    const opened: ReadModel<never>[] = [];
    afterAll(() => closeAll(opened));
    suite({
      kind: 'SQLite',
      open: () => keep(opened, openSqliteReadModel({ file: ':memory:' })),
    });
  });
  describe(`${name}, on PostgreSQL`, () => {
    const postgres = usePostgres();
    suite({ kind: 'PostgreSQL', open: () => postgres.open() });
  });
}

export interface TestPostgres {
  /** Of the server; known from `beforeAll` on. */
  readonly url: string;
  /** The started server; `undefined` when the environment names one. */
  readonly server: RunningPostgres | undefined;
  /** In a schema of its own; closed after the suite. */
  open<Tables>(schema?: string): ReadModel<Tables>;
}

/** A real PostgreSQL for the suite that is being described. */
export function usePostgres(): TestPostgres {
  const opened: ReadModel<never>[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'fidelis-postgres-'));
  const named = process.env['READ_MODEL_URL'];
  const used: { url: string; server: RunningPostgres | undefined } = {
    url: named ?? '',
    server: undefined,
  };
  beforeAll(async () => {
    if (named?.startsWith('postgres') === true) return;
    await preparePostgres();
    used.server = await startPostgres({ folder });
    used.url = used.server.url;
  }, START_MS_MAX);
  afterAll(async () => {
    await closeAll(opened);
    await used.server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, START_MS_MAX);
  return {
    get url() {
      return used.url;
    },
    get server() {
      return used.server;
    },
    open: (schema = `test_${randomUUID()}`) =>
      keep(opened, openPostgresReadModel({ url: used.url, schema, connectionsMax: 4 })),
  };
}

function keep<Tables>(opened: ReadModel<never>[], db: ReadModel<Tables>): ReadModel<Tables> {
  opened.push(db as unknown as ReadModel<never>);
  return db;
}

async function closeAll(opened: readonly ReadModel<never>[]): Promise<void> {
  await Promise.all(opened.map((db) => db.destroy()));
}
