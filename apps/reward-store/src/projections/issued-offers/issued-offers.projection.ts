import type { Transaction } from 'kysely';
import { idOf } from '@fidelis/event-store';
import { assertInvariant } from '@fidelis/kernel';
import type { Projection } from '@fidelis/projections';
import { chunksOf } from '@fidelis/read-model';
import { issuedOfferAggregate, type IssuedOfferEvent } from '../../domain/issued-offer';
import {
  createIssuedOffers,
  ISSUED_OFFERS,
  type IssuedOfferRow,
  type RewardStoreTables,
} from './issued-offers.table';

export const issuedOffersProjection: Projection<RewardStoreTables> = {
  name: 'issued-offers',
  categories: [issuedOfferAggregate.category],
  tables: [ISSUED_OFFERS],
  create: createIssuedOffers,
  apply: async (trx, events) => {
    const ids = [...new Set(events.map((event) => idOf(event.stream)))];
    const rows = await rowsOf(trx, ids);
    for (const event of events) {
      const id = idOf(event.stream);
      const row = next(rows.get(id), event as unknown as IssuedOfferEvent);
      if (row !== undefined) rows.set(id, row);
    }
    for (const chunk of chunksOf([...rows.values()])) await upsert(trx, chunk);
  },
};

async function rowsOf(
  trx: Transaction<RewardStoreTables>,
  ids: readonly string[],
): Promise<Map<string, IssuedOfferRow>> {
  const rows = new Map<string, IssuedOfferRow>();
  for (const chunk of chunksOf(ids)) {
    const found = await trx
      .selectFrom(ISSUED_OFFERS)
      .selectAll()
      .where('id', 'in', [...chunk])
      .execute();
    for (const row of found) rows.set(row.id, row);
  }
  return rows;
}

function next(
  row: IssuedOfferRow | undefined,
  event: IssuedOfferEvent,
): IssuedOfferRow | undefined {
  if (event.type === 'OfferIssued') return toRow(event.data);
  if (isUnseen(event)) return row;
  assertInvariant(row !== undefined, `${event.type} of an offer that was never issued`);
  const free = { ...row, lock_expires_at: null, ticket: null };
  switch (event.type) {
    case 'IssuedOfferLocked': {
      const { ticket, lockExpiresAt } = event.data;
      return { ...row, status: 'locked', ticket, lock_expires_at: lockExpiresAt };
    }
    case 'IssuedOfferRedeemed':
      return { ...free, status: 'redeemed', ticket: event.data.ticket };
    case 'IssuedOfferUnlocked':
    case 'IssuedOfferReinstated':
      return { ...free, status: 'issued' };
    case 'IssuedOfferExpired':
      return { ...free, status: 'expired' };
    case 'IssuedOfferRevoked':
      return { ...free, status: 'revoked' };
  }
}

/** What changes no row. */
function isUnseen(event: IssuedOfferEvent): event is Unseen {
  return unseen.includes(event.type);
}

type Unseen = Extract<
  IssuedOfferEvent,
  { type: 'OfferIssueRequested' | 'OfferIssueDeclined' | 'DoubleRedemptionFound' }
>;
const unseen: readonly string[] = [
  'OfferIssueRequested',
  'OfferIssueDeclined',
  'DoubleRedemptionFound',
] satisfies Unseen['type'][];

function toRow(issued: Extract<IssuedOfferEvent, { type: 'OfferIssued' }>['data']): IssuedOfferRow {
  return {
    id: issued.issuedOfferId,
    participant_id: issued.participantId,
    offer_id: issued.offerId,
    version: issued.version,
    name: issued.terms.name,
    code: issued.code,
    status: 'issued',
    issued_at: issued.issuedAt,
    valid_from: issued.validFrom ?? null,
    expires_at: issued.expiresAt ?? null,
    lock_expires_at: null,
    ticket: null,
  };
}

async function upsert(
  trx: Transaction<RewardStoreTables>,
  rows: readonly IssuedOfferRow[],
): Promise<void> {
  await trx
    .insertInto(ISSUED_OFFERS)
    .values([...rows])
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        status: eb.ref('excluded.status'),
        lock_expires_at: eb.ref('excluded.lock_expires_at'),
        ticket: eb.ref('excluded.ticket'),
      })),
    )
    .execute();
}
