import type { ParticipantRef, Refusal } from '@fidelis/contracts';
import { fingerprintOf, type Instant, type JsonObject } from '@fidelis/kernel';
import { canonicalJson } from '@fidelis/kernel';
import type { OfferOnTicket, Ticket, TransactionLine } from '../domain/transaction';

/** A ticket as it was sent, checked and in normal form. */
export interface TicketCommand {
  /** `<source>:<transaction id, percent-encoded>`: the stream's id and the operation's. */
  readonly key: string;
  readonly source: string;
  readonly transactionId: string;
  /** Absent: an anonymous ticket. */
  readonly participant?: ParticipantRef;
  readonly programId?: string;
  readonly storeId?: string;
  readonly channel?: string;
  readonly occurredAt: Instant;
  readonly currency: string;
  readonly total: number;
  readonly taxTotal: number;
  readonly lines: readonly TransactionLine[];
  readonly redeem?: { readonly points: number } | { readonly purchaseId: string };
  readonly offers?: readonly OfferOnTicket[];
  readonly attributes?: JsonObject;
  readonly actor?: string;
}

/** Where a ticket without a source comes from. */
export const DEFAULT_SOURCE = 'default';

const PLAIN = /^[A-Za-z0-9._~-]+$/;

export function ticketKey(source: string, transactionId: string): string {
  const id = PLAIN.test(transactionId) ? transactionId : encodeURIComponent(transactionId);
  return `${source}:${id}`;
}

/** How other services name a ticket: the id as it was sent. */
export function publicTicket({ source, transactionId }: Pick<Ticket, 'source' | 'transactionId'>) {
  return `${source}:${transactionId}`;
}

/**
 * Tells two contents of one ticket apart. The participant is compared as a person, not as text: it
 * may be named by either id, or have been merged, and no hash of it is stored.
 */
export function ticketFingerprint(ticket: TicketCommand): string {
  const { programId, storeId, channel, occurredAt, currency, total, taxTotal } = ticket;
  const { lines, redeem, offers, attributes } = ticket;
  const head = [programId, storeId, channel, occurredAt, currency, total, taxTotal];
  // Lines and offers were built with their fields in one order, so plain JSON is canonical.
  const rest = [lines, redeem, offers, attributes === undefined ? '' : canonicalJson(attributes)];
  return fingerprintOf(JSON.stringify([head, rest]));
}

/** A ticket that a rule refuses. Nothing was recorded, held or locked. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

export function refused(code: string, detail: string, more: Partial<Refusal> = {}): Refused {
  return { ok: false, refusal: { ...more, code, detail } };
}
