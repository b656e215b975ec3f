import { Controller } from '@nestjs/common';
import { ConsumesBatch, type ReceivedMessage } from '@fidelis/messaging';
import { recordInJournal } from '../projections/journal/journal.projection';
import { ReconciliationDatabase } from '../reconciliation-database';
import { JOURNAL_CONTRACTS, JOURNAL_GROUP } from '../reconciliation.flow';

/** Everything that moves points, and every vendor order that points paid, into the journal. */
@Controller()
export class JournalConsumer {
  constructor(private readonly views: ReconciliationDatabase) {}

  @ConsumesBatch(JOURNAL_CONTRACTS, { group: JOURNAL_GROUP })
  async record(messages: readonly ReceivedMessage[]): Promise<void> {
    await recordInJournal(await this.views.journal(), messages);
  }
}
