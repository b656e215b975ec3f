import { Controller } from '@nestjs/common';
import { TransactionRecordedV1 } from '@fidelis/contracts';
import { Consumes, type DataOf, type MessageContext } from '@fidelis/messaging';
import { RewardStore } from '../reward-store';
import { REPAIR_LINGER_MS } from './repair-linger';

/** A recorded ticket redeems the offers that it names, also when earning's call was lost. */
@Controller()
export class TransactionRecordedConsumer {
  constructor(private readonly rewardStore: RewardStore) {}

  @Consumes(TransactionRecordedV1, {
    group: 'reward-store.transaction-recorded',
    where: ({ redeemOffers }) => redeemOffers !== undefined,
    lingerMs: REPAIR_LINGER_MS,
  })
  async redeem(
    recorded: DataOf<typeof TransactionRecordedV1>,
    _context: MessageContext,
  ): Promise<void> {
    const { redeemOffers } = recorded;
    if (redeemOffers === undefined) return;
    await this.rewardStore.useOffers.redeemOfTicket({
      ...redeemOffers,
      now: this.rewardStore.platform.clock.now(),
    });
  }
}
