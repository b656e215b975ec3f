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
import { AWARDS_GROUP, JOURNAL_GROUP } from './reconciliation-views';

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
    journal(AccountOpenedV1),
    journal(EntriesRecordedV1),
    journal(AccountTermsReplacedV1),
    journal(AwardDeclinedV1),
    journal(CaptureForcedV1),
    journal(PurchaseSettledV1),
    journal(OrderReversedV1),
    awards(PointsAwardedV1),
    awards(AwardReversedV1),
  ],
  answers: [],
  calls: [TakeAccountCensus],
  decides: [],
  // Its views are fed by the topics above, not by the store's feed.
  projects: [],
  processes: [],
  publishes: [],
};
