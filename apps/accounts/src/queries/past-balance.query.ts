import type { AggregateRepository } from '@fidelis/aggregates';
import type { Instant } from '@fidelis/kernel';
import {
  balanceAt,
  evolveAsOf,
  initialAccount,
  type Account,
  type AccountEvent,
  type Balance,
} from '../domain/account';

export interface PastBalance {
  readonly balance: Balance;
  /** Of the last event that was known then; -1: none was. */
  readonly revision: number;
}

/** What the account held at `asOf` in business time, as far as it was recorded by `knownAt`. */
export async function readPastBalance(
  accounts: AggregateRepository<Account, AccountEvent>,
  accountId: string,
  { asOf, knownAt }: { readonly asOf: Instant; readonly knownAt: Instant },
): Promise<PastBalance> {
  let account = initialAccount;
  let revision = -1;
  for await (const event of accounts.events(accountId)) {
    if (event.metadata.recordedAt > knownAt) break;
    account = evolveAsOf(asOf, account, event);
    revision = event.revision;
  }
  return { balance: balanceAt(account, asOf), revision };
}
