import type { AggregateRepository } from '@fidelis/aggregates';
import type { Instant } from '@fidelis/kernel';
import {
  balanceAt,
  balanceBefore,
  evolveAsOf,
  initialAccount,
  type Account,
  type AccountEvent,
  type Balance,
  type OpenedAccount,
} from '../domain/account';

export interface PastQuery {
  readonly asOf: Instant;
  readonly knownAt: Instant;
  readonly wallet?: string | undefined;
}

export interface PastBalance {
  readonly balance: Balance;
  /** Of the last event that was known then; -1: none was. */
  readonly revision: number;
}

/** What the account held at `asOf` in business time, as far as it was recorded by `knownAt`. */
export async function readPastBalance(
  accounts: AggregateRepository<Account, AccountEvent>,
  account: OpenedAccount,
  { asOf, knownAt, wallet }: PastQuery,
): Promise<PastBalance> {
  let then = initialAccount;
  let revision = -1;
  for await (const event of accounts.events(account.accountId)) {
    if (event.metadata.recordedAt > knownAt) break;
    then = evolveAsOf(asOf, then, event);
    revision = event.revision;
  }
  const balance =
    then.status === 'none' ? balanceBefore(account, wallet) : balanceAt(then, asOf, wallet);
  return { balance, revision };
}
