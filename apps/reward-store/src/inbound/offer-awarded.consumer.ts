import { Controller } from '@nestjs/common';
import { OfferAwardedV1, type IssueOfferRequest } from '@fidelis/contracts';
import { Consumes, type MessageContext } from '@fidelis/messaging';
import { Platform } from '@fidelis/service';
import { IssueOffers } from '../commands/issue-offer';

/**
 * Repairs a lost call: the offer that a ticket earned is issued, or declined on record. After a
 * call that was answered it changes nothing.
 */
@Controller()
export class OfferAwardedConsumer {
  constructor(
    private readonly platform: Platform,
    private readonly issueOffers: IssueOffers,
  ) {}

  @Consumes(OfferAwardedV1, { group: 'reward-store.offer-awarded' })
  async issue(award: Omit<IssueOfferRequest, 'now'>, _context: MessageContext): Promise<void> {
    const now = this.platform.clock.now();
    await this.issueOffers.issue({ ...award, now });
  }
}
