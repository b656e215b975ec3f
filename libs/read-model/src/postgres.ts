import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool, types, type ClientBase, type PoolClient } from 'pg';
import { Defect } from '@fidelis/kernel';
import { BytewiseTexts } from './bytewise-texts';
import { isConnectionError, toPortError } from './postgres-errors';
import type { ReadModel } from './read-model';
import { storableText } from './storable-text';

export interface PostgresReadModelOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Made if it is absent. Each service has its own. */
  readonly schema: string;
  /** Of this process to this schema: 10. */
  readonly connectionsMax?: number;
  /**
   * `false`: a server that crashes may forget the last transactions, never half of one. Consumers
   * of messages commit their offsets after their rows, so the default is `true`.
   */
  readonly durable?: boolean;
  /** One statement may take so long: 30,000. */
  readonly statementMsMax?: number;
  /** Told of connections that were lost while nobody used them. */
  readonly onError?: (error: unknown) => void;
}

const CONNECT_MS_MAX = 5000;
const STATEMENT_MS_MAX = 30_000;
/** So much later than the server's own limit: for a server that does not answer at all. */
const ANSWER_MS_MORE = 5000;
/** A paused replica must not keep its rows locked for those that carry on in its place. */
const IDLE_IN_TRANSACTION_MS_MAX = 10_000;

/**
 * Views on PostgreSQL, in a schema of their own. It connects when it is first used, and again after
 * the server was away; meanwhile statements fail with `OperationalError`.
 */
export function openPostgresReadModel<Tables>(
  options: PostgresReadModelOptions,
): ReadModel<Tables> {
  const { schema, durable = true, statementMsMax = STATEMENT_MS_MAX } = options;
  const prepare = preparation(schema, durable);
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: statementMsMax,
    query_timeout: statementMsMax + ANSWER_MS_MORE,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
    application_name: `fidelis.${schema}`,
    types: { getTypeParser },
    // Of a new connection, before anybody gets it.
    verify: (client, done) => {
      prepare(client).then(() => done(), done);
    },
  });
  pool.on('error', (error) => options.onError?.(error));
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: withPortErrors(pool) }),
    plugins: [new BytewiseTexts()],
  });
}

function preparation(schema: string, durable: boolean) {
  let created: Promise<void> | undefined;
  return async (client: ClientBase): Promise<void> => {
    // Without a listener a lost connection would end the process; its query fails by itself.
    client.on('error', () => undefined);
    created ??= createSchema(client, schema).catch((error: unknown) => {
      created = undefined;
      throw error;
    });
    await created;
    await client.query(`set search_path to ${quoted(schema)}`);
    if (!durable) await client.query('set synchronous_commit to off');
  };
}

/** `if not exists` alone fails when two replicas begin at once, and without the right to create. */
async function createSchema(client: ClientBase, schema: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const found = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
    return found.rowCount === 1;
  };
  if (await isThere()) return;
  try {
    await client.query(`create schema if not exists ${quoted(schema)}`);
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

/** Points, amounts and positions are numbers in all our code; one that is not exact is a defect. */
const getTypeParser: typeof types.getTypeParser = (type, format): unknown =>
  type === types.builtins.INT8 ? toSafeInteger : types.getTypeParser(type, format);

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Defect(`${text} is not a safe integer`);
  return value;
}

/** Kysely's view of the pool, with the errors of the port and without broken connections. */
function withPortErrors(pool: Pool): PostgresPool {
  const clients = new WeakMap<PoolClient, PortClient>();
  return {
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw toPortError(error, false);
      });
      // Kysely knows a connection by its object.
      const known = clients.get(client) ?? new PortClient(client);
      clients.set(client, known);
      return known as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

class PortClient {
  private broken = false;

  constructor(private readonly client: PoolClient) {}

  async query(sql: string, parameters: readonly unknown[]): Promise<unknown> {
    try {
      return await this.client.query(sql, parameters.map(storable));
    } catch (error) {
      // After a time-out the answer may still come: the connection cannot be used again.
      if (isConnectionError(error)) this.broken = true;
      throw toPortError(error, true);
    }
  }

  release(): void {
    this.client.release(this.broken);
  }
}

function storable(parameter: unknown): unknown {
  if (Array.isArray(parameter)) return parameter.map(storable);
  return typeof parameter === 'string' ? storableText(parameter) : parameter;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
