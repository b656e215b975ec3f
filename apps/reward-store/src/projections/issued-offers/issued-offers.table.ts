import type { Kysely } from 'kysely';

export const ISSUED_OFFERS = 'issued_offers';

/** One row per issued offer. Instants are in normal form: they compare as text. */
export interface IssuedOfferRow {
  readonly id: string;
  readonly participant_id: string;
  readonly offer_id: string;
  readonly version: number;
  readonly name: string;
  readonly code: string;
  /** As recorded; queries add what is due. */
  readonly status: 'issued' | 'locked' | 'redeemed' | 'expired' | 'revoked';
  readonly issued_at: string;
  readonly valid_from: string | null;
  readonly expires_at: string | null;
  readonly lock_expires_at: string | null;
  /** Locked for, or redeemed by. */
  readonly ticket: string | null;
}

export interface RewardStoreTables {
  readonly issued_offers: IssuedOfferRow;
}

export async function createIssuedOffers(db: Kysely<RewardStoreTables>): Promise<void> {
  await db.schema
    .createTable(ISSUED_OFFERS)
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('participant_id', 'text', (column) => column.notNull())
    .addColumn('offer_id', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'text', (column) => column.notNull())
    .addColumn('valid_from', 'text')
    .addColumn('expires_at', 'text')
    .addColumn('lock_expires_at', 'text')
    .addColumn('ticket', 'text')
    .execute();
  await db.schema
    .createIndex('issued_offers_of_participant')
    .ifNotExists()
    .on(ISSUED_OFFERS)
    .columns(['participant_id', 'issued_at', 'id'])
    .execute();
}
