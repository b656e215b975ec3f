import { Controller } from '@nestjs/common';
import { OfferAwardedV1, type IssueOfferRequest } from '@fidelis/contracts';
import { Consumes, type MessageContext } from '@fidelis/messaging';
import { RewardStore } from '../reward-store';
import { REPAIR_LINGER_MS } from './repair-linger';

/**
 * Repairs a lost call: the offer that a ticket earned is issued, or declined on record. After a
 * call that was answered it changes nothing.
 */
@Controller()
export class OfferAwardedConsumer {
  constructor(private readonly rewardStore: RewardStore) {}

  @Consumes(OfferAwardedV1, { group: 'reward-store.offer-awarded', lingerMs: REPAIR_LINGER_MS })
  async issue(award: Omit<IssueOfferRequest, 'now'>, _context: MessageContext): Promise<void> {
    const now = this.rewardStore.platform.clock.now();
    await this.rewardStore.issueOffers.issue({ ...award, now });
  }
}
