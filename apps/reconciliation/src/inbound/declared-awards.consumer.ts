import { Controller } from '@nestjs/common';
import { ConsumesBatch, type ReceivedMessage } from '@fidelis/messaging';
import { recordDeclaredAwards, type Declaration } from '../projections/awards/awards.projection';
import { ReconciliationDatabase } from '../reconciliation-database';
import { AWARDS_CONTRACTS, AWARDS_GROUP } from '../reconciliation.flow';

/** What memberships declared: each must be answered by its account. */
@Controller()
export class DeclaredAwardsConsumer {
  constructor(private readonly views: ReconciliationDatabase) {}

  @ConsumesBatch(AWARDS_CONTRACTS, { group: AWARDS_GROUP })
  async record(messages: readonly ReceivedMessage<Declaration>[]): Promise<void> {
    await recordDeclaredAwards(await this.views.awards(), messages);
  }
}
