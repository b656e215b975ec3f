import { Controller } from '@nestjs/common';
import {
  AccountOpenedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  EntriesRecordedV1,
  OrderReversedV1,
  PurchaseSettledV1,
} from '@fidelis/contracts';
import { ConsumesBatch, type ReceivedMessage } from '@fidelis/messaging';
import { recordInJournal } from '../projections/journal/journal.projection';
import { JOURNAL_GROUP, ReconciliationViews } from '../reconciliation-views';

const CONTRACTS = [
  AccountOpenedV1,
  EntriesRecordedV1,
  AccountTermsReplacedV1,
  AwardDeclinedV1,
  CaptureForcedV1,
  PurchaseSettledV1,
  OrderReversedV1,
] as const;

/** Everything that moves points, and every vendor order that points paid, into the journal. */
@Controller()
export class JournalConsumer {
  constructor(private readonly views: ReconciliationViews) {}

  @ConsumesBatch(CONTRACTS, { group: JOURNAL_GROUP })
  async record(messages: readonly ReceivedMessage[]): Promise<void> {
    await recordInJournal(await this.views.journal(), messages);
  }
}
