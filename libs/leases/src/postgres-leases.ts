import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { assertInvariant } from '@fidelis/kernel';
import { LeasedWorkSwitch } from './leased-work-switch';
import { claimLeases, createLeases, endLeases, type LeaseTables } from './lease-table';
import type { HeldLease, LeasedWork, Leases } from './leases';

export interface PostgresLeasesOptions {
  /** On schema `bus`, with connections of its own: a renewal must not queue behind other work. */
  readonly db: Kysely<LeaseTables>;
  /** So long after its last renewal a lease may go to another replica: 5,000. */
  readonly ttlMs?: number;
  /** 1,500: two renewals may fail before a lease is lost. */
  readonly renewEveryMs?: number;
  /** How often a replica that stands by asks: 500. */
  readonly standbyEveryMs?: number;
  readonly onError?: (name: string, error: unknown) => void;
}

/** Of the time to live: work that could not be renewed stops by so much before its lease ends. */
const STOP_EARLY_SHARE = 0.2;

/** Leases in PostgreSQL: one statement for all names of a process, on the database's clock. */
export class PostgresLeases implements Leases {
  /** Anew in each process: a restarted one waits for its own former lease to end. */
  readonly holder = randomUUID();
  private readonly held = new Map<string, PostgresLease>();
  private readonly closing = new AbortController();
  private wake = new AbortController();
  private loop: Promise<void> | undefined;
  private claiming: Promise<void> = Promise.resolve();

  constructor(private readonly options: PostgresLeasesOptions) {}

  hold(name: string, work: LeasedWork): HeldLease {
    if (this.held.has(name)) throw new Error(`the lease ${name} is asked for twice`);
    const lease = new PostgresLease(work, {
      onError: (error) => this.options.onError?.(name, error),
      release: () => this.release([name]),
    });
    this.held.set(name, lease);
    this.wake.abort();
    this.loop ??= this.run();
    return lease;
  }

  async close(): Promise<void> {
    await this.release([...this.held.keys()]);
    this.closing.abort();
    this.wake.abort();
    await this.loop;
  }

  /** The work ends first, so that nobody else begins before. */
  private async release(names: readonly string[]): Promise<void> {
    const ended = names.flatMap((name) => this.held.get(name) ?? []);
    if (ended.length === 0) return;
    await Promise.all(ended.map((lease) => lease.end()));
    for (const name of names) this.held.delete(name);
    await this.claiming.catch(() => undefined); // else it could take them again
    try {
      await endLeases(this.options.db, { names, holder: this.holder });
    } catch (error) {
      this.options.onError?.(names.join(), error); // it ends by itself
    }
  }

  private async run(): Promise<void> {
    let created = false;
    while (!this.closing.signal.aborted) {
      this.wake = new AbortController();
      try {
        if (!created) await createLeases(this.options.db);
        created = true;
        this.claiming = this.claim();
        await this.claiming;
      } catch (error) {
        this.options.onError?.([...this.held.keys()].join(), error);
      }
      const { renewEveryMs = 1500, standbyEveryMs = 500 } = this.options;
      const all = [...this.held.values()].every((lease) => lease.isHeld);
      const pause = sleep(all ? renewEveryMs : standbyEveryMs, undefined, {
        signal: this.wake.signal,
        ref: false,
      });
      await pause.catch(() => undefined);
    }
  }

  private async claim(): Promise<void> {
    const asked = [...this.held];
    if (asked.length === 0) return;
    const { db, ttlMs = 5000 } = this.options;
    // Before the question: the lease cannot end earlier than this and the time to live.
    const endsAt = performance.now() + ttlMs * (1 - STOP_EARLY_SHARE);
    const names = asked.map(([name]) => name);
    const mine = await claimLeases(db, { names, holder: this.holder, ttlMs });
    for (const [name, lease] of asked) {
      if (mine.has(name)) lease.renewed(endsAt);
      else lease.lost();
    }
  }
}

interface LeaseHooks {
  readonly onError: (error: unknown) => void;
  readonly release: () => Promise<void>;
}

class PostgresLease implements HeldLease {
  readonly settled: Promise<void>;
  private readonly work: LeasedWorkSwitch;
  private readonly told: {
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  };
  /** By this process's monotonic clock. */
  private endsAt = -Infinity;
  private ending: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    work: LeasedWork,
    private readonly hooks: LeaseHooks,
  ) {
    this.work = new LeasedWorkSwitch(work);
    let tell: PostgresLease['told'] | undefined;
    this.settled = new Promise((resolve, reject) => (tell = { resolve, reject }));
    this.settled.catch(() => undefined); // it is told to whoever awaits it
    assertInvariant(tell !== undefined, 'a promise calls its executor at once');
    this.told = tell;
  }

  get isHeld(): boolean {
    return performance.now() < this.endsAt;
  }

  renewed(endsAt: number): void {
    // An answer that came too late, or after the release, is none.
    if (this.ended || performance.now() >= endsAt) return;
    this.endsAt = endsAt;
    clearTimeout(this.ending);
    this.ending = setTimeout(() => {
      this.lost();
    }, endsAt - performance.now());
    this.ending.unref();
    this.switch(true);
  }

  lost(): void {
    this.endsAt = -Infinity;
    clearTimeout(this.ending);
    this.switch(false);
  }

  release(): Promise<void> {
    return this.hooks.release();
  }

  /** Ends the work for good. */
  async end(): Promise<void> {
    this.ended = true;
    this.endsAt = -Infinity;
    clearTimeout(this.ending);
    await this.work.want(false).catch(this.hooks.onError);
    this.told.resolve();
  }

  private switch(wanted: boolean): void {
    this.work.want(wanted).then(this.told.resolve, (error: unknown) => {
      this.told.reject(error);
      this.hooks.onError(error);
    });
  }
}
