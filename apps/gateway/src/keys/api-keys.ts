import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { newId, type Clock, type Instant } from '@fidelis/kernel';
import type { Authenticator, Caller, Role } from '@fidelis/http';
import type { GatewayTables } from '../gateway-tables';

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

/** The key of the first admin: its id is fixed, so operations keep their ids when it changes. */
const ADMIN_ID = 'admin';

/** Tokens whose caller is remembered, so that not every request hashes. */
const REMEMBERED_MAX = 1000;

/** All API keys, in memory by their hashes; the table is read once, at the start. */
export class ApiKeys implements Authenticator {
  private readonly byHash = new Map<string, Held>();
  private readonly remembered = new Map<string, Caller>();

  constructor(
    private readonly db: Kysely<GatewayTables>,
    private readonly clock: Clock,
  ) {}

  /** Gives the generated admin key, at the first start without a configured one. */
  async open(configuredAdminKey: string | undefined): Promise<string | undefined> {
    for (const row of await this.db.selectFrom('api_keys').selectAll().execute()) {
      const grants = JSON.parse(row.grants) as KeyGrants;
      this.hold({ id: row.id, name: row.name, createdAt: row.created_at, ...grants }, row.hash);
    }
    const hasAdmin = [...this.byHash.values()].some(({ key }) => key.id === ADMIN_ID);
    if (configuredAdminKey !== undefined) {
      await this.setAdmin(configuredAdminKey);
      return undefined;
    }
    if (hasAdmin) return undefined;
    const generated = newKey();
    await this.setAdmin(generated);
    return generated;
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
    await this.save(created, key);
    return { ...created, key };
  }

  list(): readonly ApiKey[] {
    return [...this.byHash.values()].map(({ key }) => key);
  }

  /** `false` when there is none. Takes effect with the next request. */
  async revoke(id: string): Promise<boolean> {
    const found = [...this.byHash].find(([, { key }]) => key.id === id);
    if (found === undefined) return false;
    await this.db.deleteFrom('api_keys').where('id', '=', id).execute();
    this.byHash.delete(found[0]);
    this.remembered.clear();
    return true;
  }

  private async setAdmin(key: string): Promise<void> {
    const current = this.byHash.get(hashOf(key));
    if (current?.key.id === ADMIN_ID) return;
    await this.revoke(ADMIN_ID);
    const createdAt = this.clock.now();
    await this.save({ id: ADMIN_ID, name: 'first admin', createdAt, roles: ['admin'] }, key);
  }

  private async save(key: ApiKey, secret: string): Promise<void> {
    const { id, name, createdAt, ...grants } = key;
    const row = { id, name, hash: hashOf(secret), created_at: createdAt };
    await this.db
      .insertInto('api_keys')
      .values({ ...row, grants: JSON.stringify(grants) })
      .execute();
    this.hold(key, row.hash);
  }

  private hold(key: ApiKey, hash: string): void {
    const { roles, participantId, vendorId } = key;
    const caller: Caller = {
      keyId: key.id,
      roles,
      actor: participantId === undefined ? `key:${key.id}` : `participant:${participantId}`,
      ...(participantId === undefined ? {} : { participantId }),
      ...(vendorId === undefined ? {} : { vendorId }),
    };
    this.byHash.set(hash, { key, hash: Buffer.from(hash, 'hex'), caller });
  }
}

// 256 random bits need no salt and no slow hash: there is nothing to guess.
const newKey = (): string => `fk_${randomBytes(32).toString('base64url')}`;
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
