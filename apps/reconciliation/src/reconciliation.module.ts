import { Module } from '@nestjs/common';
import { Platform, ServiceRuntime } from '@fidelis/service';
import { ReconciliationController } from './http/reconciliation.controller';
import { DeclaredAwardsConsumer } from './inbound/declared-awards.consumer';
import { JournalConsumer } from './inbound/journal.consumer';
import { Integrity } from './integrity/integrity';
import { ReconciliationDatabase } from './reconciliation-database';
import { reconciliationFlow } from './reconciliation.flow';

@Module({
  controllers: [ReconciliationController, JournalConsumer, DeclaredAwardsConsumer],
  providers: [
    {
      provide: ReconciliationDatabase,
      inject: [Platform],
      useFactory: (platform: Platform) => new ReconciliationDatabase(platform),
    },
    {
      provide: Integrity,
      inject: [Platform, ReconciliationDatabase],
      useFactory: (platform: Platform, views: ReconciliationDatabase) =>
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
