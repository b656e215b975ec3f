import type { ExpressionBuilder, ExpressionWrapper, Kysely, SqlBool } from 'kysely';
import type { Instant } from '@fidelis/kernel';
import { fromTicketName } from '../../domain/issued-offer';
import { ISSUED_OFFERS, type IssuedOfferRow, type RewardStoreTables } from './issued-offers.table';

export interface IssuedOffersQuery {
  readonly participantId: string;
  readonly status?: IssuedOfferRow['status'] | undefined;
  readonly now: Instant;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: { readonly issuedAt: Instant; readonly id: string } | undefined;
}

export interface ListedOffer {
  readonly id: string;
  readonly code: string;
  readonly offerId: string;
  readonly version: number;
  readonly name: string;
  readonly participantId: string;
  readonly status: IssuedOfferRow['status'];
  readonly issuedAt: Instant;
  readonly validFrom?: Instant;
  readonly expiresAt?: Instant;
  readonly lockExpiresAt?: Instant;
  readonly transactionId?: string;
}

/** Newest first; statuses as they count at `now`, due or not. */
export async function listIssuedOffers(
  db: Kysely<RewardStoreTables>,
  { participantId, status, now, limit, after }: IssuedOffersQuery,
): Promise<readonly ListedOffer[]> {
  let query = db
    .selectFrom(ISSUED_OFFERS)
    .selectAll()
    .where('participant_id', '=', participantId)
    .orderBy('issued_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (status !== undefined) query = query.where((eb) => hasStatus(eb, status, now));
  if (after !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb('issued_at', '<', after.issuedAt),
        eb.and([eb('issued_at', '=', after.issuedAt), eb('id', '<', after.id)]),
      ]),
    );
  }
  return (await query.execute()).map((row) => toListed(row, now));
}

type Rows = ExpressionBuilder<RewardStoreTables, 'issued_offers'>;

function hasStatus(
  eb: Rows,
  status: IssuedOfferRow['status'],
  now: Instant,
): ExpressionWrapper<RewardStoreTables, 'issued_offers', SqlBool> {
  const free = eb.or([
    eb('status', '=', 'issued'),
    eb.and([eb('status', '=', 'locked'), eb('lock_expires_at', '<=', now)]),
  ]);
  const valid = eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]);
  switch (status) {
    case 'issued':
      return eb.and([free, valid]);
    case 'locked':
      return eb.and([eb('status', '=', 'locked'), eb('lock_expires_at', '>', now)]);
    case 'expired':
      return eb.or([eb('status', '=', 'expired'), eb.and([free, eb('expires_at', '<=', now)])]);
    case 'redeemed':
    case 'revoked':
      return eb.and([eb('status', '=', status)]);
  }
}

function toListed(row: IssuedOfferRow, now: Instant): ListedOffer {
  const status = statusOf(row, now);
  const inUse = status === 'locked' || status === 'redeemed';
  return {
    id: row.id,
    code: row.code,
    offerId: row.offer_id,
    version: row.version,
    name: row.name,
    participantId: row.participant_id,
    status,
    issuedAt: row.issued_at,
    ...(row.valid_from !== null && { validFrom: row.valid_from }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(status === 'locked' &&
      row.lock_expires_at !== null && { lockExpiresAt: row.lock_expires_at }),
    ...(inUse && row.ticket !== null && { transactionId: fromTicketName(row.ticket) }),
  };
}

function statusOf(row: IssuedOfferRow, now: Instant): IssuedOfferRow['status'] {
  const lapsed = row.status === 'locked' && (row.lock_expires_at ?? '') <= now;
  if (row.status !== 'issued' && !lapsed) return row.status;
  return row.expires_at !== null && row.expires_at <= now ? 'expired' : 'issued';
}
