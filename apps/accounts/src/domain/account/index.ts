import type { Aggregate } from '@fidelis/kernel';
import type { AccountEvent } from './account.events';
import { evolve } from './account.evolve';
import { initialAccount, type Account } from './account.state';

export * from './account.events';
export * from './account.rejections';
export * from './account.state';
export { evolve } from './account.evolve';
export * from './as-of';
export * from './award.decide';
export * from './balance';
export * from './credit.decide';
export { dueEvents } from './due.decide';
export * from './history';
export * from './hold.decide';
export type { Lot } from './lot-list';
export { nextDueAt } from './next-due';
export * from './open.decide';
export { afterOf } from './progress';
export * from './restore.decide';
export * from './reverse.decide';
export * from './spend.decide';
export * from './statement';

export const account: Aggregate<Account, AccountEvent> = {
  category: 'account',
  initial: initialAccount,
  evolve,
  // A hundred events fold in well under a millisecond; a snapshot costs one more write.
  snapshot: { version: 1, everyEvents: 200 },
  hashChain: true,
};
