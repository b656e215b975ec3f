import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  AwardReversedV1,
  CaptureForcedV1,
  EntriesRecordedV1,
  OrderReversedV1,
  PointsAwardedV1,
  PurchaseSettledV1,
  TakeAccountCensus,
  type MessageContract,
} from '@fidelis/contracts';
import type { Consumed, ServiceFlow } from '@fidelis/service';

export const JOURNAL_GROUP = 'reconciliation.journal';
export const AWARDS_GROUP = 'reconciliation.declared-awards';

/** Everything that moves points, and every vendor order that points paid. */
export const JOURNAL_CONTRACTS = [
  AccountOpenedV1,
  EntriesRecordedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  PurchaseSettledV1,
  OrderReversedV1,
] as const;

/** What memberships declared: each must be answered by its account. */
export const AWARDS_CONTRACTS = [PointsAwardedV1, AwardReversedV1] as const;

const journal = (contract: MessageContract<unknown>): Consumed => ({
  contract,
  group: JOURNAL_GROUP,
  handler: 'inbound/journal.consumer.ts',
});

const awards = (contract: MessageContract<unknown>): Consumed => ({
  contract,
  group: AWARDS_GROUP,
  handler: 'inbound/declared-awards.consumer.ts',
});

export const reconciliationFlow: ServiceFlow = {
  service: 'reconciliation',
  purpose: 'Proves every point: double-entry journal, trial balance, roll-forward, integrity.',
  consumes: [
    ...JOURNAL_CONTRACTS.map((contract) => journal(contract)),
    ...AWARDS_CONTRACTS.map((contract) => awards(contract)),
  ],
  answers: [],
  calls: [TakeAccountCensus],
  decides: [],
  // Its views are fed by the topics above, not by the store's feed.
  projects: [],
  processes: [],
  publishes: [],
};
