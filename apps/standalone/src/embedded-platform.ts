import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import type { EventStore } from '@fidelis/event-store';
import { SqliteEventStore } from '@fidelis/event-store-sqlite';
import { aesCipher, type Disturbance, type MessageBus, type Publisher } from '@fidelis/messaging';
import { EmbeddedBus } from '@fidelis/messaging-sqlite';
import { openSqliteReadModel } from '@fidelis/read-model';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { CallTable, DirectCalls, HttpCalls, type ServiceCalls } from '@fidelis/service-calls';
import { keyFile } from './key-file';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly publishers: readonly Publisher[];
  readonly serviceCalls: 'direct' | 'http';
  /** For tests of idempotence. */
  readonly disturbance?: Disturbance | undefined;
  readonly onBackgroundError: (where: string, error: unknown) => void;
  /** The store or a handler cannot go on: the process must end, its restart reads the truth. */
  readonly onFatal: (error: unknown) => void;
}

/** The embedded adapters of all four ports, in one folder. */
export class EmbeddedPlatform extends Platform {
  readonly clock: Clock;
  readonly eventStore: EventStore;
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
  private readonly readModels = new Map<ServiceName, Kysely<never>>();

  constructor(options: EmbeddedOptions) {
    super();
    const { dataDir, clock, publishers, onBackgroundError, onFatal } = options;
    this.clock = clock;
    this.dataDir = dataDir;
    this.onBackgroundError = onBackgroundError;
    this.eventStore = SqliteEventStore.open({ file: join(dataDir, 'events.db'), onFatal });
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
        ...(options.disturbance && { disturbance: options.disturbance, checkData: true }),
      });
    this.bus = this.openBus();
    this.calls =
      options.serviceCalls === 'direct'
        ? new DirectCalls(this.callTable)
        : new HttpCalls({ urlsOf: () => [this.ownUrl], secret: this.callsSecret });
  }

  readModel<Tables>(service: ServiceName): Kysely<Tables> {
    let db = this.readModels.get(service);
    if (db === undefined) {
      db = openSqliteReadModel<never>({ file: join(this.dataDir, `${service}.views.db`) });
      this.readModels.set(service, db);
    }
    return db as unknown as Kysely<Tables>;
  }

  /** After the services have stopped. */
  async close(): Promise<void> {
    if (this.calls instanceof HttpCalls) await this.calls.close();
    await this.bus.close();
    await this.eventStore.close();
    for (const db of this.readModels.values()) await db.destroy();
  }
}
