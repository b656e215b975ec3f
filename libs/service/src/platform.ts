import type { Kysely } from 'kysely';
import type { Clock } from '@fidelis/kernel';
import type { ServiceName } from '@fidelis/contracts';
import type { EventStore } from '@fidelis/event-store';
import type { Leases } from '@fidelis/leases';
import type { CallTable, ServiceCalls } from '@fidelis/service-calls';
import type { MessageBus } from '@fidelis/messaging';
import type { SharedClock } from './shared-clock';
import type { ViewHost } from './service-views';

/**
 * What the host gives to each service: the four ports and the clock, with the adapters already
 * chosen. A class, so that it is its own injection token.
 */
export abstract class Platform {
  abstract readonly clock: Clock;
  /** The same clock where it may be moved and several processes follow it. */
  readonly testClock?: SharedClock | undefined;
  abstract readonly eventStore: EventStore;
  abstract readonly calls: ServiceCalls;
  /** Where a service registers what it answers. */
  abstract readonly callTable: CallTable;
  abstract readonly bus: MessageBus;
  /** The service's own database of views. */
  abstract readModel<Tables>(service: ServiceName): Kysely<Tables>;
  /**
   * What the service writes besides its views: how far its processes are, what it audited. Absent:
   * the read model. A SQLite file has one writer, and the views may be fed by another thread.
   */
  readonly workModel?: <Tables>(service: ServiceName) => Kysely<Tables>;
  /** Who of several replicas feeds views and processes. Absent: this process does. */
  readonly leases?: Leases | undefined;
  /** Absent: views are fed in this thread. */
  readonly viewHost?: ViewHost | undefined;
  /**
   * Rows that no event can bring again, such as personal data: on disk when a commit resolves. The
   * name is unique in its service: in a data folder it names a file of its own.
   */
  abstract privateData<Tables>(service: ServiceName, name: string): Kysely<Tables>;
  /** The folder for what must outlive the process and is no event (keys, personal data). */
  abstract readonly dataDir: string;
  /** The services of this process, as they start. */
  abstract readonly runtimes: RuntimeRegistry;
  /** Failures of background work, each before its back-off. */
  abstract readonly onBackgroundError: (where: string, error: unknown) => void;
}

/** What the host asks of each running service: the test clock, integrity, rebuild. */
export interface RunningService {
  readonly service: ServiceName;
  /** Does everything that is due at `now`; resolves with how much there was. */
  runDue(now: string): Promise<number>;
  /** Waits until views, processes and timers have taken in every stored event. */
  reachHead(deadlineMs: number): Promise<void>;
  /** Builds one view again, or all of them. */
  rebuild(view?: string): Promise<void>;
  readonly views: readonly RunningView[];
  /** Where nothing was started: brings the views to the head, without processes and timers. */
  catchUpViews(): Promise<void>;
  /** Ends what `catchUpViews` and `rebuild` have begun. */
  stopViews(): Promise<void>;
}

export interface RunningView {
  readonly name: string;
  readonly position: number;
  readonly tables: readonly string[];
}

export class RuntimeRegistry {
  private readonly running: RunningService[] = [];

  add(service: RunningService): void {
    this.running.push(service);
  }

  all(): readonly RunningService[] {
    return this.running;
  }
}
