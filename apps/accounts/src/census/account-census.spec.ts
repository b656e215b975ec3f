import type { RecordedEvent } from '@fidelis/event-store';
import { MemoryEventStore } from '@fidelis/event-store-memory';
import type { AccountTerms } from '@fidelis/ledger';
import { Accounts, type To } from '../commands/accounts';
import { AccountCensusTaker } from './account-census';
import { accountStreamCheck } from './account-stream-check';

const now = '2026-11-02T10:00:00.000Z';
const terms: AccountTerms = {
  ...{ programId: 'gold', version: 1, currency: 'EUR', timeZone: 'Europe/Berlin' },
  redeem: { points: 1, worth: 1 },
  expiry: { policy: 'never' },
  clawback: 'allow-negative',
  restore: 'original',
  wallets: [{ code: 'points', spendable: true }],
};
const source = { kind: 'credit', id: 's' } as const;

let store: MemoryEventStore;
let accounts: Accounts;
let census: AccountCensusTaker;

const to = (accountId: string, operation: string): To => ({
  ...{ accountId, operation: { id: `${accountId}-${operation}` } },
});

/** As an answered command is: on disk. */
const done = async (handled: ReturnType<Accounts['credit' | 'open' | 'hold' | 'debit']>) => {
  const outcome = await handled;
  if (outcome.outcome === 'rejected') throw new Error(outcome.rejection.detail);
  await outcome.durable;
};

const open = async (accountId: string): Promise<void> => {
  const participantId = `p-${accountId}`;
  const command = { accountId, participantId, sequence: 1, terms, now };
  await done(accounts.open(to(accountId, 'open'), command));
};

const credit = async (accountId: string, points: number, operation = 'credit'): Promise<void> => {
  const lotId = `${accountId}-${operation}`;
  const command = { lotId, points, reason: 'r', source, now };
  await done(accounts.credit(to(accountId, operation), command));
};

const hold = async (accountId: string, points: number, expiresAt: string): Promise<void> => {
  await done(accounts.hold(to(accountId, 'hold'), { points, expiresAt, source, now }));
};

const eventsOf = (accountId: string): Promise<readonly RecordedEvent[]> =>
  store.readStream(`account-${accountId}`);

beforeEach(() => {
  store = new MemoryEventStore();
  accounts = new Accounts(store);
  census = new AccountCensusTaker(store, accounts);
});

describe('the census of accounts', () => {
  it('sums all accounts, exactly beyond 2^53', async () => {
    await open('ann');
    await open('bob');
    await credit('ann', Number.MAX_SAFE_INTEGER);
    await credit('bob', Number.MAX_SAFE_INTEGER);
    const { accounts: counted, events, totals, unsound } = await census.take({ dueBefore: now });
    expect([counted, events, unsound]).toEqual([2, 4, []]);
    expect(totals).toEqual([
      {
        ...{ programId: 'gold', wallet: 'points', pointSource: 'default' },
        ...{ total: '18014398509481982', debt: '0' },
      },
    ]);
  });

  it('counts again what has changed since the last time, and nothing twice', async () => {
    await open('ann');
    await credit('ann', 9);
    await census.take({ dueBefore: now });
    await done(accounts.debit(to('ann', 'debit'), { points: 4, reason: 'r', source, now }));
    const { totals, events } = await census.take({ dueBefore: now });
    expect(totals.map(({ total }) => total)).toEqual(['5']);
    expect(events).toBe(3);
  });

  it('lists holds that still stand although they are due', async () => {
    await open('ann');
    await credit('ann', 9);
    const expiresAt = '2026-11-02T11:00:00.000Z';
    await hold('ann', 5, expiresAt);
    const early = await census.take({ dueBefore: expiresAt });
    expect(early.overdueHolds).toEqual([]);
    const late = await census.take({ dueBefore: '2026-11-02T12:00:00.000Z' });
    const holdId = expect.stringMatching(/^ann\./);
    expect(late.overdueHolds).toEqual([{ accountId: 'ann', holdId, expiresAt }]);
  });
});

describe("the offline verifier's check of an account", () => {
  beforeEach(async () => {
    await open('ann');
    await credit('ann', 9);
    await hold('ann', 5, '2026-11-02T11:00:00.000Z');
  });

  it('finds nothing in a sound stream', async () => {
    expect(accountStreamCheck.faultOf(await eventsOf('ann'))).toBeUndefined();
  });

  it('finds points that were made', async () => {
    const events = (await eventsOf('ann')).map((event) => {
      if (event.type !== 'PointsCredited') return event;
      const text = JSON.stringify(event.data).replaceAll('"points":9', '"points":90');
      return { ...event, data: JSON.parse(text) };
    });
    expect(accountStreamCheck.faultOf(events)).toBe(
      'revision 1: its balance is not what the events give',
    );
  });

  it('finds an event that is missing', async () => {
    const [opened, , held] = await eventsOf('ann');
    const cut = [opened, held].filter((event) => event !== undefined);
    expect(accountStreamCheck.faultOf(cut)).toMatch('its balance is not what the events give');
  });
});
