import {
  CaptureHold,
  ConfirmPurchaseForTicket,
  RedeemOffersOfTicket,
  type IssuedOfferSummary,
} from '@fidelis/contracts';
import { OperationalError, type Instant } from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { Redemption, Ticket } from '../domain/transaction';
import type { EarningConfig } from '../earning.config';
import { toOffersOnTicket } from '../outbound/award-messages';
import type { Award, AwardContext, Credit, TicketAwards } from './award-ticket';
import { publicTicket } from './ticket';

export interface CreditedAward extends Award {
  readonly credit: Credit;
}

export interface Completed {
  readonly awards: readonly CreditedAward[];
  readonly offersIssued: readonly IssuedOfferSummary[];
  /** Every step was answered: nothing is left for the process that resumes tickets. */
  readonly ended: boolean;
}

/**
 * Everything that follows a recorded ticket. Each step has an operation of its own that derives
 * from the ticket, so that all of it may run again: after a crash, or beside itself.
 */
export class TicketCompletion {
  constructor(
    private readonly awards: TicketAwards,
    private readonly calls: ServiceCalls,
    private readonly config: EarningConfig,
  ) {}

  async complete(ticket: Ticket, context: AwardContext): Promise<Completed> {
    const recorded = await this.awards.recordAll(ticket, context);
    const { now } = context;
    const used = isPlain(ticket) ? true : await this.useWhatItNames(ticket, now);
    const awards = await Promise.all(recorded.map((award) => this.credited(award, now)));
    const giving = recorded.filter(({ data }) => data.offers.length > 0);
    const issued = giving.length === 0 ? [] : await this.issueOffers(giving, now);
    for (const award of recorded) await award.durable;
    const ended = used && issued !== undefined;
    return { awards, offersIssued: issued ?? [], ended };
  }

  /**
   * The same for a ticket whose process died: points and offers come by the topics, so nobody waits
   * for them here. `false`: not everything could be done now.
   */
  async resume(ticket: Ticket, context: AwardContext): Promise<boolean> {
    for (const membership of ticket.memberships) {
      const award = await this.awards.record(ticket, membership, context);
      await award.durable;
    }
    return isPlain(ticket) || this.useWhatItNames(ticket, context.now);
  }

  /** Captures what was held or reserved and redeems the offers: the ticket stands, so they must. */
  async useWhatItNames(ticket: Ticket, now: Instant): Promise<boolean> {
    return succeeds(async () => {
      if (ticket.redemption !== undefined) await this.capture(ticket, ticket.redemption, now);
      const offers = toOffersOnTicket(ticket);
      if (offers !== undefined) await this.calls.call(RedeemOffersOfTicket, { ...offers, now });
    });
  }

  private credited(award: Award, now: Instant): Promise<CreditedAward> {
    const { membership, program, data, durable } = award;
    return this.awards
      .credit(award, now, this.config.creditWaitMs)
      .then((credit) => ({ membership, program, data, durable, credit }));
  }

  private async issueOffers(
    awards: readonly Award[],
    now: Instant,
  ): Promise<readonly IssuedOfferSummary[] | undefined> {
    const issued: IssuedOfferSummary[] = [];
    for (const award of awards) {
      const done = await succeeds(async () => {
        issued.push(...(await this.awards.issueOffers(award, now)));
      });
      if (!done) return undefined;
    }
    return issued;
  }

  private async capture(ticket: Ticket, redemption: Redemption, now: Instant): Promise<void> {
    const { redemptionId } = redemption;
    if (redemption.kind === 'hold') {
      await this.calls.call(CaptureHold, {
        holdId: redemptionId,
        force: true,
        source: { kind: 'transaction', id: ticket.transactionId },
        occurredAt: ticket.occurredAt,
        purchaseAmount: ticket.total,
        now,
        operation: { id: captureOf(ticket.ticket) },
      });
      return;
    }
    await this.calls.call(ConfirmPurchaseForTicket, {
      purchaseId: redemptionId,
      participantId: ticket.participantId ?? '',
      ticket: publicTicket(ticket),
      now,
      operation: { id: `${ticket.ticket}/purchase` },
    });
  }
}

/** The operation that spends the points of a ticket's hold: a return restores it. */
export function captureOf(ticketKey: string): string {
  return `${ticketKey}/capture`;
}

/** Nothing that was held, reserved or locked pays on it. */
export function isPlain({ redemption, offers }: Ticket): boolean {
  return redemption === undefined && offers === undefined;
}

/** A step that cannot be done now is the resuming process's; the ticket is recorded all the same. */
async function succeeds(step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (error instanceof OperationalError) return false;
    throw error;
  }
}
