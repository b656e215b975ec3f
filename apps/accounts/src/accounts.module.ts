import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { readSettings } from '@fidelis/config';
import { openSqliteReadModel } from '@fidelis/read-model';
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
  const { dataDir } = platform;
  const config = toAccountsConfig(readSettings(process.env));
  // Apart from the views: these rows no event can bring again.
  const file = join(dataDir, 'accounts-personal-data.db');
  closeSync(openSync(file, 'a', 0o600));
  const personal = new PersonalData(
    openSqliteReadModel<PersonalDataTables>({ file, durable: true }),
  );
  const hash = new KeyedHash(personalDataKey(dataDir, config.personalDataKey));
  return new AccountsService({ platform, personal, hash });
}
