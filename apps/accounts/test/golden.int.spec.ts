import { AwardReversedV1, MembershipOpenedV1, PointsAwardedV1 } from '@fidelis/contracts';
import { takeGoldens } from '@fidelis/testing/golden';
import { startAccounts } from './accounts-app';

it('the golden messages of memberships open an account, credit it and take back', async () => {
  const app = await startAccounts();
  const contracts = [MembershipOpenedV1, PointsAwardedV1, AwardReversedV1];
  expect(await takeGoldens(app.bus, contracts)).toEqual([]);
  // 10 points of the ticket, 4 of them taken back.
  const { body } = await app.send('GET', '/accounts/acc/balance');
  expect(body).toMatchObject({ available: 6, lifetime: { earned: 10, reversed: 4 } });
  expect(app.errors).toEqual([]);
  await app.close();
});
