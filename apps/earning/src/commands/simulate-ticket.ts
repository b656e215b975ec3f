import { GetAccount, ResolveParticipant, type ResolvedParticipant } from '@fidelis/contracts';
import type { Clock, Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import { enrolAutomatically, evolveEnrolment, type MembershipRef } from '../domain/enrolment';
import {
  awardOf,
  evolveMembership,
  openMembership,
  type Membership,
  type OpenMembership,
  type TicketAwarded,
} from '../domain/membership';
import type { ProgramVersion } from '../domain/program';
import type { Redemption, Ticket } from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook, Rules } from '../rules/rulebook';
import { factsOf } from '../rules/ticket-facts';
import { toAwardable } from './award-ticket';
import type { Enrolments } from './enrol';
import { planRedemption, planTicket, toTicket, type TicketPlan } from './plan-ticket';
import { ANONYMOUS, NOBODY } from './post-ticket';
import { refused, type Refused, type TicketCommand } from './ticket';

export interface SimulatedAward {
  readonly membership: MembershipRef;
  readonly program: ProgramVersion;
  readonly data: TicketAwarded['data'];
}

export type Simulated =
  | { readonly ok: true; readonly ticket: Ticket; readonly awards: readonly SimulatedAward[] }
  | Refused;

export interface SimulateTicketParts {
  readonly clock: Clock;
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly enrolments: Enrolments;
  readonly calls: ServiceCalls;
}

interface Around {
  readonly rules: Rules;
  readonly now: Instant;
}

/** What a ticket would earn: the same plans and decisions, and nothing is written. */
export class SimulateTicket {
  constructor(private readonly parts: SimulateTicketParts) {}

  async simulate(command: TicketCommand): Promise<Simulated> {
    const rules = await this.parts.rulebook.current();
    const around = { rules, now: this.parts.clock.now() };
    const plan = await this.plan(command, around);
    if (!plan.ok) return plan;
    const paid = await this.pay(command, plan, around);
    if (paid !== undefined && 'ok' in paid) return paid;
    const ticket = toTicket(command, plan, paid);
    const awards: SimulatedAward[] = [];
    for (const membership of plan.memberships) {
      const award = await this.award(ticket, membership, { ...around, person: plan.person });
      if (award !== undefined) awards.push(award);
    }
    return { ok: true, ticket, awards };
  }

  private async plan(command: TicketCommand, around: Around): Promise<TicketPlan | Refused> {
    const { participant } = command;
    if (participant === undefined) return ANONYMOUS;
    const person = await this.parts.calls.call(ResolveParticipant, participant);
    if (person?.status !== 'active') return NOBODY;
    const memberships = await this.membershipsOf(person, around);
    return planTicket(command, person, { memberships, rules: around.rules });
  }

  /** Those there are, or those that the first ticket would bring. */
  private async membershipsOf(
    person: ResolvedParticipant,
    { rules, now }: Around,
  ): Promise<readonly MembershipRef[]> {
    const enrolment = await this.parts.enrolments.of(person.participantId);
    if (enrolment.memberships.length > 0) return enrolment.memberships;
    const programs = [...rules.programs.values()];
    const decision = enrolAutomatically({ ...person, programs, now }, enrolment);
    if (decision.outcome === 'rejected') return [];
    return decision.events.reduce(evolveEnrolment, enrolment).memberships;
  }

  private async pay(
    command: TicketCommand,
    plan: TicketPlan,
    { rules, now }: Around,
  ): Promise<Redemption | Refused | undefined> {
    const { redeem } = command;
    if (redeem === undefined || !('points' in redeem)) return undefined;
    const planned = planRedemption(command, plan, { points: redeem.points, rules });
    if (!planned.ok) return planned;
    const { ok: _, ...redemption } = planned;
    const { accountId } = redemption;
    const account = await this.parts.calls.call(GetAccount, { accountId, now });
    const available = account?.balance.available ?? 0;
    if (available >= redeem.points) return { kind: 'hold', redemptionId: '', ...redemption };
    const detail = `${available} points are available, ${redeem.points} were asked for`;
    return refused('insufficient_points', detail, { available, requested: redeem.points });
  }

  private async award(
    ticket: Ticket,
    membership: MembershipRef,
    { rules, now, person }: Around & { readonly person: ResolvedParticipant | undefined },
  ): Promise<SimulatedAward | undefined> {
    const { programId } = membership;
    const program = rules.programAt(programId, ticket.occurredAt);
    if (program === undefined || person === undefined) return undefined;
    const campaigns = rules.campaignsAt(programId, ticket.occurredAt, () =>
      factsOf(ticket, person),
    );
    const state = await this.memberAt(membership, person, { program, now });
    const command = { ticket: toAwardable(ticket), program, campaigns, now };
    return { membership, program, data: awardOf(command, state) };
  }

  private async memberAt(
    { accountId }: MembershipRef,
    { participantId }: ResolvedParticipant,
    { program, now }: { readonly program: ProgramVersion; readonly now: Instant },
  ): Promise<OpenMembership> {
    const { state } = await this.parts.streams.memberships.load(accountId);
    if (state.status === 'open') return state;
    const opening = openMembership({ accountId, participantId, program, now }, state);
    const events = opening.outcome === 'accepted' ? opening.events : [];
    const opened = events.reduce<Membership>(evolveMembership, state);
    if (opened.status === 'open') return opened;
    throw new RangeError('opening a membership opens it');
  }
}
