import 'reflect-metadata';
import { runService } from '@fidelis/service-host';
import { AccountsModule } from './accounts.module';
import { accountsFlow } from './accounts.flow';

runService({ module: AccountsModule, flow: accountsFlow });
