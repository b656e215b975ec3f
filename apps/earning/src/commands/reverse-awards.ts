import {
  ReverseAward,
  type Refusal,
  type ReverseAwardRequest,
  type Reversed,
} from '@fidelis/contracts';
import { assertInvariant, OperationalError, type Instant } from '@fidelis/kernel';
import { awardedLotId } from '@fidelis/ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { MembershipRef } from '../domain/enrolment';
import {
  remainderOf,
  requestReversal,
  settleReversal,
  type AwardReversalRequested,
  type Membership,
  type TicketAwarded,
} from '../domain/membership';
import type { ProgramVersion } from '../domain/program';
import type { PendingReturn, RecordedTransaction, ReversalOfReturn } from '../domain/transaction';
import type { EarningConfig } from '../earning.config';
import type { EarningStreams } from '../earning.streams';
import { toReversal } from '../outbound/award-messages';
import type { Rules } from '../rules/rulebook';
import type { Award, TicketAwards } from './award-ticket';

export interface ReturnStep {
  readonly state: RecordedTransaction;
  readonly pending: PendingReturn;
  /** Of this attempt of the return; each step's own is derived from it. */
  readonly operationId: string;
  readonly rules: Rules;
  readonly now: Instant;
}

/** What one account gave back. */
export interface Taken {
  readonly membership: MembershipRef;
  readonly program: ProgramVersion;
  readonly award: TicketAwarded['data'];
  readonly reversed: Reversed;
  readonly bySource: readonly { readonly pointSource: string; readonly points: number }[];
}

type Reversal =
  | { readonly ok: true; readonly taken: readonly Taken[] }
  | { readonly ok: false; readonly refusal: Refusal };

type AccountAnswer =
  { readonly ok: true; readonly value: Reversed } | { ok: false; refusal: Refusal };

/** Takes back what a ticket earned, by what was recorded then and never by today's rules. */
export class AwardReversals {
  constructor(
    private readonly streams: EarningStreams,
    private readonly awards: TicketAwards,
    private readonly options: { readonly calls: ServiceCalls; readonly config: EarningConfig },
  ) {}

  /** Asks every account; the first may refuse, and then nothing was taken. */
  async reverse(step: ReturnStep): Promise<Reversal> {
    const taken: Taken[] = [];
    for (const { membership, program } of refusingFirst(step)) {
      const recorded = await this.awardOf(step, membership);
      const { data: award } = recorded;
      const parts = partsOf(step, award, await this.grantedOf(recorded, step));
      const clawback = taken.length > 0 ? 'allow-negative' : program.terms.returns.clawback;
      const commands = await this.number(step, membership, { parts, clawback });
      let reversed: Reversed = { reversedPoints: 0, forgivenPoints: 0 };
      for (const command of commands) {
        const answer = await this.ask({
          ...toReversal(membership.accountId, command),
          now: step.now,
        });
        if (!answer.ok) return answer;
        reversed = plus(reversed, answer.value);
      }
      const bySource = parts.map(({ pointSource, points }) => ({ pointSource, points }));
      taken.push({ membership, program, award, reversed, bySource });
    }
    return { ok: true, taken };
  }

  /** Spend falls, the tier follows. */
  async settle(step: ReturnStep, taken: readonly Taken[]): Promise<readonly ReversalOfReturn[]> {
    const settled: ReversalOfReturn[] = [];
    for (const one of taken) settled.push(await this.settleOne(step, one));
    return settled;
  }

  private async settleOne(step: ReturnStep, taken: Taken): Promise<ReversalOfReturn> {
    const { state, pending, operationId, now } = step;
    const { membership, program, award, reversed, bySource } = taken;
    const unmeasured = measuredBefore(award, state) - measuredAfter(award, step);
    const handled = await this.streams.memberships.handle({
      id: membership.accountId,
      operation: { id: `${operationId}/settle` },
      now,
      decide: (member: Membership) =>
        settleReversal(
          {
            ticket: award.ticket,
            returnId: pending.returnId,
            program,
            occurredAt: pending.occurredAt,
            unmeasured,
            day: award.day,
            ...reversed,
            now,
          },
          member,
        ),
    });
    assertInvariant(handled.outcome !== 'rejected', `${membership.accountId} has an award`);
    await handled.durable;
    const [event] = handled.events;
    assertInvariant(event?.type === 'AwardReversed', `${operationId} was settled otherwise`);
    const { tier, tierBefore } = event.data;
    const { programId, accountId } = membership;
    return { accountId, programId, ...reversed, bySource, tier, tierBefore };
  }

  /** The award as it was recorded; a ticket that a crash left half done is completed first. */
  private async awardOf(
    { state, rules, now }: ReturnStep,
    membership: MembershipRef,
  ): Promise<Award> {
    const { ticket } = state;
    const person = { participantId: ticket.participantId ?? '', groups: [] };
    return this.awards.record(ticket, membership, { rules, person, now });
  }

  /** Asks again what the account made of the award: points that it declined cannot be taken back. */
  private async grantedOf(award: Award, { now }: ReturnStep): Promise<Granted> {
    const { accountId } = award.membership;
    const credit = await this.awards.credit(award, now, this.options.config.creditWaitMs);
    if (credit.outcome === 'late') {
      throw new OperationalError(`${accountId}: its points are under way`);
    }
    const lots = credit.outcome === 'credited' ? credit.lots : [];
    return { accountId, points: new Map(lots.map(({ lotId, points }) => [lotId, points])) };
  }

  /** The membership gives each command to its account the next number. */
  private async number(
    { state, pending, operationId, now }: ReturnStep,
    membership: MembershipRef,
    { parts, clawback }: Pick<Parameters<typeof requestReversal>[0], 'parts' | 'clawback'>,
  ): Promise<readonly AwardReversalRequested['data'][]> {
    const { ticket, returnId, occurredAt } = pending;
    const { transactionId } = state.ticket;
    const handled = await this.streams.memberships.handle({
      id: membership.accountId,
      operation: { id: operationId },
      now,
      decide: (member: Membership) =>
        requestReversal(
          { ticket, transactionId, returnId, operationId, occurredAt, clawback, parts },
          member,
        ),
    });
    assertInvariant(handled.outcome !== 'rejected', `${membership.accountId} has an award`);
    return handled.events.flatMap((event) =>
      event.type === 'AwardReversalRequested' ? [event.data] : [],
    );
  }

  /** Earlier commands of the membership may still be on their way to the account. */
  private async ask(request: ReverseAwardRequest): Promise<AccountAnswer> {
    const giveUpAt = performance.now() + this.options.config.creditWaitMs;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      const answer = await this.options.calls.call(ReverseAward, request);
      if (answer.ok === true) return answer;
      if (answer.ok === false) return answer;
      if (performance.now() + pauseMs >= giveUpAt) {
        throw new OperationalError(`${request.accountId}: earlier commands are under way`);
      }
      await sleep(pauseMs);
    }
  }
}

/** Who may refuse is asked first: what one account gave back binds the others. */
function refusingFirst({ state, rules, now }: ReturnStep) {
  return state.ticket.memberships
    .map((membership) => {
      const program = rules.programAt(membership.programId, now);
      assertInvariant(program !== undefined, `programme ${membership.programId} is missing`);
      return { membership, program };
    })
    .sort((a, b) => rankOf(a.program) - rankOf(b.program));
}

function rankOf({ terms }: ProgramVersion): number {
  return terms.returns.clawback === 'refuse' ? 0 : 1;
}

/** Points by lot, as the account granted them. */
interface Granted {
  readonly accountId: string;
  readonly points: ReadonlyMap<string, number>;
}

/** Per point source: granted − kept − taken back before, never below 0. */
function partsOf(
  { state, pending }: ReturnStep,
  award: TicketAwarded['data'],
  { accountId, points: granted }: Granted,
): Parameters<typeof requestReversal>[0]['parts'] {
  const kept = remainderOf(award, state.returned + pending.amount).bySource;
  return award.grants.map(({ pointSource }, index) => {
    const lotId = awardedLotId({ accountId, sequence: award.sequence, index });
    const before = takenBefore(state, accountId, pointSource);
    const left = (granted.get(lotId) ?? 0) - (kept.get(pointSource) ?? 0) - before;
    return { pointSource, points: Math.max(0, left), lotIds: [lotId] };
  });
}

function takenBefore(state: RecordedTransaction, accountId: string, pointSource: string): number {
  return state.returns
    .flatMap(({ reversals }) => reversals)
    .filter((reversal) => reversal.accountId === accountId)
    .flatMap(({ bySource }) => bySource)
    .filter((part) => part.pointSource === pointSource)
    .reduce((sum, { points }) => sum + points, 0);
}

/** Where the total is 0 the first return undoes everything; the amounts cannot tell. */
function measuredBefore(award: TicketAwarded['data'], state: RecordedTransaction): number {
  return state.returns.length === 0 ? award.measured : remainderOf(award, state.returned).measured;
}

function measuredAfter(award: TicketAwarded['data'], { state, pending }: ReturnStep): number {
  return remainderOf(award, state.returned + pending.amount).measured;
}

function plus(left: Reversed, right: Reversed): Reversed {
  return {
    reversedPoints: left.reversedPoints + right.reversedPoints,
    forgivenPoints: left.forgivenPoints + right.forgivenPoints,
  };
}
