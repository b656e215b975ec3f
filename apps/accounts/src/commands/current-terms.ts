import { GetProgramTerms } from '@fidelis/contracts';
import { derivedId, eventually, type Eventually, type Instant } from '@fidelis/kernel';
import type { AccountTerms } from '@fidelis/ledger';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { Accounts, Awarded, ProgramAward, To } from './accounts';

/**
 * Brings an account's terms up to its programme's before a decision that rests on them: a credit's
 * expiry, the wallets, which of them can be spent and their maximum, the validity of what is restored.
 */
export class CurrentTerms {
  constructor(
    private readonly accounts: Accounts,
    private readonly calls: ServiceCalls,
  ) {}

  async refresh(accountId: string, now: Instant): Promise<void> {
    const { state } = await this.accounts.load(accountId);
    if (state.status === 'none') return;
    const { programId, participantId, terms: known } = state;
    const program = await this.calls.call(GetProgramTerms, { programId, now });
    if (program === null || program.version <= known.version) return;
    const { name: _, tierCodes: __, ...terms } = program;
    await this.replace(accountId, { participantId, terms, now });
  }

  /** Awards say which terms they were decided by: nothing is asked while the account knows them. */
  award(to: To, awards: readonly ProgramAward[], now: Instant): Eventually<Awarded> {
    return eventually(this.accounts.award(to, awards, now), (handled) => {
      if (handled.outcome !== 'rejected' || handled.rejection.code !== 'terms_outdated') {
        return handled;
      }
      // Where the programme knows no newer ones itself, those that the account has must do.
      return this.refresh(to.accountId, now).then(() =>
        this.accounts.award(to, awards.map(withoutVersion), now),
      );
    });
  }

  /** A wallet that the programme has by now, though the account has not met it yet. */
  async haveWallet(programId: string, wallet: string, now: Instant): Promise<boolean> {
    const program = await this.calls.call(GetProgramTerms, { programId, now });
    return program?.wallets.some(({ code }) => code === wallet) === true;
  }

  private async replace(
    accountId: string,
    change: {
      readonly participantId: string;
      readonly terms: AccountTerms;
      readonly now: Instant;
    },
  ): Promise<void> {
    const operation = { id: derivedId('terms', accountId, String(change.terms.version)) };
    // Of an open account the sequence is not looked at.
    const command = { accountId, sequence: 1, ...change };
    await this.accounts.open({ accountId, operation }, command);
  }
}

function withoutVersion({ programVersion: _, ...award }: ProgramAward): ProgramAward {
  return award;
}
