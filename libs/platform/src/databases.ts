import type { Kysely } from 'kysely';
import type { Settings } from '@fidelis/config';
import { openPostgresReadModel } from '@fidelis/read-model';

/** Small work beside a schema's main one needs few connections, but always has them. */
const CONNECTIONS_BESIDE = 3;

/** The schemas of one process, each opened once. */
export class Databases {
  private readonly opened = new Map<string, Kysely<never>>();

  constructor(
    private readonly settings: Settings,
    private readonly onError: (where: string, error: unknown) => void,
  ) {}

  /** `purpose`: with connections of its own, so that it does not queue behind other work. */
  open<Tables>(schema: string, purpose?: string): Kysely<Tables> {
    const name = purpose === undefined ? schema : `${schema}.${purpose}`;
    let db = this.opened.get(name);
    if (db === undefined) {
      const { readModelUrl: url, readModelConnectionsMax } = this.settings;
      db = openPostgresReadModel<never>({
        ...{ url, schema },
        connectionsMax: purpose === undefined ? readModelConnectionsMax : CONNECTIONS_BESIDE,
        onError: (error) => {
          this.onError(`postgres.${name}`, error);
        },
      });
      this.opened.set(name, db);
    }
    return db as unknown as Kysely<Tables>;
  }

  async close(): Promise<void> {
    for (const db of this.opened.values()) await db.destroy();
  }
}
