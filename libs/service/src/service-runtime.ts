import type { Kysely } from 'kysely';
import { assertInvariant, type Instant } from '@fidelis/kernel';
import { AlwaysHeld, type HeldLease } from '@fidelis/leases';
import { DueDates, ProcessRunner, TimerRunner, type Process, type Timer } from '@fidelis/processes';
import { ProjectionRunner, type FeedRunner, type Projection } from '@fidelis/projections';
import type { AnsweredCall } from '@fidelis/service-calls';
import { rehearsing } from './rehearsal/rehearsed-platform';
import type { Platform, RunningService, RunningView } from './platform';
import { controlAnswers } from './service-control';
import type { ServiceFlow } from './service-flow';
import { anyView } from './service-views';

export interface ServiceParts<Tables> {
  readonly flow: ServiceFlow;
  readonly platform: Platform;
  readonly answers: readonly AnsweredCall[];
  readonly projections: readonly Projection<Tables>[];
  readonly processes: readonly Process[];
  readonly timers: readonly Timer[];
  /** Puts the service together once more, for others' dry runs. Absent: it is asked nothing then. */
  readonly rehearse?: (platform: Platform) => void;
}

/** Who holds it feeds the views, processes and timers of the service. */
export function feedsLeaseOf(service: ServiceFlow['service']): string {
  return `${service}.feeds`;
}

/** Offline there is nobody to keep waiting. */
const CATCH_UP_MS_MAX = 24 * 3600_000;

/**
 * Runs what a service does besides answering HTTP: its calls, views, processes and timers; the last
 * three on the one replica that holds the service's lease. Nest starts and stops it (`onApplicationBootstrap`, `beforeApplicationShutdown`).
 */
export class ServiceRuntime<Tables = unknown> implements RunningService {
  readonly service: ServiceFlow['service'];
  private readonly projections: readonly FeedRunner[];
  private readonly processes: readonly ProcessRunner[];
  private readonly timers: readonly TimerRunner[];
  private lease: HeldLease | undefined;

  constructor(private readonly parts: ServiceParts<Tables>) {
    const { flow, platform } = parts;
    this.service = flow.service;
    const db = platform.readModel<Tables>(flow.service);
    const host = platform.viewHost;
    const common = (name: string) => ({
      service: flow.service,
      eventStore: platform.eventStore,
      onError: (error: unknown) => {
        platform.onBackgroundError(`${flow.service}.${name}`, error);
      },
    });
    this.projections = parts.projections.map(
      (projection) =>
        host?.view(flow.service, anyView(projection)) ??
        new ProjectionRunner({ ...common(projection.name), db, projection }),
    );
    const work = platform.workModel?.<never>(flow.service) ?? (db as unknown as Kysely<never>);
    this.processes = parts.processes.map(
      (process) => new ProcessRunner({ ...common(process.name), db: work, process }),
    );
    const { clock } = platform;
    const bare = db as unknown as Kysely<never>;
    this.timers = parts.timers.map((timer) => {
      const named = common(timer.name);
      const due =
        host?.dueDates(flow.service, timer) ??
        new DueDates({ ...named, db: bare, schedule: timer });
      return new TimerRunner({ due, db: bare, clock, timer, onError: named.onError });
    });
    this.register();
  }

  get views(): readonly RunningView[] {
    return this.projections.map(({ name, position, tables }) => ({ name, position, tables }));
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const runner of this.runners()) await runner.prepare?.();
    const leases = this.parts.platform.leases ?? new AlwaysHeld();
    this.lease = leases.hold(feedsLeaseOf(this.service), {
      start: async () => {
        for (const runner of this.runners()) await runner.start();
      },
      stop: () => this.stopAll(),
    });
    await this.lease.settled;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.lease?.release();
    await this.stopAll();
  }

  async reachHead(deadlineMs: number): Promise<void> {
    await Promise.all(this.runners().map((runner) => runner.reachHead(deadlineMs)));
  }

  /** For lists with `fresh=true`: waits until the view shows every answered write (5 s at most). */
  async fresh(view: string): Promise<void> {
    const projection = this.projections.find((runner) => runner.name === view);
    assertInvariant(projection !== undefined, `${this.service} has no view ${view}`);
    await projection.reachHead();
  }

  async runDue(now: Instant): Promise<number> {
    let settled = 0;
    for (const timer of this.timers) {
      await timer.reachHead(30_000);
      settled += await timer.runDue(now);
    }
    return settled;
  }

  async rebuild(view?: string): Promise<void> {
    for (const projection of this.projections) {
      if (view === undefined || projection.name === view) await projection.rebuild();
    }
  }

  async catchUpViews(): Promise<void> {
    for (const projection of this.projections) {
      await projection.start();
      await projection.reachHead(CATCH_UP_MS_MAX);
    }
  }

  async stopViews(): Promise<void> {
    await Promise.all(this.projections.map((projection) => projection.stop()));
  }

  private async stopAll(): Promise<void> {
    await Promise.all(this.runners().map((runner) => runner.stop()));
  }

  private runners(): readonly (FeedRunner | ProcessRunner | TimerRunner)[] {
    return [...this.projections, ...this.processes, ...this.timers];
  }

  private register(): void {
    const { flow, platform, answers, rehearse } = this.parts;
    for (const contract of flow.answers) {
      const handlers = answers.filter((answer) => answer.contract === contract);
      assertInvariant(handlers.length === 1, `${contract.service}/${contract.name}: no handler`);
    }
    for (const answer of [...answers, ...controlAnswers(this, platform)]) {
      platform.callTable.add(answer);
    }
    if (rehearse !== undefined) {
      platform.callTable.add(rehearsing({ service: flow.service, platform, rehearse }));
    }
    platform.runtimes.add(this);
  }
}
