import type { Kysely } from 'kysely';

/** `gateway.db`, or what all gateways share: what the gateway must remember and no event tells. Not a view: no rebuild. */
export interface GatewayTables {
  readonly api_keys: {
    readonly id: string;
    readonly name: string;
    /** SHA-256 of the key, hex. The key itself is shown once and kept nowhere. */
    readonly hash: string;
    /** JSON: roles, participant or vendor. */
    readonly grants: string;
    readonly created_at: string;
  };
  readonly facts: { readonly name: string; readonly value: string };
}

export async function createGatewayTables(db: Kysely<GatewayTables>): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('grants', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('facts')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

/** Single values: the test clock, the secret of tokens, which keys there are. */
export class Facts {
  constructor(private readonly db: Kysely<GatewayTables>) {}

  async get(name: string): Promise<string | undefined> {
    const row = await this.db
      .selectFrom('facts')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.value;
  }

  /** What counts afterwards: `value`, or what another process was first to set. */
  async setOnce(name: string, value: string): Promise<string> {
    await this.db
      .insertInto('facts')
      .values({ name, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await this.get(name)) ?? value;
  }

  async set(name: string, value: string): Promise<void> {
    await this.db
      .insertInto('facts')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }
}
