import { Controller } from '@nestjs/common';
import { TransactionRecordedV1 } from '@fidelis/contracts';
import { Consumes, type DataOf, type MessageContext } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import { UseOffers } from '../commands/use-offers';

/** A recorded ticket redeems the offers that it names, also when earning's call was lost. */
@Controller()
export class TransactionRecordedConsumer {
  constructor(
    private readonly platform: Platform,
    private readonly useOffers: UseOffers,
  ) {}

  @Consumes(TransactionRecordedV1, { group: 'reward-store.transaction-recorded' })
  async redeem(
    recorded: DataOf<typeof TransactionRecordedV1>,
    _context: MessageContext,
  ): Promise<void> {
    const { redeemOffers } = recorded;
    if (redeemOffers === undefined) return;
    await this.useOffers.redeemOfTicket({ ...redeemOffers, now: this.platform.clock.now() });
  }
}
