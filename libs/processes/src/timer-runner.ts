import type { Kysely } from 'kysely';
import type { Clock, Instant } from '@fidelis/kernel';
import { chunksOf } from '@fidelis/read-model';
import type { DueRunner, DueTables } from './due-dates';
import type { Timer } from './process';

export interface TimerRunnerOptions {
  /** For reading: `due` alone writes. */
  readonly db: Kysely<never>;
  readonly due: DueRunner;
  readonly clock: Clock;
  readonly timer: Timer;
  /** How often it looks: 500 ms. Queries never count what is due, so this is not urgent. */
  readonly everyMs?: number;
  readonly onError?: (error: unknown) => void;
}

const PAGE = 256;
const SIDE_BY_SIDE = 64;

/** Settles what has come due by the table of due dates. */
export class TimerRunner {
  private readonly db: Kysely<DueTables>;
  private ticking: NodeJS.Timeout | undefined;
  private running: Promise<number> = Promise.resolve(0);

  constructor(private readonly options: TimerRunnerOptions) {
    this.db = options.db;
  }

  async prepare(): Promise<void> {
    await this.options.due.prepare?.();
  }

  async start(): Promise<void> {
    await this.options.due.start();
    this.ticking = setInterval(() => {
      this.runDue(this.options.clock.now()).catch((error: unknown) =>
        this.options.onError?.(error),
      );
    }, this.options.everyMs ?? 500);
    this.ticking.unref();
  }

  /** Settles all that is due at `now`, on any replica; resolves with how many ids it settled. */
  runDue(now: Instant): Promise<number> {
    this.running = this.running.catch(() => 0).then(() => this.settleAll(now));
    return this.running;
  }

  reachHead(deadlineMs: number): Promise<void> {
    return this.options.due.reachHead(deadlineMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    await this.running.catch(() => 0);
    await this.options.due.stop();
  }

  /** Side by side, so that they share the store's commits; what failed stays due. */
  private async settlePage(ids: readonly string[], now: Instant): Promise<void> {
    const { timer, due } = this.options;
    const done: string[] = [];
    const failures: unknown[] = [];
    for (const some of chunksOf(ids, SIDE_BY_SIDE)) {
      const ended = await Promise.allSettled(some.map((id) => timer.settle(id, now)));
      ended.forEach((result, index) => {
        const id = some[index];
        if (result.status === 'rejected') failures.push(result.reason);
        else if (id !== undefined) done.push(id);
      });
    }
    if (done.length > 0) await due.forget(done, now);
    if (failures.length > 0) throw failures[0];
  }

  private async settleAll(now: Instant): Promise<number> {
    const { timer } = this.options;
    let settled = 0;
    for (;;) {
      const rows = await this.db
        .selectFrom('due')
        .select('id')
        .distinct()
        .where('timer', '=', timer.name)
        .where('due_at', '<=', now)
        .limit(PAGE)
        .execute();
      await this.settlePage(
        rows.map(({ id }) => id),
        now,
      );
      settled += rows.length;
      if (rows.length < PAGE) return settled;
    }
  }
}
