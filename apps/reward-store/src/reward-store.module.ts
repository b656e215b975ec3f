import { Module } from '@nestjs/common';
import { Platform } from '@fidelis/service';
import { IssuedOffersController } from './http/issued-offers.controller';
import { ListingsController } from './http/listings.controller';
import { OfferPurchasesController } from './http/offer-purchases.controller';
import { OffersController } from './http/offers.controller';
import { ParticipantIssuedOffersController } from './http/participant-issued-offers.controller';
import { ParticipantStoresController } from './http/participant-stores.controller';
import { RewardStoresController } from './http/reward-stores.controller';
import { OfferAwardedConsumer } from './inbound/offer-awarded.consumer';
import { TransactionRecordedConsumer } from './inbound/transaction-recorded.consumer';
import { RewardStore } from './reward-store';
import { RewardStoreRuntime } from './reward-store.runtime';

/** `Platform` comes from the host, which has chosen the adapters. */
@Module({
  controllers: [
    OffersController,
    RewardStoresController,
    ListingsController,
    OfferPurchasesController,
    ParticipantStoresController,
    ParticipantIssuedOffersController,
    IssuedOffersController,
    OfferAwardedConsumer,
    TransactionRecordedConsumer,
  ],
  providers: [
    {
      provide: RewardStore,
      inject: [Platform],
      useFactory: (platform: Platform) => new RewardStore(platform),
    },
    {
      provide: RewardStoreRuntime,
      inject: [RewardStore],
      useFactory: (rewardStore: RewardStore) => rewardStore.runtime(),
    },
  ],
})
export class RewardStoreModule {}
