import { startServiceApp, type ServiceApp } from '@fidelis/testing/service-app';
import { TestClock, TestPlatform } from '@fidelis/testing/test-platform';
import { takeGoldens } from '@fidelis/testing/golden';
import { ReconciliationModule } from '../src/reconciliation.module';
import { reconciliationFlow } from '../src/reconciliation.flow';

const NOW = '2026-11-22T10:00:05.000Z';

describe('the reports of finance', () => {
  let app: ServiceApp;

  beforeAll(async () => {
    const platform = new TestPlatform({ clock: new TestClock(NOW) });
    app = await startServiceApp(platform, [ReconciliationModule]);
    await takeGoldens(
      platform.bus,
      reconciliationFlow.consumes.map(({ contract }) => contract),
    );
  });
  afterAll(() => app.close());

  const csvOf = async (url: string) => {
    const headers = { authorization: 'Bearer admin', accept: 'text/csv' };
    const { statusCode, body, headers: answered } = await app.app.inject({ url, headers });
    expect(statusCode).toBe(200);
    const [columns, ...rows] = body.trimEnd().split('\r\n');
    return { columns, rows, link: answered['link'], etag: answered['etag'] };
  };
  const nextOf = (link: unknown): string =>
    /^<(\/v1\/[^>]+)>; rel="next"$/.exec(String(link))?.[1] ?? '';

  it('give the journal as CSV page by page; a header names the next page while there is one', async () => {
    const whole = await csvOf('/v1/reconciliation/journal?limit=200');
    expect(whole.link).toBeUndefined();
    expect(whole.etag).toMatch(/^".+"$/);

    const first = await csvOf('/v1/reconciliation/journal?limit=1&from=2020-01-01T00:00:00Z');
    const rows = [...first.rows];
    let pages = 1;
    for (let next = nextOf(first.link); next !== ''; pages += 1) {
      const page = await csvOf(next);
      expect(page.columns).toBe(whole.columns);
      rows.push(...page.rows);
      next = nextOf(page.link);
    }
    expect(pages).toBeGreaterThan(1);
    expect(rows).toEqual(whole.rows);
  });

  it.each([
    ['trial-balance?asOf=2099-01-01T00:00:00Z', 'instant_in_future'],
    ['liability?asOf=2099-01-01T00:00:00Z', 'instant_in_future'],
    ['roll-forward?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'invalid_period'],
  ])('refuse what cannot be answered: %s', async (report, code) => {
    expect(await app.send('GET', `/reconciliation/${report}`)).toMatchObject({
      status: 422,
      body: { code },
    });
  });

  it('answer for this very instant', async () => {
    const { status, body } = await app.send('GET', `/reconciliation/trial-balance?asOf=${NOW}`);
    expect([status, body.balanced]).toEqual([200, true]);
  });
});
