import type { Kysely } from 'kysely';
import type { RecordedEvent } from '@fidelis/event-store';
import { describeOnDatabases } from '@fidelis/infra';
import { issuedOffersProjection } from './issued-offers.projection';
import { listIssuedOffers } from './issued-offers.query';
import type { RewardStoreTables } from './issued-offers.table';

const NOON = '2026-11-23T12:00:00.000Z';
const QUARTER_PAST = '2026-11-23T12:15:00.000Z';
const EVENING = '2026-11-23T18:00:00.000Z';

const stored = (id: string, type: string, data: object): RecordedEvent => ({
  id: `${id}-${type}`,
  type,
  data: { ...data },
  metadata: { recordedAt: NOON, operationId: 'op' },
  stream: `issuedOffer-${id}`,
  category: 'issuedOffer',
  revision: 0,
  position: 0,
});
const issued = (id: string, expiresAt?: string) =>
  stored(id, 'OfferIssued', {
    issuedOfferId: id,
    offerId: 'muffin',
    version: 1,
    terms: { name: 'Free muffin' },
    participantId: 'anna',
    code: `CODE-${id}`,
    reason: { kind: 'grant', id: 'op' },
    issuedAt: NOON,
    ...(expiresAt !== undefined && { expiresAt }),
  });
const locked = (id: string) =>
  stored(id, 'IssuedOfferLocked', { ticket: 'pos-7:100', lockExpiresAt: QUARTER_PAST });
const redeemed = (id: string) => stored(id, 'IssuedOfferRedeemed', { ticket: 'pos-7:100' });

describeOnDatabases('the view of issued offers', (databases) => {
  let db: Kysely<RewardStoreTables>;

  beforeEach(async () => {
    db = databases.open<RewardStoreTables>();
    await issuedOffersProjection.create(db);
  });

  const apply = (...events: RecordedEvent[]) =>
    db.transaction().execute((trx) => issuedOffersProjection.apply(trx, events));
  const rows = () => db.selectFrom('issued_offers').selectAll().orderBy('id').execute();
  const listed = async (now: string, status?: 'issued' | 'locked' | 'expired' | 'redeemed') => {
    const query = { participantId: 'anna', status, now, limit: 50 };
    return (await listIssuedOffers(db, query)).map((offer) => `${offer.id} ${offer.status}`);
  };

  it('shows the same rows whether events come together or one by one, once or twice', async () => {
    const story = [issued('a'), issued('b'), locked('a'), redeemed('a'), locked('b')];
    await apply(...story);
    const together = await rows();
    await apply(...story);
    expect(await rows()).toEqual(together);
    await db.deleteFrom('issued_offers').execute();
    for (const event of story) await apply(event);
    expect(await rows()).toEqual(together);
    expect(together).toMatchObject([
      { id: 'a', status: 'redeemed', ticket: 'pos-7:100', lock_expires_at: null },
      { id: 'b', status: 'locked', lock_expires_at: QUARTER_PAST },
    ]);
  });

  it('counts what is due, whether or not it was recorded', async () => {
    await apply(issued('a', EVENING), issued('b'), locked('b'), issued('c', EVENING), locked('c'));
    expect(await listed(NOON)).toEqual(['c locked', 'b locked', 'a issued']);
    expect(await listed(NOON, 'locked')).toEqual(['c locked', 'b locked']);
    expect(await listed(QUARTER_PAST, 'issued')).toEqual(['c issued', 'b issued', 'a issued']);
    expect(await listed(EVENING, 'issued')).toEqual(['b issued']);
    expect(await listed(EVENING, 'expired')).toEqual(['c expired', 'a expired']);
  });
});
