import { ENROLMENT_GRACE_MS } from '../src/accounts.config';
import { startAccounts, type TestApp } from './accounts-app';

/** `other` answers requests; `active` holds the lease, so lost enrolments are repaired there. */
describe('of two replicas, the one that enrols whom the other one registered', () => {
  let other: TestApp;
  let active: TestApp;
  beforeEach(async () => {
    other = await startAccounts({ replica: 'standby' });
    active = await startAccounts({ replica: 'active', beside: other });
  });
  afterEach(async () => {
    await active.close();
    await other.close();
  });

  it('leaves alone who is enrolled', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => JSON.stringify({ id: `p${n}`, name: 'P' }));
    expect((await other.send('POST', '/participants/import', { lines })).status).toBe(200);
    await active.service.runtime.reachHead(30_000);
    expect(other.earning.enrolments).toBe(20);
    expect(active.errors).toEqual([]);
  });

  it('enrols who is not, when nobody can be at it any more', async () => {
    other.earning.away = true;
    const body = { id: 'ann', name: 'Ann' };
    expect((await other.send('POST', '/participants', { body })).status).toBe(503);
    other.earning.away = false;
    // Where it has begun to wait already, this is too late, and it waits for 5 s.
    other.clock.pass(ENROLMENT_GRACE_MS);
    await active.service.runtime.reachHead(30_000);
    expect(other.earning.enrolments).toBe(1);
    expect((await other.send('GET', '/participants/ann')).body).toMatchObject({
      accounts: [{ programId: 'prog' }],
    });
  });
});
