import { accepted, type Decision, type Instant } from '@fidelis/kernel';
import type { PurchaseEvent } from './purchase.events';
import {
  hasExpired,
  notAuthorized,
  notFound,
  reserved,
  type PurchaseHasExpired,
  type PurchaseNotAuthorized,
  type PurchaseNotFound,
  type PurchaseReserved,
} from './purchase.rejections';
import type { Purchase } from './purchase.state';

export interface ForTicket {
  readonly ticket: string;
  readonly participantId: string;
  readonly now: Instant;
}

export type ReserveRejection =
  PurchaseNotFound | PurchaseNotAuthorized | PurchaseHasExpired | PurchaseReserved;

/** An authorized purchase pays one ticket: until that one is recorded or lost, nobody else may. */
export function reserveForTicket(
  { ticket, participantId, now }: ForTicket,
  purchase: Purchase,
): Decision<PurchaseEvent, ReserveRejection> {
  if (purchase.phase === 'absent' || purchase.participantId !== participantId) {
    return notFound('purchase');
  }
  if (purchase.phase === 'expired') return hasExpired();
  if (purchase.phase !== 'authorized' || purchase.kind === 'internal') {
    return notAuthorized(purchase.phase, 'only an authorized external purchase pays a ticket');
  }
  if (purchase.ticket === ticket) return accepted();
  if (purchase.ticket !== undefined) return reserved(purchase.ticket);
  if (now >= purchase.expiresAt) return hasExpired();
  return accepted({ type: 'PurchaseReservedForTicket', data: { ticket, at: now } } as const);
}

/** The ticket was not recorded: the purchase is free again, and expires if it is due. */
export function freeFromTicket(
  { ticket, now }: ForTicket,
  purchase: Purchase,
): Decision<PurchaseEvent> {
  if (purchase.phase !== 'authorized' || purchase.ticket !== ticket) return accepted();
  return accepted({ type: 'PurchaseFreedFromTicket', data: { ticket, at: now } } as const);
}
