import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { assertInvariant, OperationalError, systemClock, type Clock } from '@fidelis/kernel';
import type { Settings } from '@fidelis/config';
import type { ServiceName } from '@fidelis/contracts';
import type { EventStore, SnapshotStore } from '@fidelis/event-store';
import {
  EventStoreDbStore,
  KeptCategories,
  KyselySnapshots,
} from '@fidelis/event-store-eventstoredb';
import { PostgresLeases, type LeaseTables } from '@fidelis/leases';
import { aesCipher, disturbanceOf, type Disturbance, type Publisher } from '@fidelis/messaging';
import { KafkaBus, type BusTables } from '@fidelis/messaging-kafka';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { CallTable, HttpCalls } from '@fidelis/service-calls';
import { Databases } from './databases';
import { kafkaServerOf } from './kafka-server';
import { PostgresTestClock, type ClockTables } from './postgres-test-clock';
import { schemaOf } from './schema-of';
import { serviceUrls } from './service-urls';

export interface DistributedOptions {
  /** Checked by `checkSeparate`. */
  readonly settings: Settings;
  readonly service: ServiceName;
  /** Of this service. */
  readonly publishers: readonly Publisher[];
  readonly onBackgroundError: (where: string, error: unknown) => void;
  /** The process cannot go on: its supervisor starts it again. */
  readonly onFatal: (error: unknown) => void;
}

/** The adapters of all four ports on servers, for one service in a process of its own. */
export class DistributedPlatform extends Platform {
  readonly clock: Clock;
  override readonly testClock: PostgresTestClock | undefined;
  readonly eventStore: EventStore;
  readonly bus: KafkaBus;
  readonly calls: HttpCalls;
  readonly callTable = new CallTable();
  override readonly leases: PostgresLeases;
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError: (where: string, error: unknown) => void;

  private constructor(
    private readonly options: DistributedOptions,
    private readonly databases: Databases,
    prepared: Prepared,
  ) {
    super();
    const { settings, service, publishers, onBackgroundError, onFatal } = options;
    this.onBackgroundError = onBackgroundError;
    this.testClock = prepared.testClock;
    this.clock = prepared.testClock ?? systemClock;
    this.leases = new PostgresLeases({
      db: databases.open<LeaseTables>('bus', 'leases'),
      onError: (name, error) => {
        onBackgroundError(`leases.${name}`, error);
      },
    });
    const { snapshots, categories } = prepared;
    this.eventStore = new EventStoreDbStore({
      ...{ url: settings.eventStoreUrl, snapshots, categories },
    });
    this.bus = new KafkaBus({
      ...kafkaServerOf(settings),
      clientId: service,
      store: this.eventStore,
      publishers,
      database: databases.open<BusTables>('bus', 'messages'),
      leases: this.leases,
      cipher: aesCipher(keyOf(settings)),
      clock: this.clock,
      onProblem: (problem) => {
        onBackgroundError(`bus.${problem.group}.${problem.kind}`, problem);
      },
      onDefect: onFatal,
      ...disturbanceWanted(settings),
    });
    const urls = serviceUrls(settings);
    this.calls = new HttpCalls({
      urlsOf: (asked) => urls.get(asked) ?? [],
      secret: settings.internalSecret ?? '',
    });
  }

  /** @throws OperationalError when PostgreSQL does not answer. */
  static async open(options: DistributedOptions): Promise<DistributedPlatform> {
    const { settings, service, onBackgroundError } = options;
    const databases = new Databases(settings, onBackgroundError);
    const kept = databases.open(schemaOf(service), 'snapshots');
    const snapshots = await KyselySnapshots.open(kept);
    const categories = await KeptCategories.open(kept);
    const testClock = settings.testClock
      ? await PostgresTestClock.open(databases.open<ClockTables>('bus', 'clock'), (error) => {
          onBackgroundError('test-clock', error);
        })
      : undefined;
    return new DistributedPlatform(options, databases, { snapshots, categories, testClock });
  }

  /** Nothing of a service on servers lies in a folder. */
  get dataDir(): string {
    throw new OperationalError('separate processes have no data folder');
  }

  readModel<Tables>(service: ServiceName): Kysely<Tables> {
    this.assertOwn(service);
    return this.databases.open<Tables>(schemaOf(service));
  }

  privateData<Tables>(service: ServiceName): Kysely<Tables> {
    this.assertOwn(service);
    return this.databases.open<Tables>(`${schemaOf(service)}_private`, 'rows');
  }

  /** After the service has stopped. */
  async close(): Promise<void> {
    await this.bus.close();
    await this.leases.close();
    await this.calls.close();
    await this.testClock?.close();
    await this.eventStore.close();
    await this.databases.close();
  }

  /** Services share no tables. */
  private assertOwn(service: ServiceName): void {
    assertInvariant(service === this.options.service, `${service} is another process`);
  }
}

interface Prepared {
  readonly snapshots: SnapshotStore;
  readonly categories: KeptCategories;
  readonly testClock: PostgresTestClock | undefined;
}

/** Only where the test clock says that nobody's points are at stake. */
function disturbanceWanted({ testClock, testDisturbMessages: seed }: Settings): {
  readonly disturbance?: Disturbance;
} {
  return testClock && seed !== undefined ? { disturbance: disturbanceOf(seed) } : {};
}

/** The key's bytes, whatever text was configured. */
function keyOf({ deadLettersKey }: Settings): Buffer {
  assertInvariant(deadLettersKey !== undefined, 'the settings were checked before');
  return createHash('sha256').update(deadLettersKey).digest();
}
