import {
  FreePurchaseOfTicket,
  HoldPoints,
  LockOffersForTicket,
  ReleaseHold,
  ReservePurchaseForTicket,
  UnlockOffersOfTicket,
  type Held,
  type RedeemPurchaseRequest,
} from '@fidelis/contracts';
import {
  addMs,
  OperationalError,
  type Clock,
  type Instant,
  type Eventually,
} from '@fidelis/kernel';
import type { ServiceCalls } from '@fidelis/service-calls';
import type { Redemption } from '../domain/transaction';
import type { EarningConfig } from '../earning.config';
import { toOffersOnTicket } from '../outbound/award-messages';
import type { Rules } from '../rules/rulebook';
import { exceedsTotal, financeOf, planRedemption, toTicket, type TicketPlan } from './plan-ticket';
import { publicTicket, refused, type Refused, type TicketCommand } from './ticket';

/** What a ticket may count on when it is recorded: held points, a reserved purchase, locked offers. */
export interface Secured {
  readonly ok: true;
  readonly redemption?: Redemption;
  /** Nothing may be recorded after this. */
  readonly recordBefore?: Instant;
}

export interface ToSecure {
  readonly ticket: TicketCommand;
  readonly plan: TicketPlan;
  readonly rules: Rules;
  readonly fingerprint: string;
  readonly now: Instant;
}

/** A hold that lapsed under its operation id is replaced by one under the next. */
const HOLDS_MAX = 20;

/**
 * Before a ticket is recorded: its offers are locked, then its points are held. A step that is not
 * certain throws `OperationalError`: nothing is recorded, and what was taken lapses or is found
 * again when the ticket is sent again.
 */
export class Payments {
  constructor(
    private readonly calls: ServiceCalls,
    private readonly options: { readonly clock: Clock; readonly config: EarningConfig },
  ) {}

  async secure(request: ToSecure): Promise<Secured | Refused> {
    const { ticket, plan } = request;
    if (plan.person === undefined) {
      return refused('participant_required', 'an anonymous ticket has no points and no offers');
    }
    const locked = await this.lockOffers(request);
    if (locked !== undefined) return locked;
    const { redeem } = ticket;
    if (redeem === undefined) return { ok: true };
    const paid =
      'points' in redeem
        ? await this.holdPoints(request, redeem.points)
        : await this.reservePurchase(request, redeem.purchaseId);
    if (!paid.ok) await this.unlockOffers(request);
    return paid;
  }

  /** The ticket lost: what was taken for it is free again at once. */
  async free(request: ToSecure, { redemption }: Secured): Promise<void> {
    if (redemption?.kind === 'hold') {
      await this.release(request, redemption.redemptionId);
    } else if (redemption !== undefined) {
      const purchase = purchaseOf(request, redemption.redemptionId, 'free');
      await this.calls.call(FreePurchaseOfTicket, purchase);
    }
    await this.unlockOffers(request);
  }

  private async lockOffers({ ticket, plan, now }: ToSecure): Promise<Refused | undefined> {
    const offers = toOffersOnTicket(toTicket(ticket, plan, undefined));
    if (offers === undefined) return undefined;
    const answer = await this.calls.call(LockOffersForTicket, { ...offers, now });
    return answer.ok ? undefined : answer;
  }

  private async unlockOffers({ ticket, plan, now }: ToSecure): Promise<void> {
    const offers = toOffersOnTicket(toTicket(ticket, plan, undefined));
    if (offers !== undefined) await this.calls.call(UnlockOffersOfTicket, { ...offers, now });
  }

  private async holdPoints(request: ToSecure, points: number): Promise<Secured | Refused> {
    const planned = planRedemption(request.ticket, request.plan, { points, rules: request.rules });
    if (!planned.ok) return planned;
    for (let attempt = 0; attempt < HOLDS_MAX; attempt += 1) {
      const held = await this.hold(request, planned, attempt);
      if (!held.ok) return held;
      const { holdId, expiresAt } = held.value;
      const recordBefore = addMs(expiresAt, -this.options.config.holdMarginMs);
      if (this.options.clock.now() < recordBefore) {
        const { ok, ...rest } = planned;
        return { ok, redemption: { kind: 'hold', redemptionId: holdId, ...rest }, recordBefore };
      }
      await this.release(request, holdId);
    }
    throw new OperationalError(`${request.ticket.key}: no hold lasts long enough`);
  }

  private hold(
    { ticket, fingerprint, now }: ToSecure,
    { accountId, points }: { readonly accountId: string; readonly points: number },
    attempt: number,
  ): Eventually<{ ok: true; value: Held } | Refused> {
    return this.calls.call(HoldPoints, {
      accountId,
      points,
      expiresAt: addMs(now, this.options.config.holdMs),
      source: { kind: 'transaction', id: ticket.transactionId },
      silent: true,
      now,
      operation: { id: `${ticket.key}/hold/${fingerprint}/${attempt}`, ...actorOf(ticket) },
    });
  }

  private async release({ ticket, now }: ToSecure, holdId: string): Promise<void> {
    const operation = { id: `${ticket.key}/release/${holdId}`, ...actorOf(ticket) };
    await this.calls.call(ReleaseHold, { holdId, now, operation });
  }

  private async reservePurchase(request: ToSecure, purchaseId: string): Promise<Secured | Refused> {
    const { ticket, plan, rules } = request;
    const purchase = purchaseOf(request, purchaseId, 'reserve');
    const answer = await this.calls.call(ReservePurchaseForTicket, purchase);
    if (!answer.ok) return answer;
    const { accountId, points, amount, currency } = answer.value;
    const payer = plan.memberships.find((membership) => membership.accountId === accountId);
    const program = payer && rules.programAt(payer.programId, ticket.occurredAt);
    const redemption: Redemption = {
      kind: 'purchase',
      redemptionId: purchaseId,
      accountId,
      points,
      amount,
      currency,
      ...(program !== undefined && financeOf(program)),
    };
    const secured: Secured = { ok: true, redemption };
    if (currency === ticket.currency && amount <= ticket.total) return secured;
    await this.free(request, secured);
    if (amount > ticket.total) return exceedsTotal(ticket);
    return refused('currency_mismatch', `the purchase is in ${currency}`);
  }
}

function purchaseOf(
  { ticket, plan, fingerprint, now }: ToSecure,
  purchaseId: string,
  step: 'reserve' | 'free',
): RedeemPurchaseRequest {
  return {
    purchaseId,
    participantId: plan.person?.participantId ?? '',
    ticket: publicTicket(ticket),
    now,
    operation: { id: `${ticket.key}/purchase/${fingerprint}/${step}`, ...actorOf(ticket) },
  };
}

function actorOf({ actor }: TicketCommand): { readonly actor?: string } {
  return actor === undefined ? {} : { actor };
}
