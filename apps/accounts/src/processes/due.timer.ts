import { idOf } from '@fidelis/event-store';
import type { Schedule, Timer } from '@fidelis/processes';
import type { Accounts } from '../commands/accounts';
import type { AccountEvent } from '../domain/account';

export const accountDue: Schedule = {
  name: 'account-due',
  categories: ['account'],
  // Every event says what comes next, so the table always holds the next one of each account.
  dueOf: (stored) => {
    const { nextDueAt } = (stored as unknown as AccountEvent).data.after;
    return nextDueAt === undefined ? [] : [{ id: idOf(stored.stream), at: nextDueAt }];
  },
};

/** Records what time brings: holds lapse, lots become active, lots expire. */
export function accountDueTimer(accounts: Accounts): Timer {
  return { ...accountDue, settle: (accountId, now) => accounts.settle(accountId, now) };
}
