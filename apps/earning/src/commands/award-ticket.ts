import type { Handled } from '@fidelis/aggregates';
import {
  AwardPoints,
  IssueOffer,
  type AwardRequest,
  type IssuedOfferSummary,
  type LotShare,
} from '@fidelis/contracts';
import {
  assertInvariant,
  eventually,
  OperationalError,
  type Eventually,
  type Instant,
  type Rejection,
} from '@fidelis/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { MembershipRef } from '../domain/enrolment';
import {
  awardTicket,
  type Membership,
  type MembershipEvent,
  type TicketAwarded,
} from '../domain/membership';
import type { ProgramVersion } from '../domain/program';
import type { Ticket } from '../domain/transaction';
import type { EarningStreams } from '../earning.streams';
import { toAward, toIssueOffer } from '../outbound/award-messages';
import type { Rules } from '../rules/rulebook';
import { factsOf, type Person } from '../rules/ticket-facts';
import type { Enrolments } from './enrol';

/** What one programme gave for a ticket, recorded in its membership. */
export interface Award {
  readonly membership: MembershipRef;
  readonly program: ProgramVersion;
  readonly data: TicketAwarded['data'];
  readonly durable: Promise<void>;
}

/** `late`: not answered in time; the topic's message brings the points. */
export type Credit =
  | { readonly outcome: 'credited'; readonly lots: readonly LotShare[] }
  | { readonly outcome: 'declined'; readonly code: string }
  | { readonly outcome: 'late' };

export interface AwardContext {
  readonly rules: Rules;
  readonly person: Person;
  readonly now: Instant;
  /**
   * This very call recorded the ticket and has waited for nothing since, so that no membership can
   * have awarded it.
   */
  readonly isNewTicket?: boolean;
}

type Awarded = Handled<Membership, MembershipEvent, Rejection>;

const LATE: Credit = { outcome: 'late' };

/** The middle of a ticket's way: from the recorded ticket to points in the account. */
export class TicketAwards {
  constructor(
    private readonly streams: EarningStreams,
    private readonly enrolments: Enrolments,
    private readonly calls: ServiceCalls,
  ) {}

  /** Decides and records; the same ticket again gives what was recorded then. */
  record(ticket: Ticket, membership: MembershipRef, context: AwardContext): Eventually<Award> {
    const { rules, person, now } = context;
    const program = rules.programAt(membership.programId, ticket.occurredAt);
    assertInvariant(program !== undefined, `programme ${membership.programId} is missing`);
    const campaigns = rules.campaignsAt(membership.programId, ticket.occurredAt, () =>
      factsOf(ticket, person),
    );
    const command = { ticket: toAwardable(ticket), program, campaigns, now };
    const handle = (isNewTicket: boolean) =>
      this.streams.memberships.handle({
        id: membership.accountId,
        operation: { id: ticket.ticket },
        now,
        decide: (state: Membership) => awardTicket(command, state),
        // Where others write too, one of them may have been quicker.
        isNew: () => isNewTicket && this.streams.memberships.store.soleWriter,
      });
    const asAward = (handled: Awarded): Award => {
      assertInvariant(handled.outcome !== 'rejected', `${membership.accountId} was opened`);
      const [event] = handled.events;
      assertInvariant(event?.type === 'TicketAwarded', `${ticket.ticket} was awarded otherwise`);
      return { membership, program, data: event.data, durable: handled.durable };
    };
    return eventually(handle(context.isNewTicket === true), (handled) => {
      if (handled.outcome !== 'rejected') return asAward(handled);
      // Enrolled, but the process died before the membership was opened.
      const opened = this.enrolments.open(membership, person.participantId, rules);
      return opened.then(() => handle(false)).then(asAward);
    });
  }

  /** In all memberships of the ticket, one after the other. */
  recordAll(ticket: Ticket, context: AwardContext): Eventually<readonly Award[]> {
    const [only] = ticket.memberships;
    if (only === undefined) return [];
    if (ticket.memberships.length > 1) return this.recordEach(ticket, context);
    return eventually(this.record(ticket, only, context), (award) => [award]);
  }

  private async recordEach(ticket: Ticket, context: AwardContext): Promise<readonly Award[]> {
    const awards: Award[] = [];
    let at = context;
    for (const membership of ticket.memberships) {
      awards.push(await this.record(ticket, membership, at));
      // Meanwhile somebody else may have seen the ticket.
      at = { ...context, isNewTicket: false };
    }
    return awards;
  }

  /** Asks the account until it has followed, for `waitMs` at most. */
  async credit({ membership, data }: Award, now: Instant, waitMs: number): Promise<Credit> {
    // Assigned, not spread: a copy with one more field costs a microsecond on the hottest path.
    const request: AwardRequest = Object.assign(toAward(membership.accountId, data), { now });
    const giveUpAt = performance.now() + waitMs;
    // Mostly the only one, and the same for all: timers of one length share a queue.
    let deadlineMs = waitMs;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
      try {
        const answer = await this.calls.call(AwardPoints, request, { deadlineMs });
        if (answer.outcome !== 'not-yet') return answer;
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
      }
      if (performance.now() + pauseMs >= giveUpAt) return LATE;
      await sleep(pauseMs);
      deadlineMs = Math.max(1, giveUpAt - performance.now());
    }
  }

  /** The offers that the award gives; one that could not be issued is left out. */
  async issueOffers({ data }: Award, now: Instant): Promise<readonly IssuedOfferSummary[]> {
    const issued: IssuedOfferSummary[] = [];
    for (const offer of data.offers) {
      const answer = await this.calls.call(IssueOffer, { ...toIssueOffer(offer, data), now });
      if (answer.ok) issued.push(answer.value);
    }
    return issued;
  }
}

export function toAwardable(ticket: Ticket): Parameters<typeof awardTicket>[0]['ticket'] {
  const { transactionId, occurredAt, total, taxTotal, redemption } = ticket;
  const paidWithPoints = redemption?.amount ?? 0;
  return {
    ticket: ticket.ticket,
    transactionId,
    occurredAt,
    total,
    taxTotal,
    paidWithPoints,
  };
}
