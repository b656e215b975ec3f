import type {
  AwardRequest,
  IssueOfferRequest,
  OffersOnTicket,
  OpenAccountRequest,
  ReverseAwardRequest,
} from '@fidelis/contracts';
import type {
  AwardedOffer,
  AwardReversalRequested,
  MembershipOpened,
  TicketAwarded,
} from '../domain/membership';
import type { Ticket } from '../domain/transaction';

// The call and the message that repairs it say the same under the same operation id: both are made
// here from the stored event.

export function toOpenAccount(data: MembershipOpened['data']): Omit<OpenAccountRequest, 'now'> {
  const { accountId, participantId, sequence, terms } = data;
  return { accountId, participantId, sequence, terms, operation: { id: openingOf(accountId) } };
}

export function openingOf(accountId: string): string {
  return `open:${accountId}`;
}

export function toAward(accountId: string, data: TicketAwarded['data']): Omit<AwardRequest, 'now'> {
  const { sequence, grants, occurredAt, transactionId, total, tier, programVersion, ticket } = data;
  return {
    accountId,
    sequence,
    grants,
    occurredAt,
    source: { kind: 'transaction', id: transactionId },
    purchaseAmount: total,
    tier,
    programVersion,
    operation: { id: ticket },
  };
}

export function toReversal(
  accountId: string,
  data: AwardReversalRequested['data'],
): Omit<ReverseAwardRequest, 'now'> {
  const { sequence, lotIds, points, clawback, wallet, pointSource, occurredAt, returnId } = data;
  return {
    accountId,
    sequence,
    lotIds,
    points,
    clawback,
    wallet,
    pointSource,
    occurredAt,
    source: { kind: 'return', id: returnId },
    operation: { id: data.reversalOperationId },
  };
}

export function toIssueOffer(
  { issuedOfferId, offerId, participantId, rule }: AwardedOffer,
  { occurredAt }: { readonly occurredAt: string },
): Omit<IssueOfferRequest, 'now'> {
  const colon = rule.indexOf(':');
  const kind = rule.slice(0, colon) === 'tier' ? 'tier' : 'campaign';
  return {
    issuedOfferId,
    offerId,
    participantId,
    reason: { kind, id: rule.slice(colon + 1) },
    occurredAt,
    operation: { id: issuedOfferId },
  };
}

/** The offers that a ticket names; `undefined`: none. */
export function toOffersOnTicket(ticket: Ticket): Omit<OffersOnTicket, 'now'> | undefined {
  const { offers, participantId, lines, storeId } = ticket;
  if (offers === undefined || participantId === undefined) return undefined;
  return {
    ticket: `${ticket.source}:${ticket.transactionId}`,
    participantId,
    offers,
    lines: lines.map(({ lineId, sku, category, quantity, amount }) => ({
      lineId,
      ...(sku !== undefined && { sku }),
      ...(category !== undefined && { category }),
      quantity,
      amount,
    })),
    ...(storeId !== undefined && { storeId }),
    operation: { id: `${ticket.ticket}/offers` },
  };
}
