import type { Day, Instant } from '@fidelis/kernel';
import type { LotShare, Source } from '@fidelis/ledger';
import type { AccountEvent, DeclinedPart } from './account.events';
import { totalOf } from './account.state';
import { linesOf } from './statement-lines';

export type EntryType =
  | 'earn'
  | 'redeem'
  | 'hold'
  | 'release'
  | 'activate'
  | 'capture'
  | 'restore'
  | 'expire'
  | 'reverse'
  | 'adjust'
  | 'transfer-in'
  | 'transfer-out'
  | 'merge-in'
  | 'merge-out'
  | 'forgive';

/** One movement on the statement. `points` is the change of the account's total. */
export interface Entry {
  readonly id: string;
  readonly type: EntryType;
  readonly points: number;
  /** Points moved where `points` is 0. */
  readonly amount?: number;
  readonly wallet: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly balanceAfter: number;
  readonly reason?: string;
  readonly reference?: string;
  readonly source: Source;
  readonly lots: readonly LotShare[];
  readonly actor?: string;
  readonly tier?: string;
  readonly purchaseAmount?: number;
  readonly expiresOn?: Day;
  /** Points that a wallet's maximum, or the account's end, kept out. */
  readonly declined?: DeclinedPart;
  readonly bySource: readonly { readonly pointSource: string; readonly points: number }[];
}

/** An event with what the store knows of it. */
export interface RecordedAccountEvent {
  readonly event: AccountEvent;
  readonly accountId: string;
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly actor?: string;
}

/** An entry before it has its id, its time of recording and its balance. */
export type Line = Omit<Entry, 'id' | 'recordedAt' | 'balanceAfter' | 'actor'>;

/** What an event moved: one entry per kind and wallet, in the order of the statement. */
export function entriesOf(recorded: RecordedAccountEvent): readonly Entry[] {
  const { event, accountId, revision, recordedAt, actor } = recorded;
  const lines = linesOf(event, `${accountId}.${revision}`);
  const moved = lines.reduce((sum, line) => sum + line.points, 0);
  let balanceAfter = totalAfter(event) - moved;
  return lines.map((line, index) => {
    balanceAfter += line.points;
    // The line was made for this entry alone; a copy of its fields would cost more than all else.
    const entry = line as Writable<Entry>;
    entry.id = entryIdOf(recorded, index);
    entry.recordedAt = recordedAt;
    entry.balanceAfter = balanceAfter;
    if (actor !== undefined) entry.actor = actor;
    return entry;
  });
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function totalAfter(event: AccountEvent): number {
  const { wallets } = event.data.after;
  let total = 0;
  for (const wallet of Object.values(wallets)) total += totalOf(wallet);
  return total;
}

export function entryIdOf(
  recorded: Pick<RecordedAccountEvent, 'accountId' | 'revision'>,
  index = 0,
): string {
  return `${recorded.accountId}.${recorded.revision}.${index}`;
}
