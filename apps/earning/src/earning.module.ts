import { Module } from '@nestjs/common';
import { Platform } from '@fidelis/service';
import { Earning } from './earning';
import { earningConfig } from './earning.config';
import { EarningRuntime } from './earning.runtime';
import { CampaignsController } from './http/campaigns.controller';
import { ProgramsController } from './http/programs.controller';
import { ReturnsController } from './http/returns.controller';
import { TransactionsController } from './http/transactions.controller';
import { PosTransactionsConsumer } from './inbound/pos-transactions.consumer';

/** `Platform` comes from the host, which has chosen the adapters. */
@Module({
  controllers: [
    ProgramsController,
    CampaignsController,
    TransactionsController,
    ReturnsController,
    PosTransactionsConsumer,
  ],
  providers: [
    {
      provide: Earning,
      inject: [Platform],
      useFactory: (platform: Platform) => new Earning(platform, earningConfig(process.env)),
    },
    {
      provide: EarningRuntime,
      inject: [Earning],
      useFactory: (earning: Earning) => earning.runtime(),
    },
  ],
})
export class EarningModule {}
