import { accepted, type Decision, type Instant } from '@fidelis/kernel';
import type { AccountTerms } from '@fidelis/ledger';
import type { AccountEvent, AccountOpened } from './account.events';
import { openedBy } from './account.evolve';
import type { Account } from './account.state';
import { decided, step, withAfter } from './progress';

export interface OpenAccount {
  readonly accountId: string;
  readonly participantId: string;
  readonly sequence: number;
  readonly terms: AccountTerms;
  readonly now: Instant;
}

/** Opens it once. Opened again with a later version of the terms, it takes these from now on. */
export function openAccount(command: OpenAccount, account: Account): Decision<AccountEvent> {
  const { now: at, ...data } = command;
  if (account.status === 'none') {
    const { programId } = command.terms;
    const opened: AccountOpened = { type: 'AccountOpened', data: { ...data, programId, at } };
    return accepted(withAfter(opened, openedBy(opened.data)));
  }
  if (command.terms.version <= account.terms.version) return accepted();
  const { terms } = command;
  return decided(step({ account, events: [] }, { type: 'TermsReplaced', data: { terms, at } }));
}
