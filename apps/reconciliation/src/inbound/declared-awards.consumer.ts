import { Controller } from '@nestjs/common';
import { AwardReversedV1, PointsAwardedV1 } from '@fidelis/contracts';
import { ConsumesBatch, type ReceivedMessage } from '@fidelis/messaging';
import { recordDeclaredAwards } from '../projections/awards/awards.projection';
import { AWARDS_GROUP, ReconciliationViews } from '../reconciliation-views';

interface Declaration {
  readonly accountId: string;
  readonly sequence: number;
}

/** What memberships declared: each must be answered by its account. */
@Controller()
export class DeclaredAwardsConsumer {
  constructor(private readonly views: ReconciliationViews) {}

  @ConsumesBatch([PointsAwardedV1, AwardReversedV1], { group: AWARDS_GROUP })
  async record(messages: readonly ReceivedMessage<Declaration>[]): Promise<void> {
    await recordDeclaredAwards(await this.views.awards(), messages);
  }
}
