import type { Instant } from '@fidelis/kernel';
import { toSummary } from '../commands/issue-offer';
import {
  fromTicketName,
  statusAt,
  toTicketName,
  usedBy,
  type Issued,
} from '../domain/issued-offer';
import type { BasketLine } from '../domain/offer';
import type { BasketLineBody, TicketRefBody } from './issued-offers.requests';

export function toTicket(body: TicketRefBody & { readonly transactionId: string }): string;
export function toTicket(body: TicketRefBody): string | undefined;
export function toTicket({ transactionId, source }: TicketRefBody): string | undefined {
  return transactionId === undefined ? undefined : toTicketName(transactionId, source);
}

export function toBasket(lines: readonly BasketLineBody[] = []): readonly BasketLine[] {
  return lines.map(({ lineId, sku, category, quantity, amount }) => ({
    lineId,
    quantity,
    amount,
    ...(sku !== undefined && { sku }),
    ...(category !== undefined && { category }),
  }));
}

/** The whole copy, with the lock or redemption that counts at `now`. */
export function toIssuedOfferAnswer(issued: Issued, now: Instant): object {
  const { participantId, terms, reason, issuedAt, validFrom } = issued;
  const status = statusAt(issued, now);
  const used = status === 'locked' || status === 'redeemed' ? usedBy(issued) : undefined;
  return {
    ...toSummary(issued, now),
    participantId,
    name: terms.name,
    ...terms.benefit,
    issuedAt,
    ...(validFrom !== undefined && { validFrom }),
    reason,
    ...(terms.posDiscountId !== undefined && { posDiscountId: terms.posDiscountId }),
    ...(used !== undefined && {
      transactionId: fromTicketName(used.ticket),
      discount: used.discount,
    }),
    ...(status === 'locked' &&
      issued.status === 'locked' && { lockExpiresAt: issued.lock.lockExpiresAt }),
    ...(status === 'redeemed' &&
      issued.status === 'redeemed' && { redeemedAt: issued.redemption.redeemedAt }),
  };
}
