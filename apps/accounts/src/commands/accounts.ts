import { AggregateRepository, type Handled, type OperationRef } from '@fidelis/aggregates';
import type { EventStore } from '@fidelis/event-store';
import {
  derivedId,
  newId,
  rejected,
  type Decision,
  type Eventually,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import {
  account as accountAggregate,
  awardPoints,
  captureHold,
  creditPoints,
  debitPoints,
  dueEvents,
  foldHold,
  foldLots,
  foldSpend,
  holdPoints,
  lotHistoryOf,
  NO_HOLD,
  NO_LOTS,
  NO_SPEND,
  openAccount,
  releaseHold,
  restorePoints,
  reverseAward,
  type Account,
  type AccountEvent,
  type AwardPoints,
  type CaptureHold,
  type CreditPoints,
  type DebitPoints,
  type HoldHistory,
  type HoldPoints,
  type NotYet,
  type OpenAccount,
  type RestorePoints,
  type ReverseAward,
} from '../domain/account';
import { AccountHistory } from './account-history';

/** An award, and the version of the programme's terms that it was decided by. */
export type ProgramAward = AwardPoints & { readonly programVersion?: number };

type TermsOutdated = Rejection & { readonly code: 'terms_outdated' };

export type Awarded = Handled<Account, AccountEvent, NotYet | TermsOutdated>;

const TERMS_OUTDATED = rejected<TermsOutdated>({
  code: 'terms_outdated',
  detail: 'the account knows older terms of its programme',
});

/** To which account a command goes, and as which operation. */
export interface To {
  readonly accountId: string;
  readonly operation: OperationRef;
}

/** All commands of accounts. Each answers what the domain said; durable when `durable` resolves. */
export class Accounts {
  readonly repository: AggregateRepository<Account, AccountEvent>;
  private readonly history: AccountHistory;

  constructor(store: EventStore) {
    this.repository = new AggregateRepository(store, accountAggregate);
    this.history = new AccountHistory(this.repository);
  }

  load(accountId: string): Eventually<{ readonly state: Account; readonly revision: number }> {
    return this.repository.load(accountId);
  }

  open(to: To, command: OpenAccount) {
    return this.handle(to, command.now, (account) => openAccount(command, account));
  }

  /** `terms_outdated`: the account knows older terms than an award was decided by. */
  award(
    { accountId, operation }: To,
    awards: readonly ProgramAward[],
    now: Instant,
  ): Eventually<Awarded> {
    return this.repository.handle({
      id: accountId,
      operation,
      now,
      decide: (account): Decision<AccountEvent, NotYet | TermsOutdated> =>
        knowsTermsOf(awards, account) ? awardPoints(awards, now, account) : TERMS_OUTDATED,
      isNew: (account) => follows(awards[0], account),
    });
  }

  credit(to: To, command: Omit<CreditPoints, 'lotId'>) {
    const lotId = `${to.accountId}.${derivedId('lot', to.operation.id)}`;
    return this.handle(to, command.now, (account) => creditPoints({ ...command, lotId }, account));
  }

  debit(to: To, command: DebitPoints) {
    return this.handle(to, command.now, (account) => debitPoints(command, account));
  }

  hold(to: To, command: Omit<HoldPoints, 'holdId'>) {
    const holdId = holdIdOf(to.accountId, to.operation.id);
    return this.handle(to, command.now, (account) => holdPoints({ ...command, holdId }, account));
  }

  capture(to: To, command: CaptureHold) {
    const { holdId } = command;
    return this.history.decideWith({
      accountId: to.accountId,
      initial: NO_HOLD,
      fold: (history, past) => foldHold(holdId, history, past),
      handle: (history?: HoldHistory) =>
        this.handle(to, command.now, (account) => captureHold(command, account, history)),
    });
  }

  release(to: To, command: { readonly holdId: string; readonly now: Instant }) {
    return this.handle(to, command.now, (account) => releaseHold(command, account));
  }

  reverse(to: To, command: ReverseAward) {
    return this.history.decideWith({
      accountId: to.accountId,
      initial: NO_LOTS,
      fold: (history, past) => foldLots(command.lotIds, history, past),
      handle: (history) =>
        this.handle(to, command.now, (account) =>
          reverseAward(command, account, history && lotHistoryOf(history)),
        ),
    });
  }

  restore(to: To, command: Omit<RestorePoints, 'operationId'>) {
    const whole = { ...command, operationId: to.operation.id };
    return this.history.decideWith({
      accountId: to.accountId,
      initial: NO_SPEND,
      fold: (history, past) => foldSpend(command.spendOperationId, history, past),
      handle: (history) =>
        this.handle(to, command.now, (account) => restorePoints(whole, account, history)),
    });
  }

  /** How a hold that is not active any more ended; no `hold`: there never was one. */
  async pastHold(accountId: string, holdId: string): Promise<HoldHistory> {
    return this.history.read(accountId, NO_HOLD, (history, past) =>
      foldHold(holdId, history, past),
    );
  }

  /** Records what is due. Repeating it is safe by the state, so each run is an operation of its own. */
  async settle(accountId: string, now: Instant): Promise<void> {
    const handled = await this.handle(
      { accountId, operation: { id: `due:${newId()}` } },
      now,
      (account) => ({ outcome: 'accepted', events: dueEvents(account, now) }),
    );
    if (handled.outcome !== 'rejected') await handled.durable;
  }

  /** Before a statement is read: what is due shows, although no timer has run yet. */
  async settleIfDue(accountId: string, now: Instant): Promise<void> {
    const { state } = await this.load(accountId);
    if (dueEvents(state, now).length > 0) await this.settle(accountId, now);
  }

  private handle<R extends Rejection>(
    { accountId, operation }: To,
    now: Instant,
    decide: (account: Account) => Decision<AccountEvent, R>,
  ): Eventually<Handled<Account, AccountEvent, R>> {
    return this.repository.handle({ id: accountId, operation, now, decide });
  }
}

/** The account has applied no command of its membership from this one on. */
function follows(award: AwardPoints | undefined, account: Account): boolean {
  return (
    award !== undefined && account.status !== 'none' && account.membershipMark < award.sequence
  );
}

function knowsTermsOf(awards: readonly ProgramAward[], account: Account): boolean {
  if (account.status === 'none') return true;
  const { version } = account.terms;
  return awards.every(({ programVersion }) => (programVersion ?? 0) <= version);
}

/** `accountOfHold` takes it apart. */
function holdIdOf(accountId: string, operationId: string): string {
  return `${accountId}.${derivedId('hold', operationId)}`;
}
