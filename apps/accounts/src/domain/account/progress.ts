import { assertInvariant, type Decision } from '@fidelis/kernel';
import { assertPoints } from '@fidelis/ledger';
import type { AccountAfter, AccountEvent, AccountFact } from './account.events';
import { evolve } from './account.evolve';
import { accountTotal, EMPTY_WALLET, totalOf, type OpenedAccount } from './account.state';
import { nextDueAt } from './next-due';

/** A decision in the making: the events so far, and the account after them. */
export interface Progress {
  readonly account: OpenedAccount;
  readonly events: readonly AccountEvent[];
}

/** One more event; with it goes what the account is after it. */
export function step(progress: Progress, fact: AccountFact): Progress {
  const account = evolve(progress.account, fact);
  assertInvariant(account.status !== 'none', 'an account is never unopened');
  return { account, events: [...progress.events, withAfter(fact, account)] };
}

export function withAfter(fact: AccountFact, account: OpenedAccount): AccountEvent {
  const data: AccountFact['data'] & { after?: AccountAfter } = { ...fact.data };
  data.after = afterOf(account);
  return { type: fact.type, data } as AccountEvent;
}

export function afterOf(account: OpenedAccount): AccountAfter {
  const { participantId, programId, wallets } = account;
  const dueAt = nextDueAt(account);
  if (dueAt === undefined) return { participantId, programId, wallets };
  return { participantId, programId, wallets, nextDueAt: dueAt };
}

/** Every decision ends here: what breaks conservation is never recorded. */
export function decided(progress: Progress): Decision<AccountEvent> {
  assertConserved(progress.account);
  return { outcome: 'accepted', events: progress.events, folded: progress.account };
}

/**
 * `total = earned − reversed − redeemed + restored − expired + adjusted + transferredIn −
 * transferredOut + mergedIn − mergedOut`, by wallets and by point sources; nothing below zero.
 */
export function assertConserved(account: OpenedAccount): void {
  const { lifetime } = account;
  const expected =
    lifetime.earned -
    lifetime.reversed -
    lifetime.redeemed +
    lifetime.restored -
    lifetime.expired +
    lifetime.adjusted +
    lifetime.transferredIn -
    lifetime.transferredOut +
    lifetime.mergedIn -
    lifetime.mergedOut;
  const total = assertPoints(accountTotal(account));
  assertInvariant(
    total === expected,
    `account ${account.accountId} holds ${total}, its history says ${expected}`,
  );
  for (const wallet in account.wallets) assertSound(account, wallet);
}

function assertSound(account: OpenedAccount, wallet: string): void {
  const balance = account.wallets[wallet] ?? EMPTY_WALLET;
  let bySource = 0;
  for (const source in balance.sources) bySource += balance.sources[source]?.total ?? 0;
  const { pending, available, held, debt } = balance;
  const belowZero = pending < 0 || available < 0 || held < 0 || debt < 0;
  assertInvariant(
    !belowZero && bySource === totalOf(balance),
    `account ${account.accountId}: wallet ${wallet} is ${JSON.stringify(balance)}`,
  );
}
