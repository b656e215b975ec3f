import { OfferAwardedV1, TransactionRecordedV1 } from '@fidelis/contracts';
import { takeGoldens } from '@fidelis/testing/golden';
import { startRewardStore } from './reward-store-app';

it('the golden messages of earning give an offer and redeem it', async () => {
  const app = await startRewardStore();
  const muffin = { id: 'muffin', name: 'Muffin', type: 'amountOff', amount: 300 };
  expect((await app.send('POST', '/offers', { body: muffin })).status).toBe(201);
  expect(await takeGoldens(app.bus, [OfferAwardedV1])).toEqual([]);
  expect((await app.send('GET', '/issued-offers/io-1')).body).toMatchObject({ status: 'issued' });
  expect(await takeGoldens(app.bus, [TransactionRecordedV1])).toEqual([]);
  expect((await app.send('GET', '/issued-offers/io-1')).body).toMatchObject({ status: 'redeemed' });
  expect(app.errors).toEqual([]);
  await app.close();
});
