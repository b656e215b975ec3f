import type { Kysely } from 'kysely';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import { addMs, type Clock, type Instant } from '@fidelis/kernel';
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
  /** What went wrong behind the back of the test, which says what of it should. */
  readonly errors: unknown[] = [];
  private readonly db = openSqliteReadModel<unknown>({ file: ':memory:' });

  constructor({ clock, eventStore, dataDir = '', bus, onBackgroundError }: TestPlatformOptions) {
    super();
    const note = (error: unknown) => this.errors.push(error);
    this.clock = clock;
    this.eventStore = eventStore ?? new MemoryEventStore();
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
