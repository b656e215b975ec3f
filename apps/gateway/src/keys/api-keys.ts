import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { newId, type Clock, type Instant } from '@fidelis/kernel';
import type { Authenticator, Caller, Role } from '@fidelis/http';
import { Facts, type GatewayTables } from '../gateway-tables';

export interface KeyGrants {
  readonly roles: readonly Role[];
  readonly participantId?: string | undefined;
  readonly vendorId?: string | undefined;
}

export interface ApiKey extends KeyGrants {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

interface Held {
  readonly key: ApiKey;
  readonly hash: Buffer;
  readonly caller: Caller;
}

type Row = GatewayTables['api_keys'];

/** The key of the first admin: its id is fixed, so operations keep their ids when it changes. */
const ADMIN_ID = 'admin';

/** Tokens whose caller is remembered, so that not every request hashes. */
const REMEMBERED_MAX = 1000;

/** Changes with every key that is made or revoked: by it other processes see that they are late. */
const EDITION = 'api-keys-edition';

/** All API keys, in memory by their hashes; the table is read again when it has changed. */
export class ApiKeys implements Authenticator {
  private byHash = new Map<string, Held>();
  private readonly remembered = new Map<string, Caller>();
  private readonly facts: Facts;
  private edition: string | undefined;

  constructor(
    private readonly db: Kysely<GatewayTables>,
    private readonly clock: Clock,
  ) {
    this.facts = new Facts(db);
  }

  /** Gives the generated admin key, at the first start without a configured one. */
  async open(configuredAdminKey: string | undefined): Promise<string | undefined> {
    await this.readAll();
    if (configuredAdminKey !== undefined) {
      await this.setAdmin(configuredAdminKey);
      return undefined;
    }
    if (this.list().some(({ id }) => id === ADMIN_ID)) return undefined;
    return this.generateAdmin();
  }

  authenticate(token: string): Caller | undefined {
    const known = this.remembered.get(token);
    if (known !== undefined) return known;
    const hash = hashOf(token);
    const held = this.byHash.get(hash);
    // The lookup is by hash; the comparison costs nothing and tells nothing by its time.
    if (held === undefined || !timingSafeEqual(held.hash, Buffer.from(hash, 'hex'))) {
      return undefined;
    }
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(token, held.caller);
    return held.caller;
  }

  /** The key's text is in the answer and never again. */
  async create(name: string, grants: KeyGrants): Promise<ApiKey & { readonly key: string }> {
    const key = newKey();
    const created = { id: newId(), name, createdAt: this.clock.now(), ...grants };
    const row = toRow(created, key);
    await this.changing((trx) => trx.insertInto('api_keys').values(row).execute());
    this.hold(row);
    return { ...created, key };
  }

  list(): readonly ApiKey[] {
    return [...this.byHash.values()].map(({ key }) => key);
  }

  /** `false` when there is none. Takes effect with the next request. */
  async revoke(id: string): Promise<boolean> {
    const [result] = await this.changing((trx) =>
      trx.deleteFrom('api_keys').where('id', '=', id).execute(),
    );
    if (result === undefined || result.numDeletedRows === 0n) return false;
    for (const [hash, { key }] of this.byHash) if (key.id === id) this.byHash.delete(hash);
    this.remembered.clear();
    return true;
  }

  /** A key that another process may have made since the last look. */
  async find(token: string): Promise<Caller | undefined> {
    const { byHash } = this;
    const row = await this.db
      .selectFrom('api_keys')
      .selectAll()
      .where('hash', '=', hashOf(token))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    // Read again meanwhile: the answer may be older, of a key that was revoked in between.
    return (byHash === this.byHash ? this.hold(row) : toHeld(row)).caller;
  }

  /** Takes over what other processes have changed. */
  async refresh(): Promise<void> {
    if ((await this.facts.get(EDITION)) !== this.edition) await this.readAll();
  }

  private async readAll(): Promise<void> {
    // Before the rows: a change in between is seen next time.
    const edition = await this.facts.get(EDITION);
    const rows = await this.db.selectFrom('api_keys').selectAll().orderBy('created_at').execute();
    this.byHash = new Map();
    for (const row of rows) this.hold(row);
    this.remembered.clear();
    this.edition = edition;
  }

  private async setAdmin(key: string): Promise<void> {
    const current = this.byHash.get(hashOf(key));
    if (current?.key.id === ADMIN_ID) return;
    const row = toRow(this.newAdmin(), key);
    const { hash } = row;
    await this.changing((trx) =>
      trx
        .insertInto('api_keys')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash }))
        .execute(),
    );
    await this.readAll();
  }

  /** Of several processes that start at once, one makes the key and shows it. */
  private async generateAdmin(): Promise<string | undefined> {
    const key = newKey();
    const row = toRow(this.newAdmin(), key);
    await this.changing((trx) =>
      trx
        .insertInto('api_keys')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
    );
    await this.readAll();
    return this.byHash.has(row.hash) ? key : undefined;
  }

  private newAdmin(): ApiKey {
    return {
      id: ADMIN_ID,
      name: 'first admin',
      createdAt: this.clock.now(),
      roles: ['admin'],
    };
  }

  private changing<Result>(
    change: (db: Kysely<GatewayTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.db.transaction().execute(async (trx) => {
      const result = await change(trx);
      await new Facts(trx).set(EDITION, newId());
      return result;
    });
  }

  private hold(row: Row): Held {
    const held = toHeld(row);
    this.byHash.set(row.hash, held);
    return held;
  }
}

function toHeld({ id, name, created_at: createdAt, hash, grants }: Row): Held {
  const key: ApiKey = { id, name, createdAt, ...(JSON.parse(grants) as KeyGrants) };
  return { key, hash: Buffer.from(hash, 'hex'), caller: callerOf(key) };
}

function callerOf({ id, roles, participantId, vendorId }: ApiKey): Caller {
  return {
    keyId: id,
    roles,
    actor: participantId === undefined ? `key:${id}` : `participant:${participantId}`,
    ...(participantId === undefined ? {} : { participantId }),
    ...(vendorId === undefined ? {} : { vendorId }),
  };
}

function toRow({ id, name, createdAt, ...grants }: ApiKey, secret: string): Row {
  const hash = hashOf(secret);
  return { id, name, hash, created_at: createdAt, grants: JSON.stringify(grants) };
}

// 256 random bits need no salt and no slow hash: there is nothing to guess.
const newKey = (): string => `fk_${randomBytes(32).toString('base64url')}`;
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
