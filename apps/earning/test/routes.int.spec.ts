import { describeRoutes } from '@fidelis/http';
import { startEarning, type TestApp } from './earning-app';

let app: TestApp;

beforeAll(async () => {
  app = await startEarning();
});

afterAll(() => app.close());

describe('what earning tells a gateway', () => {
  it('says which field of a ticket names whose it is, so that replicas do not meet', () => {
    const { routes } = describeRoutes(app.routes);
    const ofTickets = routes.find(
      ({ method, path }) => method === 'POST' && path === '/v1/transactions',
    );
    expect(ofTickets?.about).toBe('participant');
  });
});
