import type { ResolvedParticipant } from '@fidelis/contracts';
import type { Mutable } from '@fidelis/kernel';
import { boundedRatio, POINTS_MAX } from '@fidelis/ledger';
import type { MembershipRef } from '../domain/enrolment';
import type { ProgramVersion } from '../domain/program';
import type { Redemption, Ticket } from '../domain/transaction';
import type { Rules } from '../rules/rulebook';
import { refused, type Refused, type TicketCommand } from './ticket';

/** Who a ticket is of, and in which programmes it is evaluated. */
export interface TicketPlan {
  readonly ok: true;
  readonly person?: ResolvedParticipant;
  readonly memberships: readonly MembershipRef[];
}

interface Candidate {
  readonly membership: MembershipRef;
  readonly program: ProgramVersion;
}

/** The memberships whose programme is in the ticket's currency; of one programme, if it names it. */
export function planTicket(
  ticket: TicketCommand,
  person: ResolvedParticipant,
  { memberships, rules }: { readonly memberships: readonly MembershipRef[]; readonly rules: Rules },
): TicketPlan | Refused {
  const { programId, occurredAt, currency } = ticket;
  if (programId !== undefined) {
    const named = rules.programAt(programId, occurredAt);
    if (named === undefined) {
      return refused('program_not_found', `there is no programme ${programId}`);
    }
    if (named.terms.currency !== currency) return wrongCurrency(currency, named.terms.currency);
  }
  const candidates = candidatesOf(ticket, memberships, rules);
  const [other] = candidates;
  const fitting = candidates.filter(({ program }) => program.terms.currency === currency);
  if (fitting.length === 0 && other !== undefined) {
    return wrongCurrency(currency, other.program.terms.currency);
  }
  return { ok: true, person, memberships: fitting.map(({ membership }) => membership) };
}

/** The account that pays with points on this ticket, and what the points are worth there. */
export function planRedemption(
  ticket: TicketCommand,
  plan: TicketPlan,
  { points, rules }: { readonly points: number; readonly rules: Rules },
): (Omit<Redemption, 'kind' | 'redemptionId'> & { readonly ok: true }) | Refused {
  const [payer, ...others] = plan.memberships;
  if (payer === undefined) {
    const detail = 'the participant has no account to pay from';
    return refused('insufficient_points', detail, { available: 0, requested: points });
  }
  if (others.length > 0) {
    return refused('ambiguous_program', 'name the programme whose points pay');
  }
  const program = rules.programAt(payer.programId, ticket.occurredAt);
  if (program === undefined) {
    return refused('program_not_found', `there is no programme ${payer.programId}`);
  }
  const { redeem, currency } = program.terms;
  // Money for points is rounded down; at the bound nobody can tell how much more they are worth.
  const rate = { numerator: redeem.worth, denominator: redeem.points };
  const amount = boundedRatio(points, rate);
  if (amount > ticket.total || amount === POINTS_MAX) return exceedsTotal(ticket);
  const { accountId } = payer;
  return { ok: true, accountId, points, amount, currency, ...financeOf(program) };
}

export function exceedsTotal({ total }: TicketCommand): Refused {
  return refused('redemption_exceeds_total', `the points are worth more than the total, ${total}`);
}

/** Shown with the redemption, for the books of whoever sold. */
export function financeOf({
  terms,
}: ProgramVersion): Pick<Redemption, 'expenseAccount' | 'costCentre'> {
  const { expenseAccount, costCentre } = terms.finance ?? {};
  return {
    ...(expenseAccount !== undefined && { expenseAccount }),
    ...(costCentre !== undefined && { costCentre }),
  };
}

/** The ticket as it is recorded. */
export function toTicket(
  command: TicketCommand,
  { person, memberships }: TicketPlan,
  redemption: Redemption | undefined,
): Ticket {
  const { key, source, transactionId, storeId, channel, occurredAt, currency } = command;
  const { total, taxTotal, lines, attributes, offers } = command;
  // Of every ticket: spreading what is there costs several times as much as assigning it.
  const ticket: Mutable<Ticket> = {
    ticket: key,
    source,
    transactionId,
    occurredAt,
    currency,
    total,
    taxTotal,
    lines,
    memberships: memberships.map(({ programId, accountId }) => ({ programId, accountId })),
  };
  if (person !== undefined) ticket.participantId = person.participantId;
  if (storeId !== undefined) ticket.storeId = storeId;
  if (channel !== undefined) ticket.channel = channel;
  if (attributes !== undefined) ticket.attributes = attributes;
  if (redemption !== undefined) ticket.redemption = redemption;
  if (offers !== undefined) ticket.offers = offers;
  return ticket;
}

function candidatesOf(
  { programId, occurredAt }: TicketCommand,
  memberships: readonly MembershipRef[],
  rules: Rules,
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const membership of memberships) {
    if (programId !== undefined && membership.programId !== programId) continue;
    const program = rules.programAt(membership.programId, occurredAt);
    if (program !== undefined) candidates.push({ membership, program });
  }
  return candidates;
}

function wrongCurrency(given: string, programs: string): Refused {
  return refused('currency_mismatch', `the ticket is in ${given}, the programme in ${programs}`);
}
