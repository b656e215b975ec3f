import type { Handled } from '@fidelis/aggregates';
import { ResolveParticipant, type Refusal, type ResolvedParticipant } from '@fidelis/contracts';
import {
  eventually,
  OperationalError,
  rejected,
  type Clock,
  type Decision,
  type Eventually,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { EnrolledMembership } from '../domain/enrolment';
import {
  recordTransaction,
  type Ticket,
  type Transaction,
  type TransactionEvent,
  type TransactionRecorded,
} from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import type { Rulebook, Rules } from '../rules/rulebook';
import type { AwardContext } from './award-ticket';
import type { Completed, TicketCompletion } from './complete-ticket';
import type { Enrolments } from './enrol';
import { planTicket, toTicket, type TicketPlan } from './plan-ticket';
import type { Payments, Secured, ToSecure } from './secure-payment';
import { refused, ticketFingerprint, type Refused, type TicketCommand } from './ticket';
import type { TicketSources } from './ticket-sources';
import type { TicketsUnderWay } from './tickets-under-way';

export type Posted =
  | {
      readonly ok: true;
      readonly again: boolean;
      readonly ticket: Ticket;
      readonly done: Completed;
    }
  | Refused;

export interface TicketMember {
  readonly person: ResolvedParticipant;
  readonly memberships: readonly EnrolledMembership[];
}

export interface PostTicketParts {
  readonly clock: Clock;
  readonly streams: EarningStreams;
  readonly rulebook: Rulebook;
  readonly enrolments: Enrolments;
  readonly payments: Payments;
  readonly completion: TicketCompletion;
  readonly underWay: TicketsUnderWay;
  readonly sources: TicketSources;
  readonly calls: ServiceCalls;
}

/** The ticket as it stands in its stream, and whether this very call put it there. */
type Recorded =
  | {
      readonly ok: true;
      readonly again: boolean;
      readonly ticket: Ticket;
      readonly durable: Promise<void>;
    }
  | Refused;

/**
 * The way of one ticket: who is it of → what does it pay with → record it → award, credit, use
 * what it names → answer. Everything before the recording can refuse and leaves nothing; everything
 * after it is resumed until it is done.
 */
export class PostTicket {
  constructor(private readonly parts: PostTicketParts) {}

  /** `OperationalError`: it is not known whether the ticket was recorded; send it again. */
  async post(command: TicketCommand): Promise<Posted> {
    const { clock, rulebook, underWay } = this.parts;
    const now = clock.now();
    const rules = await rulebook.current();
    const plan = await this.plan(command, rules, now);
    const ended = underWay.begin(command.key);
    try {
      const recorded = await this.secureAndRecord(command, plan, { rules, now });
      if (!recorded.ok) return recorded;
      const { again, ticket } = recorded;
      const done = await this.complete(ticket, plan, { rules, now, isNewTicket: !again });
      await recorded.durable;
      ended(done.ended);
      return { ok: true, again, ticket, done };
    } finally {
      ended(false);
    }
  }

  /** Who the ticket is of and where it counts; the first ticket may enrol. */
  plan(command: TicketCommand, rules: Rules, now: Instant): Eventually<TicketPlan | Refused> {
    if (command.participant === undefined) return ANONYMOUS;
    return eventually(this.memberOf(command, rules, now), (member) =>
      member === undefined
        ? NOBODY
        : planTicket(command, member.person, { memberships: member.memberships, rules }),
    );
  }

  /** `undefined`: the ticket names nobody. */
  memberOf(
    command: TicketCommand,
    rules: Rules,
    now: Instant,
  ): Eventually<TicketMember | undefined> {
    const { participant } = command;
    if (participant === undefined) return undefined;
    return eventually(this.parts.calls.call(ResolveParticipant, participant), (person) => {
      if (person?.status !== 'active') return undefined;
      const memberships = this.membershipsOf(person, command, { rules, now });
      return eventually(memberships, (found) => ({ person, memberships: found }));
    });
  }

  /** Appends the ticket; recorded before with this content, it is found again. */
  record(
    command: TicketCommand,
    ticket: Ticket | Refused,
    { fingerprint, now }: { readonly fingerprint: string; readonly now: Instant },
  ): Eventually<Recorded> {
    const { sources, streams } = this.parts;
    const append = () =>
      eventually(
        streams.transactions.handle({
          id: command.key,
          operation: { id: command.key, fingerprint, actor: command.actor },
          now,
          decide: (transaction: Transaction): Decision<TransactionRecorded, Rejection> =>
            'ok' in ticket ? rejected(ticket.refusal) : recordTransaction(ticket, transaction),
        }),
        toRecorded,
      );
    return eventually(sources.note(command.source, now), append);
  }

  /** The same participant, though named otherwise or merged since? */
  async isSamePerson(ticket: Ticket, plan: TicketPlan): Promise<boolean> {
    const { participantId } = ticket;
    if (participantId === plan.person?.participantId) return true;
    if (participantId === undefined || plan.person === undefined) return false;
    const now = await this.parts.calls.call(ResolveParticipant, { id: participantId });
    return now?.participantId === plan.person.participantId;
  }

  private membershipsOf(
    person: ResolvedParticipant,
    command: TicketCommand,
    { rules, now }: { readonly rules: Rules; readonly now: Instant },
  ): Eventually<readonly EnrolledMembership[]> {
    const { enrolments } = this.parts;
    return eventually(enrolments.of(person.participantId), ({ memberships }) => {
      if (memberships.length > 0) return memberships;
      const operation = { id: `first-ticket:${command.key}` };
      const enrolled = enrolments.enrolByRules(person, rules, { now, operation });
      return enrolled.then(({ enrolment }) => enrolment.memberships);
    });
  }

  private secureAndRecord(
    command: TicketCommand,
    plan: TicketPlan | Refused,
    { rules, now }: { readonly rules: Rules; readonly now: Instant },
  ): Eventually<Recorded> {
    const fingerprint = ticketFingerprint(command);
    const at = { fingerprint, now };
    if (!plan.ok) return this.record(command, plan, at);
    const plain = command.redeem === undefined && command.offers === undefined;
    if (!plain) return this.payAndRecord({ ticket: command, plan, rules, fingerprint, now });
    const recorded = this.record(command, toTicket(command, plan, undefined), at);
    return eventually(recorded, (outcome) => this.sameOrConflict(outcome, plan));
  }

  private async payAndRecord(request: ToSecure): Promise<Recorded> {
    const { payments, clock } = this.parts;
    const { ticket: command, plan } = request;
    // It may have been recorded before: nothing is held or locked a second time.
    const before = await this.record(command, NOT_RECORDED, request);
    if (before.ok || before.refusal !== NOT_RECORDED.refusal) {
      return this.sameOrConflict(before, plan);
    }
    const secured = await payments.secure(request);
    if (!secured.ok) return secured;
    if (isTooLate(secured, clock.now())) {
      await payments.free(request, secured);
      throw new OperationalError(`${command.key}: holding its points took too long`);
    }
    const ticket = toTicket(command, plan, secured.redemption);
    const recorded = await this.record(command, ticket, request);
    if (!recorded.ok) await payments.free(request, secured);
    return this.sameOrConflict(recorded, plan);
  }

  private sameOrConflict(recorded: Recorded, plan: TicketPlan): Eventually<Recorded> {
    if (!recorded.ok || !recorded.again) return recorded;
    return this.isSamePerson(recorded.ticket, plan).then((same) => (same ? recorded : CONFLICT));
  }

  private complete(
    ticket: Ticket,
    plan: TicketPlan | Refused,
    context: Omit<AwardContext, 'person'>,
  ): Promise<Completed> {
    const person = plan.ok ? plan.person : undefined;
    const someone = person ?? { participantId: ticket.participantId ?? '', groups: [] };
    return this.parts.completion.complete(ticket, { ...context, person: someone });
  }
}

/** Recorded for the books; it earns nothing. */
export const ANONYMOUS: TicketPlan = { ok: true, memberships: [] };
export const NOBODY = refused('participant_not_found', 'nobody who is registered is named');
const CONFLICT = refused('transaction_conflict', 'the ticket was recorded with another content');
const NOT_RECORDED = refused('not_found', 'the ticket is not recorded');

function isTooLate({ recordBefore }: Secured, now: Instant): boolean {
  return recordBefore !== undefined && now >= recordBefore;
}

function toRecorded(handled: Handled<Transaction, TransactionEvent, Rejection>): Recorded {
  if (handled.outcome === 'rejected') return { ok: false, refusal: toRefusal(handled.rejection) };
  const [event] = handled.events;
  if (event?.type !== 'TransactionRecorded') return CONFLICT;
  const { outcome, durable } = handled;
  return { ok: true, again: outcome === 'done', ticket: event.data, durable };
}

function toRefusal(rejection: Refusal): Refusal {
  return rejection.code === 'operation_reused' ? CONFLICT.refusal : rejection;
}
