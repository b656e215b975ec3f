import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { aesCipher, disturbanceOf, type MessageBus, type Publisher } from '@fidelis/messaging';
import { EmbeddedBus } from '@fidelis/messaging-sqlite';
import { openSqliteReadModel, type SqliteReadModelOptions } from '@fidelis/read-model';
import { Platform, RuntimeRegistry, type ViewHost } from '@fidelis/service';
import { CallTable, DirectCalls, HttpCalls, type ServiceCalls } from '@fidelis/service-calls';
import { keyFile } from './key-file';
import { startViewThread, type RunningViewThread } from './view-thread/view-thread';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly publishers: readonly Publisher[];
  readonly serviceCalls: 'direct' | 'http';
  /** In a thread of their own, or in this one. */
  readonly views: 'thread' | 'here';
  /** For tests of idempotence: every message comes again and again, by this seed. */
  readonly disturbSeed?: number | undefined;
  readonly onBackgroundError: (where: string, error: unknown) => void;
  /** The store or a handler cannot go on: the process must end, its restart reads the truth. */
  readonly onFatal: (error: unknown) => void;
}

/** The embedded adapters of all four ports, in one folder. */
export class EmbeddedPlatform extends Platform {
  readonly clock: Clock;
  readonly eventStore: SqliteEventStore;
  readonly bus: MessageBus;
  /** Another one over the same folder; one at a time may run. */
  readonly openBus: () => MessageBus;
  readonly calls: ServiceCalls;
  readonly callTable = new CallTable();
  readonly dataDir: string;
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError: (where: string, error: unknown) => void;
  /** Of calls over HTTP: made anew at each start, never leaves the process. */
  readonly callsSecret = randomBytes(32).toString('base64url');
  /** Where this process listens; known once it does. */
  ownUrl = '';
  override readonly viewHost: ViewHost | undefined;
  private readonly viewThread: RunningViewThread | undefined;
  private readonly databases = new Map<string, Kysely<never>>();

  constructor(options: EmbeddedOptions) {
    super();
    const { dataDir, clock, publishers, disturbSeed, onBackgroundError, onFatal } = options;
    this.clock = clock;
    this.dataDir = dataDir;
    this.onBackgroundError = onBackgroundError;
    this.eventStore = SqliteEventStore.open({ file: join(dataDir, 'events.db'), onFatal });
    if (options.views === 'thread') this.viewThread = this.startViewThread(options);
    this.viewHost = this.viewThread?.views;
    this.openBus = () =>
      new EmbeddedBus({
        store: this.eventStore,
        publishers,
        file: join(dataDir, 'bus.db'),
        cipher: aesCipher(keyFile(join(dataDir, 'dead-letters.key'))),
        clock,
        onProblem: (problem) => {
          onBackgroundError(`bus.${problem.group}.${problem.kind}`, problem);
        },
        onDefect: onFatal,
        host: this.viewThread?.views,
        ...(disturbSeed !== undefined && {
          ...{ disturbance: disturbanceOf(disturbSeed), checkData: true },
        }),
      });
    this.bus = this.openBus();
    this.calls =
      options.serviceCalls === 'direct'
        ? new DirectCalls(this.callTable)
        : new HttpCalls({ urlsOf: () => [this.ownUrl], secret: this.callsSecret });
  }

  /** Where another thread feeds the views, this one only reads them. */
  readModel<Tables>(service: ServiceName): Kysely<Tables> {
    return this.database(`${service}.views.db`, { readOnly: this.viewHost !== undefined });
  }

  override readonly workModel = <Tables>(service: ServiceName): Kysely<Tables> =>
    this.database(`${service}.work.db`);

  privateData<Tables>(service: ServiceName, name: string): Kysely<Tables> {
    const file = `${service}-${name}.db`;
    closeSync(openSync(join(this.dataDir, file), 'a', 0o600));
    return this.database(file, { durable: true });
  }

  /** After the services have stopped. */
  async close(): Promise<void> {
    if (this.calls instanceof HttpCalls) await this.calls.close();
    await this.bus.close();
    await this.viewThread?.close();
    await this.eventStore.close();
    for (const db of this.databases.values()) await db.destroy();
  }

  private startViewThread(options: EmbeddedOptions): RunningViewThread {
    const { dataDir, disturbSeed, onBackgroundError, onFatal } = options;
    return startViewThread(
      { dataDir, disturbSeed },
      { store: this.eventStore, onError: onBackgroundError, onFatal },
    );
  }

  private database<Tables>(
    name: string,
    options: Omit<SqliteReadModelOptions, 'file'> = {},
  ): Kysely<Tables> {
    let db = this.databases.get(name);
    if (db === undefined) {
      db = openSqliteReadModel<never>({ file: join(this.dataDir, name), ...options });
      this.databases.set(name, db);
    }
    return db as unknown as Kysely<Tables>;
  }
}
