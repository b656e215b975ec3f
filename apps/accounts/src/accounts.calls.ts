import {
  accountOfHold,
  AwardPoints,
  CaptureHold,
  GetAccount,
  GetPointSource,
  HoldPoints,
  OpenAccount,
  ReleaseHold,
  ResolveParticipant,
  RestorePoints,
  ReverseAward,
  TakeAccountCensus,
  type AccountSummary,
  type Answered,
  type AwardAnswer,
  type AwardRequest,
  type Captured,
  type CaptureRequest,
  type Held,
  type HoldRequest,
  type OpenAccountRequest,
  type ParticipantRef,
  type Refusal,
  type ReleaseRequest,
  type ResolvedParticipant,
  type RestoreRequest,
  type Reversed,
  type ReverseAwardRequest,
} from '@fidelis/contracts';
import type { Handled } from '@fidelis/aggregates';
import {
  ContractError,
  eventually,
  type Eventually,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { answering, type AnsweredCall } from '@fidelis/service-calls';
import type { Accounts, To } from './commands/accounts';
import { awardAnswerOf, fromStream, reversalAnswerOf } from './commands/award-answers';
import type { CurrentTerms } from './commands/current-terms';
import type { Participants } from './commands/participants';
import type { PointSources } from './commands/point-sources';
import { capturedOf, heldOf } from './commands/hold-answers';
import type { AccountCensusTaker } from './census/account-census';
import { balanceAt, type Account, type AccountEvent } from './domain/account';

export interface AccountsCallsParts {
  readonly accounts: Accounts;
  readonly participants: Participants;
  readonly pointSources: PointSources;
  readonly terms: CurrentTerms;
  readonly census: AccountCensusTaker;
}

/** What the service answers to the others; each answer is durable. */
export class AccountsCalls {
  private readonly accounts: Accounts;
  private readonly participants: Participants;

  constructor(private readonly parts: AccountsCallsParts) {
    this.accounts = parts.accounts;
    this.participants = parts.participants;
  }

  answers(): readonly AnsweredCall[] {
    return [
      answering(ResolveParticipant, (request) => this.resolve(request)),
      answering(OpenAccount, (request) => this.open(request)),
      answering(AwardPoints, (request) => this.award(request)),
      answering(ReverseAward, (request) => this.reverse(request)),
      answering(HoldPoints, (request) => this.hold(request)),
      answering(CaptureHold, (request) => this.capture(request)),
      answering(ReleaseHold, (request) => this.release(request)),
      answering(RestorePoints, (request) => this.restore(request)),
      answering(GetAccount, (request) => this.get(request)),
      answering(GetPointSource, async ({ id }) => (await this.parts.pointSources.find(id)) ?? null),
      answering(TakeAccountCensus, (request) => this.parts.census.take(request)),
    ];
  }

  resolve({ id, externalId }: ParticipantRef): Eventually<ResolvedParticipant | null> {
    const ref = id === undefined ? { externalId: externalId ?? '' } : { id };
    return eventually(this.participants.find(ref), (found) => {
      if (found === undefined) return null;
      const { participantId, status, groups, territory } = found;
      if (territory === undefined) return { participantId, status, groups };
      return { participantId, status, groups, territory };
    });
  }

  async open(request: OpenAccountRequest): Promise<{ readonly opened: true }> {
    const { operation, ...command } = request;
    await done(await this.accounts.open(toOf(request), command));
    return { opened: true };
  }

  award(request: AwardRequest): Eventually<AwardAnswer> {
    const handled = this.parts.terms.award(toOf(request), [request], request.now);
    return eventually(handled, (outcome) => this.awarded(outcome, request));
  }

  private async awarded(
    handled: Outcome,
    { accountId, sequence }: Pick<AwardRequest, 'accountId' | 'sequence'>,
  ): Promise<AwardAnswer> {
    if (isRefusedAs(handled, 'not_yet')) return { outcome: 'not-yet' };
    const { events, durable } = accepted(handled);
    await durable;
    const answerOf = (some: Iterable<AccountEvent>) => awardAnswerOf(some, sequence);
    return answerOf(events) ?? fromStream(this.accounts.repository.events(accountId), answerOf);
  }

  async reverse(
    request: ReverseAwardRequest,
  ): Promise<Answered<Reversed> | { readonly ok: 'not-yet' }> {
    const { accountId, sequence } = request;
    const handled = await this.accounts.reverse(toOf(request), toReversal(request));
    if (isRefusedAs(handled, 'not_yet')) return { ok: 'not-yet' };
    const { events } = await done(handled);
    const answerOf = (some: Iterable<AccountEvent>) => reversalAnswerOf(some, sequence);
    return answerOf(events) ?? fromStream(this.accounts.repository.events(accountId), answerOf);
  }

  async hold(request: HoldRequest): Promise<Answered<Held>> {
    const { accountId, operation: __, silent, ...command } = request;
    await this.parts.terms.refresh(accountId, request.now);
    const handled = await this.accounts.hold(toOf(request), {
      ...command,
      ...(silent === true && { silent }),
    });
    return answerWith(handled, heldOf);
  }

  async capture(request: CaptureRequest): Promise<Answered<Captured>> {
    const { operation, occurredAt: at, ...command } = request;
    const to = { accountId: accountOfHold(request.holdId), operation };
    return answerWith(await this.accounts.capture(to, { ...command, at }), capturedOf);
  }

  /** Releasing what lapsed or was released already is fine. */
  async release(request: ReleaseRequest): Promise<Answered<{ readonly holdId: string }>> {
    const { holdId, now, operation } = request;
    const accountId = accountOfHold(holdId);
    const handled = await this.accounts.release({ accountId, operation }, { holdId, now });
    if (isRefusedAs(handled, 'hold_not_active')) {
      const { hold, captured } = await this.accounts.pastHold(accountId, holdId);
      if (hold !== undefined && !captured) return { ok: true, value: { holdId } };
    }
    return answerWith(handled, () => ({ holdId }));
  }

  async restore(
    request: RestoreRequest,
  ): Promise<Answered<{ readonly restoredPoints: number; readonly declined?: boolean }>> {
    const { occurredAt: at, accountId, operation: _, ...command } = request;
    await this.parts.terms.refresh(accountId, request.now);
    const handled = await this.accounts.restore(toOf(request), { ...command, at });
    return answerWith(handled, (events) =>
      events.some((event) => event.type === 'RestoreDeclined')
        ? { restoredPoints: 0, declined: true }
        : { restoredPoints: request.points },
    );
  }

  async get(request: {
    readonly accountId: string;
    readonly now: Instant;
  }): Promise<AccountSummary | null> {
    const { accountId, now } = request;
    const { state } = await this.accounts.load(accountId);
    if (state.status === 'none') return null;
    const { participantId, programId, status, terms } = state;
    const { available, pending, held, total, debt } = balanceAt(state, now);
    const balance = { available, pending, held, total, debt };
    return { accountId, participantId, programId, status, balance, terms };
  }
}

export function toReversal({ occurredAt: at, ...request }: ReverseAwardRequest) {
  const { accountId: _, operation: __, ...command } = request;
  return { ...command, at };
}

function toOf({ accountId, operation }: To): To {
  return { accountId, operation };
}

type Outcome = Handled<Account, AccountEvent, Rejection>;
type Accepted = Exclude<Outcome, { outcome: 'rejected' }>;

function isRefusedAs(handled: Outcome, code: string): boolean {
  return handled.outcome === 'rejected' && handled.rejection.code === code;
}

/** For commands that have no business "no" left: anything else breaks the contract. */
function accepted(handled: Outcome): Accepted {
  if (handled.outcome === 'rejected') throw new ContractError(handled.rejection.detail);
  return handled;
}

async function done(handled: Outcome): Promise<Accepted> {
  const { durable } = accepted(handled);
  await durable;
  return accepted(handled);
}

async function answerWith<T>(
  handled: Outcome,
  valueOf: (events: readonly AccountEvent[]) => T,
): Promise<Answered<T>> {
  if (handled.outcome === 'rejected') return { ok: false, refusal: toRefusal(handled.rejection) };
  await handled.durable;
  return { ok: true, value: valueOf(handled.events) };
}

function toRefusal(rejection: Rejection): Refusal {
  return { ...rejection };
}
