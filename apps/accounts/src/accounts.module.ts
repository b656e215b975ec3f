import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { Platform, ServiceRuntime } from '@fidelis/service';
import { toAccountsConfig } from './accounts.config';
import { AccountsService } from './accounts.service';
import { AccountsController } from './http/accounts.controller';
import { BalanceController } from './http/balance.controller';
import { EnrolmentsController } from './http/enrolments.controller';
import { EntriesController } from './http/entries.controller';
import { HoldsController } from './http/holds.controller';
import { ParticipantImportController } from './http/participant-import.controller';
import { ParticipantsController } from './http/participants.controller';
import { PointSourcesController } from './http/point-sources.controller';
import { PointsController } from './http/points.controller';
import { MembershipConsumer } from './inbound/membership.consumer';
import { KeyedHash } from './personal/keyed-hash';
import { PersonalData } from './personal/personal-data';
import { personalDataKey } from './personal/personal-data-key';
import type { PersonalDataTables } from './personal/personal-data.table';

/** `Platform` comes from the host, which has chosen the adapters. */
@Module({
  controllers: [
    ParticipantImportController,
    ParticipantsController,
    EnrolmentsController,
    AccountsController,
    BalanceController,
    PointsController,
    PointSourcesController,
    HoldsController,
    EntriesController,
    MembershipConsumer,
  ],
  providers: [
    {
      provide: AccountsService,
      inject: [Platform],
      useFactory: toService,
    },
    {
      provide: ServiceRuntime,
      inject: [AccountsService],
      useFactory: (service: AccountsService) => service.runtime,
    },
  ],
})
export class AccountsModule {}

function toService(platform: Platform): AccountsService {
  const config = toAccountsConfig(readSettings(process.env));
  // Apart from the views: these rows no event can bring again.
  const rows = platform.privateData<PersonalDataTables>('accounts', 'personal-data');
  const hash = new KeyedHash(config.personalDataKey ?? personalDataKey(platform.dataDir));
  return new AccountsService({ platform, personal: new PersonalData(rows), hash });
}
