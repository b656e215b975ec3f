import { startServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { takeGoldens } from '@fidelis/testing/golden';
import { ReconciliationModule } from '../src/reconciliation.module';
import { reconciliationFlow } from '../src/reconciliation.flow';

it('the golden messages of all services go into the journal, and it balances', async () => {
  const platform = new TestPlatform({ clock: new TestClock('2026-11-22T10:00:05.000Z') });
  const app = await startServiceApp(platform, [ReconciliationModule]);
  const contracts = reconciliationFlow.consumes.map(({ contract }) => contract);
  expect(contracts.length).toBeGreaterThanOrEqual(9);
  expect(await takeGoldens(platform.bus, contracts)).toEqual([]);
  const { body } = await app.send('GET', '/reconciliation/trial-balance');
  expect(body.balanced).toBe(true);
  expect(body.rows.length).toBeGreaterThan(0);
  expect(platform.errors).toEqual([]);
  await app.close();
});
