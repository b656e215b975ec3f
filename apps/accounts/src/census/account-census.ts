import type { LoadedAggregate } from '@fidelis/aggregates';
import type { AccountCensus, AccountTotal } from '@fidelis/contracts';
import { idOf, READ_EVENTS_MAX, START, type EventStore } from '@fidelis/event-store';
import type { Instant, Eventually } from '@fidelis/kernel';
import type { Account, OpenedAccount } from '../domain/account';
import { unsoundnessOf } from './soundness';

/** Of the repository of accounts: reads one from its stream. */
export interface AccountReader {
  load(accountId: string): Eventually<LoadedAggregate<Account>>;
}

interface Part {
  readonly programId: string;
  readonly wallet: string;
  readonly pointSource: string;
  readonly total: number;
  readonly debt: number;
}

interface Counted {
  readonly parts: readonly Part[];
  readonly holds: readonly { readonly holdId: string; readonly expiresAt: Instant }[];
  readonly fault: string | undefined;
}

interface Sum extends Omit<AccountTotal, 'total' | 'debt'> {
  total: bigint;
  debt: bigint;
}

const LISTED_MAX = 100;
/** Accounts that are read side by side. */
const LANES = 64;

/**
 * Counts all accounts, each from its own stream and again when it has changed since the last count.
 * Its memory: a few numbers per account.
 */
export class AccountCensusTaker {
  private readonly counted = new Map<string, Counted>();
  private readonly sums = new Map<string, Sum>();
  private readonly unsound = new Map<string, string>();
  private readonly holders = new Set<string>();
  private checkpoint = START;
  private events = 0;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly accounts: AccountReader,
  ) {}

  async take({ dueBefore }: { readonly dueBefore: Instant }): Promise<AccountCensus> {
    const census = this.running.then(async () => {
      await this.catchUp();
      return this.census(dueBefore);
    });
    this.running = census.catch(() => undefined);
    return census;
  }

  private async catchUp(): Promise<void> {
    for (;;) {
      const events = await this.store.readAll({
        after: this.checkpoint,
        categories: ['account'],
        limit: READ_EVENTS_MAX,
      });
      const last = events.at(-1);
      if (last === undefined) return;
      const ids = [...new Set(events.map(({ stream }) => idOf(stream)))];
      for (let from = 0; from < ids.length; from += LANES) {
        await Promise.all(ids.slice(from, from + LANES).map((id) => this.countAgain(id)));
      }
      this.events += events.length;
      this.checkpoint = last.position;
    }
  }

  private async countAgain(accountId: string): Promise<void> {
    const { state } = await this.accounts.load(accountId);
    if (state.status === 'none') return;
    const after = count(state);
    for (const part of this.counted.get(accountId)?.parts ?? []) this.add(part, -1n);
    for (const part of after.parts) this.add(part, 1n);
    this.counted.set(accountId, after);
    if (after.fault === undefined) this.unsound.delete(accountId);
    else this.unsound.set(accountId, after.fault);
    if (after.holds.length === 0) this.holders.delete(accountId);
    else this.holders.add(accountId);
  }

  private add(part: Part, sign: 1n | -1n): void {
    const { programId, wallet, pointSource } = part;
    const key = JSON.stringify([programId, wallet, pointSource]);
    const sum = this.sums.get(key) ?? { programId, wallet, pointSource, total: 0n, debt: 0n };
    sum.total += sign * BigInt(part.total);
    sum.debt += sign * BigInt(part.debt);
    this.sums.set(key, sum);
  }

  private census(dueBefore: Instant): AccountCensus {
    const overdueHolds = [...this.holders].flatMap((accountId) =>
      (this.counted.get(accountId)?.holds ?? [])
        .filter((hold) => hold.expiresAt < dueBefore)
        .map((hold) => ({ accountId, ...hold })),
    );
    return {
      accounts: this.counted.size,
      events: this.events,
      totals: [...this.sums.values()].map(({ total, debt, ...part }) => ({
        ...part,
        total: String(total),
        debt: String(debt),
      })),
      unsound: [...this.unsound]
        .slice(0, LISTED_MAX)
        .map(([accountId, reason]) => ({ accountId, reason })),
      overdueHolds: overdueHolds.slice(0, LISTED_MAX),
    };
  }
}

function count(account: OpenedAccount): Counted {
  return {
    parts: Object.entries(account.wallets).flatMap(([wallet, balance]) =>
      Object.entries(balance.sources).map(([pointSource, { total, debt }]) => ({
        programId: account.programId,
        ...{ wallet, pointSource, total, debt },
      })),
    ),
    holds: account.holds.map(({ holdId, expiresAt }) => ({ holdId, expiresAt })),
    fault: unsoundnessOf(account),
  };
}
