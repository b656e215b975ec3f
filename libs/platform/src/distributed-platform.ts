import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { assertInvariant, OperationalError, systemClock, type Clock } from '@fidelis/kernel';
import type { Settings } from '@fidelis/config';
import { CONTROLLED_SERVICES, type ServiceName } from '@fidelis/contracts';
import type { EventStore } from '@fidelis/event-store';
import { EventStoreDbStore } from '@fidelis/event-store-eventstoredb';
import { PostgresLeases, type LeaseTables } from '@fidelis/leases';
import { aesCipher, type Publisher } from '@fidelis/messaging';
import { KafkaBus, type BusTables } from '@fidelis/messaging-kafka';
import { openPostgresReadModel } from '@fidelis/read-model';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { CallTable, HttpCalls } from '@fidelis/service-calls';
import { PostgresTestClock, type ClockTables } from './postgres-test-clock';

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
  readonly leases: PostgresLeases;
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError: (where: string, error: unknown) => void;
  private readonly databases = new Map<string, Kysely<never>>();

  private constructor(
    private readonly options: DistributedOptions,
    testClock: PostgresTestClock | undefined,
    databases: Map<string, Kysely<never>>,
  ) {
    super();
    const { settings, service, publishers, onBackgroundError, onFatal } = options;
    this.databases = databases;
    this.onBackgroundError = onBackgroundError;
    this.testClock = testClock;
    this.clock = testClock ?? systemClock;
    this.leases = new PostgresLeases({
      db: this.database<LeaseTables>('bus.leases'),
      onError: (name, error) => {
        onBackgroundError(`leases.${name}`, error);
      },
    });
    this.eventStore = new EventStoreDbStore({ url: settings.eventStoreUrl });
    this.bus = new KafkaBus({
      url: settings.messageBusUrl,
      clientId: service,
      store: this.eventStore,
      publishers,
      database: this.database<BusTables>('bus'),
      leases: this.leases,
      cipher: aesCipher(keyOf(settings)),
      clock: this.clock,
      onProblem: (problem) => {
        onBackgroundError(`bus.${problem.group}.${problem.kind}`, problem);
      },
      onDefect: onFatal,
    });
    const urls = urlsOf(settings);
    this.calls = new HttpCalls({
      urlsOf: (asked) => urls.get(asked) ?? [],
      secret: settings.internalSecret ?? '',
    });
  }

  /** @throws OperationalError when PostgreSQL does not answer. */
  static async open(options: DistributedOptions): Promise<DistributedPlatform> {
    const databases = new Map<string, Kysely<never>>();
    const { settings, onBackgroundError } = options;
    if (!settings.testClock) return new DistributedPlatform(options, undefined, databases);
    const db = openDatabase(options, 'bus.clock');
    databases.set('bus.clock', db);
    const testClock = await PostgresTestClock.open(db as Kysely<ClockTables>, (error) => {
      onBackgroundError('test-clock', error);
    });
    return new DistributedPlatform(options, testClock, databases);
  }

  /** Nothing of a service on servers lies in a folder. */
  get dataDir(): string {
    throw new OperationalError('separate processes have no data folder');
  }

  readModel<Tables>(service: ServiceName): Kysely<Tables> {
    this.assertOwn(service);
    return this.database<Tables>(schemaOf(service));
  }

  privateData<Tables>(service: ServiceName): Kysely<Tables> {
    this.assertOwn(service);
    return this.database<Tables>(`${schemaOf(service)}_private`);
  }

  /** After the service has stopped. */
  async close(): Promise<void> {
    await this.bus.close();
    await this.leases.close();
    await this.calls.close();
    await this.testClock?.close();
    await this.eventStore.close();
    for (const db of this.databases.values()) await db.destroy();
  }

  /** Services share no tables. */
  private assertOwn(service: ServiceName): void {
    assertInvariant(service === this.options.service, `${service} is another process`);
  }

  private database<Tables>(name: string): Kysely<Tables> {
    let db = this.databases.get(name);
    if (db === undefined) {
      db = openDatabase(this.options, name);
      this.databases.set(name, db);
    }
    return db as unknown as Kysely<Tables>;
  }
}

/** `<schema>` or `<schema>.<purpose>`: a purpose has connections of its own. */
function openDatabase(options: DistributedOptions, name: string): Kysely<never> {
  const [schema = name, purpose] = name.split('.');
  return openPostgresReadModel<never>({
    url: options.settings.readModelUrl,
    schema,
    connectionsMax: purpose === undefined ? options.settings.readModelConnectionsMax : 2,
    onError: (error) => {
      options.onBackgroundError(`postgres.${name}`, error);
    },
  });
}

const schemaOf = (service: ServiceName): string => service.replace('-', '_');

/** The key's bytes, whatever text was configured. */
function keyOf({ deadLettersKey }: Settings): Buffer {
  assertInvariant(deadLettersKey !== undefined, 'the settings were checked before');
  return createHash('sha256').update(deadLettersKey).digest();
}

function urlsOf(settings: Settings): ReadonlyMap<ServiceName, readonly string[]> {
  const named: Record<(typeof CONTROLLED_SERVICES)[number], readonly string[]> = {
    accounts: settings.accountsUrl,
    earning: settings.earningUrl,
    'reward-store': settings.rewardStoreUrl,
    purchases: settings.purchasesUrl,
    vendors: settings.vendorsUrl,
    reconciliation: settings.reconciliationUrl,
  };
  return new Map(CONTROLLED_SERVICES.map((service) => [service, named[service]]));
}
