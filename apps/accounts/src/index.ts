export { accountsFlow } from './accounts.flow';
export { AccountsModule } from './accounts.module';
export { AccountsService } from './accounts.service';
export { accountStreamCheck } from './census/account-stream-check';
