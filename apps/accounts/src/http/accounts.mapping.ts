import { Defect, type Instant } from '@fidelis/kernel';
import {
  balanceAt,
  entriesOf,
  type AccountEvent,
  type Entry,
  type Lot,
  type OpenedAccount,
} from '../domain/account';
import type { Recorded } from '@fidelis/aggregates';
import { toRecordedAccountEvent } from '../queries/recorded-account-event';

export interface EntryShown extends Omit<Entry, 'bySource'> {
  readonly id: string;
}

export function toEntryAnswer({ bySource: _, ...entry }: Entry): EntryShown {
  return entry;
}

/** The entry of the event that a command is about; what was due before it has its own. */
export function entryOf(
  events: readonly Recorded<AccountEvent>[],
  type: AccountEvent['type'],
): EntryShown {
  const event = events.find((candidate) => candidate.type === type);
  const entry = event === undefined ? undefined : entriesOf(toRecordedAccountEvent(event))[0];
  if (entry === undefined) throw new Defect(`a command without its ${type}`);
  return toEntryAnswer(entry);
}

export function toLotAnswer(lot: Lot): object {
  const { expiresAt: _, toWallet: __, ...shown } = lot;
  return shown;
}

export function toAccountSummary(
  account: OpenedAccount,
  { tier, now }: { readonly tier: string; readonly now: Instant },
) {
  const { accountId: id, programId } = account;
  return { id, programId, tier, balance: toBalanceSummary(account, now) };
}

export function toBalanceSummary(account: OpenedAccount, now: Instant) {
  const { available, pending, held, total, debt } = balanceAt(account, now);
  return { available, pending, held, total, debt };
}
