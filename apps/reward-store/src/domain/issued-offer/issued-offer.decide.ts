import { accepted, rejected, type Decision, type Instant, type Rejection } from '@fidelis/kernel';
import { discountOf, validityOf, type BasketLine, type Discount } from '../offer';
import type {
  Copy,
  IssuedOfferEvent,
  IssuedOfferExpired,
  IssuedOfferLocked,
  IssuedOfferReinstated,
  IssuedOfferUnlocked,
  OfferIssued,
  OfferIssueDeclined,
  OfferIssueRequested,
} from './issued-offer.events';
import {
  isIssued,
  statusAt,
  usedBy,
  type Issued,
  type IssuedOffer,
  type Status,
} from './issued-offer.state';
import { isSameTicket } from './ticket-name';

export type IssuedOfferRejection =
  | (Rejection & { readonly code: 'not_found' })
  | (Rejection & { readonly code: 'offer_locked_elsewhere' })
  | (Rejection & { readonly code: 'offer_not_redeemable'; readonly status: Status });

type IssuedOfferDecision = Decision<IssuedOfferEvent, IssuedOfferRejection>;

/** For an offer with limits: they are taken before the copy is issued. */
export function requestIssue(
  data: OfferIssueRequested['data'],
  offer: IssuedOffer,
): Decision<OfferIssueRequested> {
  return offer.status === 'none' ? accepted({ type: 'OfferIssueRequested', data }) : accepted();
}

/** The same id again is the same copy, whatever random code comes with the repetition. */
export function issueOffer(copy: Copy, offer: IssuedOffer): Decision<OfferIssued, IssueDeclined> {
  if (offer.status === 'declined') {
    return rejected({ code: offer.code as IssueDeclined['code'], detail: offer.detail });
  }
  if (isIssued(offer)) return accepted();
  const data = { ...copy, ...validityOf(copy.terms, copy.issuedAt) };
  return accepted({ type: 'OfferIssued', data });
}

export type IssueDeclined = Rejection & {
  readonly code: 'not_found' | 'out_of_stock' | 'limit_reached' | 'offer_not_issuable';
};

/** What a rule promised and could not give is on record, and nobody waits for it. */
export function declineIssue(
  data: OfferIssueDeclined['data'],
  offer: IssuedOffer,
): Decision<OfferIssueDeclined> {
  const isOpen = offer.status === 'none' || offer.status === 'requested';
  return isOpen ? accepted({ type: 'OfferIssueDeclined', data }) : accepted();
}

export interface UseOffer {
  readonly ticket: string;
  readonly lines: readonly BasketLine[];
  readonly storeId?: string | undefined;
  /** What the till says it took off, where it does; else it is computed. */
  readonly discount?: number | undefined;
  readonly now: Instant;
}

export interface LockOffer extends UseOffer {
  readonly lockExpiresAt: Instant;
}

/** The same ticket again updates the lock, and keeps it longer. */
export function lockOffer(command: LockOffer, offer: IssuedOffer): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  const { ticket, now } = command;
  if (isRedeemedBy(offer, ticket)) return accepted();
  const refusal = whyNotUsable(command, offer);
  if (refusal !== undefined) return refusal;
  const locked = lockedBy(command, offer);
  if (offer.status !== 'locked') return accepted(locked);
  const { lock } = offer;
  if (!isSameTicket(lock.ticket, ticket)) {
    return accepted<IssuedOfferEvent>(timedOut(lock.ticket), locked);
  }
  const isSame = lock.lockedAt === now && lock.discount.amount === locked.data.discount.amount;
  return isSame ? accepted() : accepted(locked);
}

/**
 * Without a ticket: whoever holds the lock. What is not locked (for it) is free already; what a
 * ticket redeemed is not freed by unlocking it.
 */
export function unlockOffer(
  { ticket, now }: { readonly ticket?: string | undefined; readonly now: Instant },
  offer: IssuedOffer,
): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  if (offer.status === 'redeemed') return notRedeemable('redeemed', 'a ticket has redeemed it');
  if (offer.status !== 'locked') return accepted();
  const { lock } = offer;
  const isElsewhere = ticket !== undefined && !isSameTicket(lock.ticket, ticket);
  if (isElsewhere && statusAt(offer, now) === 'locked') return lockedElsewhere(lock.ticket);
  return accepted({
    type: 'IssuedOfferUnlocked',
    data: { ticket: lock.ticket, reason: 'unlocked' },
  });
}

export function redeemOffer(command: UseOffer, offer: IssuedOffer): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  if (isRedeemedBy(offer, command.ticket)) return accepted();
  return whyNotUsable(command, offer) ?? accepted(redeemed(command, offer));
}

/**
 * The ticket is recorded, so its offer is used, whatever became of the lock. An offer that another
 * ticket used, or that was revoked, is reported instead.
 */
export function redeemOfferOfRecordedTicket(
  command: UseOffer,
  offer: IssuedOffer,
): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  const { ticket } = command;
  if (isRedeemedBy(offer, ticket) || isReturnedBy(offer, ticket)) return accepted();
  if (offer.status !== 'redeemed' && offer.status !== 'revoked') {
    return accepted(redeemed(command, offer));
  }
  if (offer.disputedTickets.includes(ticket)) return accepted();
  return accepted({ type: 'DoubleRedemptionFound', data: { ticket, status: offer.status } });
}

/**
 * Gives a used offer back. With a ticket: what that ticket used, or is still going to: its
 * redemption, when it arrives, finds it returned.
 */
export function reinstateOffer(
  { ticket, now }: { readonly ticket?: string | undefined; readonly now: Instant },
  offer: IssuedOffer,
): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  const used = usedBy(offer);
  if (used === undefined) return reinstateUnused({ ticket, now }, offer);
  if (ticket !== undefined && !isSameTicket(used.ticket, ticket)) {
    if (isReturnedBy(offer, ticket)) return accepted();
    return notRedeemable(offer.status, 'another ticket uses it');
  }
  if (ticket === undefined && offer.status === 'locked') return unlockOffer({ now }, offer);
  const from = offer.status === 'locked' ? 'locked' : 'redeemed';
  return accepted(reinstated({ ticket: used.ticket, from, now }));
}

function reinstateUnused(
  { ticket, now }: { readonly ticket: string | undefined; readonly now: Instant },
  offer: Issued,
): IssuedOfferDecision {
  if (ticket !== undefined && isReturnedBy(offer, ticket)) return accepted();
  if (offer.status !== 'issued') return notRedeemable(offer.status, 'it is over');
  return ticket === undefined ? accepted() : accepted(reinstated({ ticket, from: 'issued', now }));
}

function reinstated({
  ticket,
  from,
  now,
}: {
  readonly ticket: string;
  readonly from: IssuedOfferReinstated['data']['from'];
  readonly now: Instant;
}): IssuedOfferReinstated {
  return { type: 'IssuedOfferReinstated', data: { ticket, from, reinstatedAt: now } };
}

function isReturnedBy({ returnedTickets }: Issued, ticket: string): boolean {
  return returnedTickets.some((returned) => isSameTicket(returned, ticket));
}

export function revokeOffer(
  { reason, now }: { readonly reason: string; readonly now: Instant },
  offer: IssuedOffer,
): IssuedOfferDecision {
  if (!isIssued(offer)) return noSuchOffer();
  const status = statusAt(offer, now);
  if (status === 'revoked') return accepted();
  if (status !== 'issued') return notRedeemable(status, 'only an issued offer can be revoked');
  return accepted({ type: 'IssuedOfferRevoked', data: { reason, revokedAt: now } });
}

/** Records what became due: a lock that timed out, the end of the offer's validity. */
export function recordDue(
  { now }: { readonly now: Instant },
  offer: IssuedOffer,
): Decision<IssuedOfferUnlocked | IssuedOfferExpired> {
  if (offer.status !== 'issued' && offer.status !== 'locked') return accepted();
  const status = statusAt(offer, now);
  if (status === 'locked') return accepted();
  const unlocked = offer.status === 'locked' ? [timedOut(offer.lock.ticket)] : [];
  const expired: IssuedOfferExpired[] =
    status === 'expired' ? [{ type: 'IssuedOfferExpired', data: { expiredAt: now } }] : [];
  return accepted<IssuedOfferUnlocked | IssuedOfferExpired>(...unlocked, ...expired);
}

function redeemed(command: UseOffer, offer: Issued): IssuedOfferEvent {
  const { ticket, now } = command;
  const ownLock =
    offer.status === 'locked' && isSameTicket(offer.lock.ticket, ticket) ? offer.lock : undefined;
  const storeId = command.storeId ?? ownLock?.storeId;
  const discount =
    command.lines.length === 0 && command.discount === undefined && ownLock !== undefined
      ? ownLock.discount
      : discountFor(command, offer);
  return {
    type: 'IssuedOfferRedeemed',
    data: { ticket, discount, redeemedAt: now, ...(storeId !== undefined && { storeId }) },
  };
}

function discountFor({ discount, lines }: UseOffer, offer: Issued): Discount {
  const computed = discountOf(offer.terms, lines);
  return discount === undefined || discount === computed.amount
    ? computed
    : { amount: discount, lines: [] };
}

function whyNotUsable(command: UseOffer, offer: Issued): IssuedOfferDecision | undefined {
  const { now } = command;
  const status = statusAt(offer, now);
  if (status === 'locked' && offer.status === 'locked') {
    const { ticket } = offer.lock;
    if (!isSameTicket(ticket, command.ticket)) return lockedElsewhere(ticket);
  } else if (status !== 'issued') {
    return notRedeemable(status, `it is ${status}`);
  }
  if (offer.validFrom !== undefined && now < offer.validFrom) {
    return notRedeemable(status, `it is valid from ${offer.validFrom}`);
  }
  return isForStore(offer, command.storeId ?? usedIn(offer))
    ? undefined
    : notRedeemable(status, 'it is for other stores');
}

function isForStore({ terms }: Issued, storeId: string | undefined): boolean {
  const { stores } = terms.redemption;
  return stores === undefined || (storeId !== undefined && stores.includes(storeId));
}

function lockedBy(command: LockOffer, offer: Issued): IssuedOfferLocked {
  const { ticket, now, lockExpiresAt } = command;
  const storeId = command.storeId ?? usedIn(offer);
  return {
    type: 'IssuedOfferLocked',
    data: {
      ticket,
      discount: discountFor(command, offer),
      ...(storeId !== undefined && { storeId }),
      lockedAt: now,
      lockExpiresAt,
    },
  };
}

function usedIn(offer: Issued): string | undefined {
  return offer.status === 'locked' ? offer.lock.storeId : undefined;
}

function isRedeemedBy(offer: Issued, ticket: string): boolean {
  return offer.status === 'redeemed' && isSameTicket(offer.redemption.ticket, ticket);
}

function timedOut(ticket: string): IssuedOfferUnlocked {
  return { type: 'IssuedOfferUnlocked', data: { ticket, reason: 'timed-out' } };
}

function noSuchOffer(): IssuedOfferDecision {
  return rejected({ code: 'not_found', detail: 'no such issued offer' });
}

function lockedElsewhere(ticket: string): IssuedOfferDecision {
  return rejected({
    code: 'offer_locked_elsewhere',
    detail: `it is locked for transaction ${ticket}`,
  });
}

function notRedeemable(status: Status, why: string): IssuedOfferDecision {
  return rejected({
    code: 'offer_not_redeemable',
    detail: `the issued offer cannot be used: ${why}`,
    status,
  });
}
