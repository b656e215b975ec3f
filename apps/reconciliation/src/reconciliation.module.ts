import { Module } from '@nestjs/common';
import { Platform, ServiceRuntime } from '@fidelis/service';
import { ReconciliationController } from './http/reconciliation.controller';
import { DeclaredAwardsConsumer } from './inbound/declared-awards.consumer';
import { JournalConsumer } from './inbound/journal.consumer';
import { Integrity } from './integrity/integrity';
import { ReconciliationViews } from './reconciliation-views';
import { reconciliationFlow } from './reconciliation.flow';

@Module({
  controllers: [ReconciliationController, JournalConsumer, DeclaredAwardsConsumer],
  providers: [
    {
      provide: ReconciliationViews,
      inject: [Platform],
      useFactory: (platform: Platform) => new ReconciliationViews(platform),
    },
    {
      provide: Integrity,
      inject: [Platform, ReconciliationViews],
      useFactory: (platform: Platform, views: ReconciliationViews) =>
        new Integrity(platform, views),
    },
    {
      provide: ServiceRuntime,
      inject: [Platform],
      useFactory: (platform: Platform) =>
        new ServiceRuntime({
          flow: reconciliationFlow,
          platform,
          ...{ answers: [], projections: [], processes: [], timers: [] },
        }),
    },
  ],
})
export class ReconciliationModule {}
