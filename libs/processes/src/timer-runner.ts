import type { Kysely } from 'kysely';
import { OperationalError, type Clock, type Instant } from '@fidelis/kernel';
import { START, type Position } from '@fidelis/event-store';
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

/** What a look at the table found. */
interface Page {
  readonly ids: ReadonlySet<string>;
  readonly now: Instant;
  /** Who settles one of them loads this event, too: it was in the store before. */
  readonly upTo: Position;
  readonly isLast: boolean;
}

/** Settles what has come due by the table of due dates. */
export class TimerRunner {
  private readonly db: Kysely<DueTables>;
  private ticking: NodeJS.Timeout | undefined;
  private running: Promise<number> = Promise.resolve(0);
  private stopping = new AbortController();

  constructor(private readonly options: TimerRunnerOptions) {
    this.db = options.db;
  }

  async prepare(): Promise<void> {
    await this.options.due.prepare?.();
  }

  async start(): Promise<void> {
    await this.options.due.start();
    this.ticking = setInterval(() => this.tick(), this.options.everyMs ?? 500);
    this.ticking.unref();
  }

  /**
   * Settles all that is due at `now`, on any replica; resolves with how many ids it settled.
   * `OperationalError`: it was stopped before it came to the end.
   */
  runDue(now: Instant): Promise<number> {
    const { signal } = this.stopping;
    this.running = this.running.catch(() => 0).then(() => this.settleAll(now, signal));
    return this.running;
  }

  reachHead(deadlineMs: number): Promise<void> {
    return this.options.due.reachHead(deadlineMs);
  }

  /** What is being settled ends; what else is due stays in the table. */
  async stop(): Promise<void> {
    clearInterval(this.ticking);
    this.stopping.abort();
    this.stopping = new AbortController();
    await this.running.catch(() => 0);
    await this.options.due.stop();
  }

  private tick(): void {
    const { signal } = this.stopping;
    this.runDue(this.options.clock.now()).catch((error: unknown) => {
      if (!signal.aborted) this.options.onError?.(error);
    });
  }

  private async settleAll(now: Instant, signal: AbortSignal): Promise<number> {
    let settled = 0;
    for (;;) {
      const page = await this.pageAt(now);
      await this.settlePage(page, signal);
      if (signal.aborted) throw new OperationalError('stopped before all was settled');
      settled += page.ids.size;
      if (page.isLast) return settled;
    }
  }

  /** What is longest due comes first. */
  private async pageAt(now: Instant): Promise<Page> {
    const rows = await this.db
      .selectFrom('due')
      .select(['id', 'position'])
      .where('timer', '=', this.options.timer.name)
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(PAGE)
      .execute();
    const ids = new Set(rows.map(({ id }) => id));
    const upTo = rows.reduce((max, { position }) => Math.max(max, position), START);
    return { ids, now, upTo, isLast: rows.length < PAGE };
  }

  /** Side by side, so that they share the store's commits; what failed stays due. */
  private async settlePage({ ids, now, upTo }: Page, signal: AbortSignal): Promise<void> {
    const { timer, due } = this.options;
    const waiting = ids.values();
    const done: string[] = [];
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      for (const id of waiting) {
        if (signal.aborted) return;
        await timer.settle(id, now).then(
          () => done.push(id),
          (error: unknown) => failures.push(error),
        );
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    if (done.length > 0) await due.forget({ ids: done, now, upTo });
    if (failures.length > 0) throw failures[0];
  }
}
