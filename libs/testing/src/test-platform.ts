import type { Kysely } from 'kysely';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { addMs, type Clock, type Instant } from '@fidelis/kernel';
import { AlwaysHeld, type Leases } from '@fidelis/leases';
import { MemoryBus, type MemoryBusOptions } from '@fidelis/messaging-memory';
import { openSqliteReadModel } from '@fidelis/read-model';
import { Platform, RuntimeRegistry } from '@fidelis/service';
import { CallTable, DirectCalls } from '@fidelis/service-calls';

/** Stands still until a test lets time pass. */
export class TestClock implements Clock {
  constructor(private current: Instant) {}

  now(): Instant {
    return this.current;
  }

  pass(ms: number): void {
    this.current = addMs(this.current, ms);
  }
}

export interface TestPlatformOptions {
  readonly clock: TestClock;
  readonly eventStore?: MemoryEventStore;
  /** Where personal data and keys lie, for services that have some. */
  readonly dataDir?: string;
  readonly bus?: Omit<MemoryBusOptions, 'store' | 'onDefect'>;
  readonly onBackgroundError?: (error: unknown) => void;
  /** One of several processes that write to `eventStore`; the one that stands by feeds nothing. */
  readonly replica?: 'active' | 'standby';
}

/** Every port on memory: what the host gives to a service, for its tests. */
export class TestPlatform extends Platform {
  readonly clock: TestClock;
  readonly eventStore: MemoryEventStore;
  readonly callTable = new CallTable();
  readonly calls = new DirectCalls(this.callTable);
  readonly bus: MemoryBus;
  readonly dataDir: string;
  readonly runtimes = new RuntimeRegistry();
  readonly onBackgroundError: Platform['onBackgroundError'];
  override readonly leases: Leases;
  /** What went wrong behind the back of the test, which says what of it should. */
  readonly errors: unknown[] = [];
  private readonly db = openSqliteReadModel<unknown>({ file: ':memory:' });

  constructor(options: TestPlatformOptions) {
    super();
    const { clock, eventStore, dataDir = '', bus, onBackgroundError, replica } = options;
    const note = (error: unknown) => this.errors.push(error);
    const store = eventStore ?? new MemoryEventStore();
    this.clock = clock;
    this.eventStore = replica === undefined ? store : withOtherWriters(store);
    this.leases = replica === 'standby' ? NEVER_HELD : new AlwaysHeld();
    this.dataDir = dataDir;
    this.onBackgroundError = (_where, error) => (onBackgroundError ?? note)(error);
    this.bus = new MemoryBus({
      delivery: { backOffFirstMs: 1, backOffMaxMs: 2 },
      onProblem: note,
      ...bus,
      store: this.eventStore,
      onDefect: note,
    });
  }

  readModel<Tables>(): Kysely<Tables> {
    return this.db as unknown as Kysely<Tables>;
  }

  privateData<Tables>(): Kysely<Tables> {
    return this.db as unknown as Kysely<Tables>;
  }

  /** Does what is due now. */
  async runDue(): Promise<void> {
    for (const running of this.runtimes.all()) await running.runDue(this.clock.now());
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }
}

/** The same events behind a store that does not promise to have no other writers. */
function withOtherWriters(store: MemoryEventStore): MemoryEventStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'soleWriter') return false;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const NEVER_HELD: Leases = {
  hold: () => ({
    isHeld: false,
    settled: Promise.resolve(),
    release: () => Promise.resolve(),
  }),
  close: () => Promise.resolve(),
};
