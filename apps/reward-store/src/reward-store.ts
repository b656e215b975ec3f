import { RehearsedPlatform, type Platform } from '@fidelis/service';
import { Catalogue } from './catalogue/catalogue';
import { Allotments } from './commands/allotments';
import { BuyOffers } from './commands/buy-offer';
import { IssueOffers } from './commands/issue-offer';
import { StoreShelf } from './commands/store-shelf';
import { UseOffers } from './commands/use-offers';
import { Visitors } from './commands/visitors';
import { rewardStoreCalls } from './inbound/reward-store.calls';
import { issuedOfferTimer, issueResume, redemptionCount } from './processes/issued-offer.process';
import { OfferPurchases } from './processes/offer-purchase.process';
import { issuedOffersProjection } from './projections/issued-offers/issued-offers.projection';
import { rewardStoreDefaults, type RewardStoreConfig } from './reward-store.config';
import { rewardStoreFlow } from './reward-store.flow';
import { RewardStoreRuntime } from './reward-store.runtime';
import { RewardStoreStreams } from './reward-store.streams';

/** The service, put together: what controllers and consumers speak to. */
export class RewardStore {
  readonly streams: RewardStoreStreams;
  readonly visitors: Visitors;
  readonly allotments: Allotments;
  readonly shelf: StoreShelf;
  readonly issueOffers: IssueOffers;
  readonly useOffers: UseOffers;
  readonly purchases: OfferPurchases;
  readonly buyOffers: BuyOffers;

  constructor(
    readonly platform: Platform,
    private readonly config: RewardStoreConfig = rewardStoreDefaults,
    readonly catalogue = new Catalogue(platform.eventStore),
  ) {
    const { calls, eventStore } = platform;
    const streams = new RewardStoreStreams(eventStore);
    const visitors = new Visitors(calls);
    const allotments = new Allotments(streams);
    const purchases = new OfferPurchases(streams, allotments, { calls, config });
    const parts = { streams, catalogue, visitors, allotments, purchases, config };
    this.streams = streams;
    this.visitors = visitors;
    this.allotments = allotments;
    this.purchases = purchases;
    this.shelf = new StoreShelf(catalogue, allotments);
    this.issueOffers = new IssueOffers(streams, catalogue, allotments);
    this.useOffers = new UseOffers(streams, allotments, { visitors, config });
    this.buyOffers = new BuyOffers(parts);
  }

  /** For one dry run; offers and stores are as they stand. */
  rehearsal(): RewardStore {
    return this.on(new RehearsedPlatform(this.platform));
  }

  /** What it does besides answering HTTP. */
  runtime(): RewardStoreRuntime {
    const { platform, config, streams, allotments, purchases, useOffers, issueOffers } = this;
    return new RewardStoreRuntime({
      flow: rewardStoreFlow,
      platform,
      answers: rewardStoreCalls(useOffers, issueOffers),
      projections: [issuedOffersProjection],
      processes: [redemptionCount(streams, allotments)],
      timers: [purchases.timer(), issueResume(issueOffers, config), issuedOfferTimer(streams)],
      rehearse: (rehearsed) => this.on(rehearsed).runtime(),
    });
  }

  private on(platform: Platform): RewardStore {
    return new RewardStore(platform, this.config, this.catalogue);
  }
}
