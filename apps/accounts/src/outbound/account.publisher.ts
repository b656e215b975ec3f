import {
  ACCOUNT_EVENTS,
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  EntriesRecordedV1,
} from '@fidelis/contracts';
import type { RecordedEvent } from '@fidelis/event-store';
import { definePublisher, outgoing, type DataOf, type OutgoingMessage } from '@fidelis/messaging';
import {
  entriesOf,
  totalOf,
  type AccountAfter,
  type AccountEvent,
  type RecordedAccountEvent,
} from '../domain/account';
import { toRecordedAccountEvent } from '../queries/recorded-account-event';

type EntriesRecorded = DataOf<typeof EntriesRecordedV1>;

/** Everything that happens to accounts, for finance, views and whoever listens. */
export const accountPublisher = definePublisher({
  service: 'accounts',
  categories: ['account'],
  topic: ACCOUNT_EVENTS,
  toMessages: (stored: RecordedEvent) => {
    const recorded = toRecordedAccountEvent(stored);
    return [...aboutTheAccount(recorded), ...toEntriesRecorded(recorded)];
  },
});

/** Also where nothing moves the total: holds and debts show in `after`. */
function toEntriesRecorded(recorded: RecordedAccountEvent): readonly OutgoingMessage[] {
  const { event, accountId, revision } = recorded;
  if (movesNothing(event)) return [];
  const { participantId, programId } = event.data.after;
  const awards = answeredAwards(event);
  const data: EntriesRecorded = {
    accountId,
    participantId,
    programId,
    revision,
    entries: entriesOf(recorded),
    after: toAfter(event.data.after),
    ...(awards.length > 0 && { awards }),
  };
  return [outgoing(EntriesRecordedV1, { key: accountId, data })];
}

function movesNothing(event: AccountEvent): boolean {
  return event.type === 'AccountOpened' || event.type === 'TermsReplaced';
}

function answeredAwards(event: AccountEvent): NonNullable<EntriesRecorded['awards']> {
  switch (event.type) {
    case 'PointsAwarded':
      return event.data.awards.map(({ sequence }) => ({ sequence, outcome: 'credited' }));
    case 'AwardReversed':
      return [{ sequence: event.data.sequence, outcome: 'credited' }];
    case 'AwardDeclined':
    case 'ReversalRefused':
      return [{ sequence: event.data.sequence, outcome: 'declined' }];
    default:
      return [];
  }
}

function toAfter({ wallets }: AccountAfter): EntriesRecorded['after'] {
  const sums = { total: 0, debt: 0, held: 0, pending: 0, available: 0 };
  const bySource = new Map<string, number>();
  const byWallet = Object.entries(wallets).map(([wallet, balance]) => {
    const total = totalOf(balance);
    sums.total += total;
    sums.debt += balance.debt;
    sums.held += balance.held;
    sums.pending += balance.pending;
    sums.available += balance.available;
    for (const [pointSource, share] of Object.entries(balance.sources)) {
      bySource.set(pointSource, (bySource.get(pointSource) ?? 0) + share.total);
    }
    return { wallet, total };
  });
  return {
    ...sums,
    wallets: byWallet,
    bySource: [...bySource].map(([pointSource, total]) => ({ pointSource, total })),
  };
}

function aboutTheAccount(recorded: RecordedAccountEvent): readonly OutgoingMessage[] {
  const { event, accountId, revision } = recorded;
  const { participantId, programId } = event.data.after;
  const key = accountId;
  switch (event.type) {
    case 'AccountOpened': {
      const { terms, at: openedAt } = event.data;
      const data = { accountId, participantId, programId, revision, terms, openedAt };
      return [outgoing(AccountOpenedV1, { key, data })];
    }
    case 'TermsReplaced': {
      const { terms, at: replacedAt } = event.data;
      const data = { accountId, programId, revision, terms, replacedAt };
      return [outgoing(AccountTermsReplacedV1, { key, data })];
    }
    case 'AwardDeclined': {
      const { sequence, declined, source } = event.data;
      const data = { accountId, programId, revision, sequence, ...declined, source };
      return [outgoing(AwardDeclinedV1, { key, data })];
    }
    case 'CaptureForced': {
      const { holdId } = event.data;
      const debt = pointsOf(event.data.debt);
      const points = pointsOf(event.data.lots) + debt;
      const data = { accountId, revision, holdId, points, debt };
      return [outgoing(CaptureForcedV1, { key, data })];
    }
    default:
      return [];
  }
}

function pointsOf(parts: readonly { readonly points: number }[]): number {
  return parts.reduce((sum, part) => sum + part.points, 0);
}
