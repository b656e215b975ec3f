import type { RecordedEvent } from '@fidelis/event-store';
import type { AccountTerms } from '@fidelis/ledger';
import { publicMessages } from '@fidelis/messaging';
import {
  awardPoints,
  evolve,
  initialAccount,
  openAccount,
  type AccountEvent,
} from '../domain/account';
import { accountPublisher } from './account.publisher';

const at = '2026-11-22T09:00:00.000Z';
const terms: AccountTerms = {
  ...{ programId: 'prog', version: 1, currency: 'EUR', timeZone: 'UTC' },
  redeem: { points: 1, worth: 1 },
  expiry: { policy: 'never' },
  ...{ clawback: 'refuse', restore: 'original' },
  wallets: [{ code: 'points', spendable: true, maxBalance: 10 }],
};

function recorded(event: AccountEvent, revision: number): RecordedEvent {
  const place = { stream: 'account-acc', category: 'account', revision, position: revision };
  const metadata = { recordedAt: at, operationId: 'op' };
  return { ...event, ...place, id: `e${revision}`, metadata } as unknown as RecordedEvent;
}

/** Opens an account and awards it 10, 0 and 5 points, of which its wallet takes the first 10. */
function story(): readonly RecordedEvent[] {
  const opened = openAccount(
    { accountId: 'acc', participantId: 'p', sequence: 1, terms, now: at },
    initialAccount,
  );
  const first = opened.outcome === 'accepted' ? opened.events : [];
  const awards = [10, 0, 5].map((points, index) => ({
    sequence: index + 2,
    grants: points === 0 ? [] : [grantOf(points)],
    occurredAt: at,
    source: { kind: 'transaction', id: `t${index}` } as const,
  }));
  const awarded = awardPoints(awards, at, first.reduce(evolve, initialAccount));
  const events = awarded.outcome === 'accepted' ? awarded.events : [];
  return [...first, ...events].map(recorded);
}

function grantOf(points: number) {
  const dates = { grantedAt: at, availableAt: at };
  return { points, wallet: 'points', pointSource: 'default', ...dates };
}

describe('the publisher of accounts', () => {
  const messages = story().flatMap((event) => publicMessages(accountPublisher, event));

  it('tells of the opening, of entries with what the account is after them, and of declines', () => {
    expect(messages.map(({ type }) => type)).toEqual([
      'accounts.account-opened.v1',
      'accounts.entries-recorded.v1',
      'accounts.award-declined.v1',
      'accounts.entries-recorded.v1',
    ]);
    expect(messages.every(({ key }) => key === 'acc')).toBe(true);
  });

  it('answers each numbered award once, awards of 0 points too', () => {
    expect(messages[1]?.data).toMatchObject({
      accountId: 'acc',
      participantId: 'p',
      programId: 'prog',
      revision: 1,
      entries: [{ id: 'acc.1.0', type: 'earn', points: 10, balanceAfter: 10 }],
      after: {
        ...{ total: 10, available: 10, pending: 0, held: 0, debt: 0 },
        wallets: [{ wallet: 'points', total: 10 }],
        bySource: [{ pointSource: 'default', total: 10 }],
      },
      awards: [
        { sequence: 2, outcome: 'credited' },
        { sequence: 3, outcome: 'credited' },
      ],
    });
    expect(messages[2]?.data).toMatchObject({
      ...{ sequence: 4, points: 5, code: 'max_balance_reached' },
      source: { kind: 'transaction', id: 't2' },
    });
    expect(messages[3]?.data).toMatchObject({ awards: [{ sequence: 4, outcome: 'declined' }] });
  });

  it('gives the same messages when history is published again', () => {
    expect(story().flatMap((event) => publicMessages(accountPublisher, event))).toEqual(messages);
  });
});
