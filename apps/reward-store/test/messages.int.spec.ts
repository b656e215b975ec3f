import {
  LockOffersForTicket,
  OfferAwardedV1,
  ReinstateOffersOfTicket,
  TransactionRecordedV1,
  type MessageContract,
} from '@fidelis/contracts';
import { startRewardStore, type TestApp } from './reward-store-app';

const lines = [{ lineId: '1', sku: 'muffin', quantity: 1, amount: 280 }];

describe('messages from earning', () => {
  let fidelis: TestApp;
  let sequence = 0;

  beforeEach(async () => {
    fidelis = await startRewardStore();
    fidelis.neighbours.register('anna', 0);
    const body = { id: 'muffin', name: 'Free muffin', type: 'freeItem', skus: ['muffin'] };
    await fidelis.send('POST', '/offers', { body });
  });

  afterEach(async () => {
    await fidelis.close();
    expect(fidelis.errors).toEqual([]);
  });

  const publish = <Data>({ type, topic }: MessageContract<Data>, data: Data): void => {
    sequence += 1;
    const place = { key: 'anna', aggregate: 'membership-anna', revision: sequence };
    const at = { source: '/earning', time: fidelis.clock.now() };
    fidelis.bus.publish({ type, topic, data, id: `m-${sequence}`, ...place, ...at });
  };
  const whenHandled = async (): Promise<void> => {
    for (const group of fidelis.bus.groups) {
      while (!(await fidelis.bus.reachedHead(group))) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
  };
  const award = (issuedOfferId: string) => ({
    issuedOfferId,
    offerId: 'muffin',
    participantId: 'anna',
    reason: { kind: 'tier', id: 'pos-7:100' } as const,
    occurredAt: fidelis.clock.now(),
    operation: { id: issuedOfferId },
  });
  const recorded = (issuedOfferId: string) => ({
    ticket: 'pos-7:100',
    participantId: 'anna',
    total: 280,
    currency: 'EUR',
    occurredAt: fidelis.clock.now(),
    redeemOffers: {
      ticket: 'pos-7:100',
      participantId: 'anna',
      offers: [{ issuedOfferId, discount: 280 }],
      lines,
      operation: { id: 'op-100' },
    },
  });
  const issued = async () => {
    const path = '/participants/anna/issued-offers?fresh=true';
    return (await fidelis.send('GET', path)).body.data;
  };

  it('an offer that a ticket earned is issued once, however often it is told', async () => {
    for (let times = 0; times < 3; times += 1) publish(OfferAwardedV1, award('io-1'));
    await whenHandled();
    expect(await issued()).toMatchObject([{ id: 'io-1', status: 'issued' }]);
  });

  it('a recorded ticket redeems what it locked, once, even after the lock timed out', async () => {
    publish(OfferAwardedV1, award('io-1'));
    await whenHandled();
    const ticket = { ...recorded('io-1').redeemOffers, now: fidelis.clock.now() };
    expect(await fidelis.calls.call(LockOffersForTicket, ticket)).toMatchObject({ ok: true });
    fidelis.clock.pass(3_600_000);
    for (let times = 0; times < 3; times += 1) publish(TransactionRecordedV1, recorded('io-1'));
    await whenHandled();
    expect(await issued()).toMatchObject([{ id: 'io-1', status: 'redeemed' }]);
    expect(await fidelis.eventStore.readStream('issuedOffer-io-1')).toHaveLength(3);
  });

  it('a ticket told again after its return leaves the offer with the participant', async () => {
    publish(OfferAwardedV1, award('io-1'));
    publish(TransactionRecordedV1, recorded('io-1'));
    await whenHandled();
    const ticket = { ...recorded('io-1').redeemOffers, now: fidelis.clock.now() };
    expect(await fidelis.calls.call(ReinstateOffersOfTicket, ticket)).toMatchObject({ ok: true });
    for (let times = 0; times < 2; times += 1) publish(TransactionRecordedV1, recorded('io-1'));
    await whenHandled();
    expect(await issued()).toMatchObject([{ id: 'io-1', status: 'issued' }]);
  });

  it('a ticket without offers, or with unknown ones, is nothing to this service', async () => {
    const { redeemOffers: _redeemOffers, ...plain } = recorded('none');
    publish(TransactionRecordedV1, plain);
    publish(TransactionRecordedV1, recorded('none'));
    publish(OfferAwardedV1, { ...award('io-9'), offerId: 'nobody-defined-it' });
    await whenHandled();
    expect(await issued()).toEqual([]);
  });
});
