import { accepted, type Decision, type Instant } from '@fidelis/kernel';
import type { AccountTerms } from '@fidelis/ledger';
import type { AccountEvent } from './account.events';
import type { Account } from './account.state';

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
    return accepted({
      type: 'AccountOpened',
      data: { ...data, programId: command.terms.programId, at },
    });
  }
  if (command.terms.version <= account.terms.version) return accepted();
  return accepted({ type: 'TermsReplaced', data: { terms: command.terms, at } });
}
